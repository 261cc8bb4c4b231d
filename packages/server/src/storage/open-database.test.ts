import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDatabase } from "./open-database.ts";

test("a database URL chooses PostgreSQL or an SQLite file", async () => {
  const directory = mkdtempSync(join(tmpdir(), "latchkey-test-"));
  const cases: [string, string][] = [
    ["postgres://u:p@localhost/db", "postgres"],
    ["postgresql://localhost/db", "postgres"],
    [":memory:", "sqlite"],
    [`sqlite:${join(directory, "a.db")}`, "sqlite"],
    [join(directory, "b.db"), "sqlite"],
  ];
  for (const [url, dialect] of cases) {
    const db = openDatabase(url, { now: Date.now });
    expect(db.dialect).toBe(dialect);
    await db.close();
  }
  expect(existsSync(join(directory, "a.db")) && existsSync(join(directory, "b.db"))).toBe(true);
  rmSync(directory, { recursive: true, force: true });
});

test("any other database URL is misuse, and its password is not repeated", () => {
  for (const url of [
    "mysql://u:sesame@host/db",
    "sqlite:",
    "",
    "sqlite://a",
    "https://a.example",
  ]) {
    expect(() => openDatabase(url, { now: Date.now })).toThrow(TypeError);
    expect(() => openDatabase(url, { now: Date.now })).not.toThrow(/sesame/);
  }
});
