import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { databaseContract } from "../testing/database-contract.ts";
import { openSqlite } from "./open-sqlite.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "latchkey-test-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});
const open = (name = "data/latchkey.db") =>
  openSqlite({ path: join(directory, name), now: Date.now });

databaseContract("SQLite database", async () => ({ open, dispose: async () => {} }));

describe("SQLite file", () => {
  test("is readable by its owner only, journal included", async () => {
    const db = open();
    await db.write(sql`CREATE TABLE t (a integer)`.compile(db.build));
    for (const suffix of ["", "-wal", "-shm"]) {
      const { mode } = statSync(join(directory, `data/latchkey.db${suffix}`));
      expect((mode & 0o777).toString(8)).toBe("600");
    }
    await db.close();
  });

  test("writes of one moment share one commit", async () => {
    const db = open();
    await db.write(sql`CREATE TABLE t (id integer PRIMARY KEY, n integer)`.compile(db.build));
    await db.write(sql`INSERT INTO t VALUES (1, 0)`.compile(db.build));
    const wal = join(directory, "data/latchkey.db-wal");
    const bump = sql`UPDATE t SET n = n + 1`.compile(db.build);
    const before = statSync(wal).size;
    await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        i % 2 ? db.write(bump) : db.transaction((tx) => tx.all(bump)),
      ),
    );
    const oneFrame = 24 + 4096;
    expect((statSync(wal).size - before) / oneFrame).toBe(1);
    await db.write(bump);
    await db.write(bump);
    expect((statSync(wal).size - before) / oneFrame).toBe(3);
    await db.close();
  });

  test("another process's lock makes writes unavailable, not reads, and only while it lasts", async () => {
    const db = open();
    await db.write(sql`CREATE TABLE t (a integer)`.compile(db.build));
    const write = sql`INSERT INTO t VALUES (1)`.compile(db.build);
    const other = new Sqlite(join(directory, "data/latchkey.db"));
    other.exec("BEGIN IMMEDIATE");
    const refused = db.write(write);
    expect(await db.all(sql`SELECT a FROM t`.compile(db.build))).toEqual([]);
    await expect(refused).rejects.toMatchObject({
      code: "database_unavailable",
      message: expect.stringContaining("SQLITE_BUSY"),
    });
    const waiting = db.write(write);
    setTimeout(() => other.exec("ROLLBACK"), 300);
    await waiting;
    expect(await db.all(sql`SELECT a FROM t`.compile(db.build))).toEqual([{ a: 1 }]);
    other.close();
    await db.close();
  });

  test("work that awaits something else than its transaction is stopped and undone", async () => {
    const db = open();
    await db.write(sql`CREATE TABLE t (a integer)`.compile(db.build));
    const insert = sql`INSERT INTO t VALUES (1)`.compile(db.build);
    const misuse = db.transaction(async (tx) => {
      await tx.all(insert);
      await new Promise((resolve) => setTimeout(resolve, 20));
      await tx.all(insert);
    });
    const beside = db.write(insert);
    await expect(misuse).rejects.toThrow(TypeError);
    await beside;
    expect(await db.all(sql`SELECT a FROM t`.compile(db.build))).toEqual([{ a: 1 }]);
    await db.close();
  });

  test("a writing statement among the reads is refused as misuse", async () => {
    const db = open();
    await db.write(sql`CREATE TABLE t (a integer)`.compile(db.build));
    const insert = sql`INSERT INTO t VALUES (1) RETURNING a`.compile(db.build);
    await expect(db.all(insert)).rejects.toThrow(/pass it to write/);
    await db.close();
  });

  test("a path that cannot be a database is unavailable, and says why", () => {
    mkdirSync(join(directory, "folder"));
    writeFileSync(join(directory, "file"), "hello".repeat(1000));
    for (const name of ["folder", "file/below", "file"]) {
      expect(() => open(name)).toThrow(
        expect.objectContaining({ code: "database_unavailable", status: 503 }),
      );
    }
  });

  test("a damaged page is unavailable, never an empty answer", async () => {
    const db = open();
    await db.write(sql`CREATE TABLE t (a text)`.compile(db.build));
    await db.write(sql`INSERT INTO t VALUES (${"x".repeat(9000)})`.compile(db.build));
    await db.close();
    const path = join(directory, "data/latchkey.db");
    writeFileSync(path, Buffer.alloc(4096, 0xff), { flag: "r+", flush: true });
    expect(() => open()).toThrow(expect.objectContaining({ code: "database_unavailable" }));
  });
});

test("a memory database leaves nothing behind", async () => {
  const db = openSqlite({ path: ":memory:", now: () => 42 });
  expect(await db.now()).toBe(42);
  expect(await db.transaction(async (tx) => tx.now)).toBe(42);
  const [file] = await db.all(
    sql<{ file: string }>`SELECT file FROM pragma_database_list`.compile(db.build),
  );
  expect(statSync(file?.file ?? "").isFile()).toBe(true);
  await db.close();
  expect(() => statSync(file?.file ?? "")).toThrow(/ENOENT/);
});
