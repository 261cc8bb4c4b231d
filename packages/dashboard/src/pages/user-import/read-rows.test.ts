import fc from "fast-check";
import { expect, test } from "vitest";
import { csvLine, readCsv } from "./csv.ts";
import { readRows } from "./read-rows.ts";

test("what is written as CSV is read back the same (RFC 4180)", () => {
  const field = fc
    .string({ unit: fc.constantFrom(..."ab ,\"\n\r'") })
    .filter((text) => !/^[\r]/.test(text) && !text.includes("\r"));
  fc.assert(
    fc.property(fc.array(fc.array(field, { minLength: 2, maxLength: 4 })), (records) => {
      const text = records.map((fields) => csvLine(fields)).join("\n");
      expect(readCsv(text).map(({ fields }) => fields)).toEqual(records);
    }),
  );
});

test("a field that a spreadsheet would run is written as text", () => {
  expect(csvLine(["=1+1", "@cmd"])).toBe("'=1+1,'@cmd");
});

test("CSV gives rows with their lines, and says which cannot be sent", () => {
  const text = 'email,customMetadata\r\nada@example.com,"{""plan"":""pro""}"\r\n,{}\r\na,b,c\r\n';
  expect(readRows(text)).toEqual([
    { line: 2, row: { email: "ada@example.com", customMetadata: { plan: "pro" } } },
    { line: 3, problem: "has neither email nor customUserId" },
    { line: 4, problem: "has 3 fields where the first line names 2" },
  ]);
});

test("JSON gives rows by their place, without what an import does not know", () => {
  expect(
    readRows('[{"email":"ada@example.com","id":"did:privy:1","customMetadata":null},7]'),
  ).toEqual([
    { line: 1, row: { email: "ada@example.com" } },
    { line: 2, problem: "is no object" },
  ]);
});

test.each([
  ["", "The file is empty."],
  ["{}", "The file has to be a list"],
  ["[", "The file is no JSON"],
  ["name\nAda", "The first line has to name the columns"],
])("a file that is none is refused in words: %j", (text, words) => {
  expect(() => readRows(text)).toThrow(words);
});
