import fc from "fast-check";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { compileOnly } from "./compile-only.ts";
import { prepare } from "./prepared.ts";

for (const dialect of ["sqlite", "postgres"] as const) {
  test(`${dialect}: a prepared statement equals the one compiled anew with the same values`, () => {
    const build = compileOnly(dialect);
    type Values = { key: string; value: string | null; limit: number };
    const write = (v: Values) => sql`UPDATE meta SET value = ${v.value}, key = ${v.key}
      WHERE key = ${v.key} AND ${"constant"} <> ${v.value} AND length(key) < ${v.limit} + ${7}`;
    const prepared = prepare<Values, unknown>(build, (param) =>
      write({ key: param("key"), value: param("value"), limit: param("limit") }),
    );
    fc.assert(
      fc.property(
        fc.record({
          key: fc.string(),
          value: fc.option(fc.string()),
          limit: fc.integer(),
        }),
        (values) => {
          const { sql: text, parameters } = write(values).compile(build);
          expect(prepared(values)).toMatchObject({ sql: text, parameters });
        },
      ),
    );
  });
}

test("a value that was left out is misuse that names it; null is a value", () => {
  const prepared = prepare<{ a: string | null }, unknown>(
    compileOnly("sqlite"),
    (param) => sql`SELECT ${param("a")}`,
  );
  expect(prepared({ a: null }).parameters).toEqual([null]);
  expect(() => prepared({} as never)).toThrow(/a value for "a"/);
});
