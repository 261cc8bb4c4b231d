/** Reads a file of users: JSON, an array of objects; or CSV (RFC 4180) with a row of names first. */
import { readCsv } from "./csv.ts";

export interface Row {
  readonly email?: string;
  readonly customUserId?: string;
  readonly customMetadata?: Readonly<Record<string, string | number | boolean>>;
}

/** A row as it is sent, with where in the file it was; or why it cannot be sent. */
export type ReadRow =
  | { readonly line: number; readonly row: Row }
  | { readonly line: number; readonly problem: string };

const KNOWN = ["email", "customUserId", "customMetadata"];

/** Throws a TypeError that says what is wrong with the whole file. */
export function readRows(text: string): ReadRow[] {
  const start = text.trimStart();
  if (start === "") throw new TypeError("The file is empty.");
  return start.startsWith("[") || start.startsWith("{") ? rowsOfJson(text) : rowsOfCsv(text);
}

function rowsOfJson(text: string): ReadRow[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new TypeError(`The file is no JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (!Array.isArray(parsed)) {
    throw new TypeError('The file has to be a list: [{ "email": "ada@example.com" }]');
  }
  return parsed.map((value: unknown, index) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? rowOf(index + 1, value as Record<string, unknown>)
      : { line: index + 1, problem: "is no object" },
  );
}

function rowsOfCsv(text: string): ReadRow[] {
  const [names, ...records] = readCsv(text);
  if (!names?.fields.some((name) => name === "email" || name === "customUserId")) {
    throw new TypeError(
      "The first line has to name the columns: email, customUserId, customMetadata.",
    );
  }
  return records.map(({ line, fields }) => {
    if (fields.length !== names.fields.length) {
      return {
        line,
        problem: `has ${fields.length} fields where the first line names ${names.fields.length}`,
      };
    }
    const given = names.fields.flatMap((name, index) =>
      fields[index] === "" ? [] : [[name, fields[index]] as const],
    );
    return rowOf(line, Object.fromEntries(given));
  });
}

function rowOf(line: number, given: Readonly<Record<string, unknown>>): ReadRow {
  const { email, customUserId, customMetadata } = given;
  if (email === undefined && customUserId === undefined) {
    return { line, problem: "has neither email nor customUserId" };
  }
  const metadata =
    typeof customMetadata === "string" ? asJson(customMetadata) : (customMetadata ?? undefined);
  if (metadata !== undefined && (typeof metadata !== "object" || metadata === null)) {
    return { line, problem: 'customMetadata has to be JSON, such as {"plan":"pro"}' };
  }
  const row = Object.fromEntries(
    Object.entries({ ...given, customMetadata: metadata }).filter(
      ([name, value]) => KNOWN.includes(name) && value !== undefined && value !== null,
    ),
  );
  return { line, row };
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
