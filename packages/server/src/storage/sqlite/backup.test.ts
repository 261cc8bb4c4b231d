import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../database.ts";
import { migrate } from "../migrate.ts";
import { migrations } from "../migrations/index.ts";
import { backupSqlite, restoreSqlite } from "./backup.ts";
import { openSqlite } from "./open-sqlite.ts";

let directory: string;
let live: string;
let backup: string;
let db: Database;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "latchkey-test-"));
  live = join(directory, "live.db");
  backup = join(directory, "backup.db");
  db = openSqlite({ path: live, now: Date.now });
  await migrate(db, migrations);
});
afterEach(async () => {
  await db.close();
  rmSync(directory, { recursive: true, force: true });
});

const put = (key: string) => db.write(db.build.insertInto("meta").values({ key, value: "" }));
const keys = async (from: Database = db) =>
  (await from.all(from.build.selectFrom("meta").select("key").orderBy("key"))).map((r) => r.key);
const refusal = (code: string) => expect.objectContaining({ code });

describe("backup of a running server", () => {
  test("holds all that was committed, in one private file that opens as a database", async () => {
    await put("a");
    const { bytes } = backupSqlite(live, backup);
    await put("b");
    expect(statSync(backup).size).toBe(bytes);
    expect((statSync(backup).mode & 0o777).toString(8)).toBe("600");
    const copy = openSqlite({ path: backup, now: Date.now });
    expect(await keys(copy)).toEqual(["a"]);
    expect(await migrate(copy, migrations)).toMatchObject({ applied: [] });
    await copy.close();
  });

  test("does not stop writes meanwhile", async () => {
    const path = join(import.meta.dirname, "backup.ts");
    const program = `import { backupSqlite } from ${JSON.stringify(path)};
      backupSqlite(${JSON.stringify(live)}, ${JSON.stringify(backup)});`;
    await db.write(
      sql`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
        INSERT INTO meta SELECT 'filler' || i, hex(randomblob(500)) FROM n`.compile(db.build),
    );
    const child = spawn(
      process.execPath,
      ["--conditions=latchkey-source", "--input-type=module", "-e", program],
      { stdio: "inherit" },
    );
    let ended: number | null | undefined;
    child.on("exit", (code) => {
      ended = code;
    });
    let writes = 0;
    while (ended === undefined) await put(`during ${writes++}`);
    expect(ended).toBe(0);
    expect(writes).toBeGreaterThan(10);
    const copy = openSqlite({ path: backup, now: Date.now });
    const found = (await keys(copy)).filter((key) => key.startsWith("during")).length;
    expect(found).toBeLessThan(writes);
    await copy.close();
  });

  test("never replaces a file and leaves nothing behind when it fails", () => {
    writeFileSync(backup, "precious");
    expect(() => backupSqlite(live, backup)).toThrow(refusal("target_exists"));
    expect(readFileSync(backup, "utf8")).toBe("precious");
    const other = join(directory, "other.db");
    expect(() => backupSqlite(join(directory, "missing.db"), other)).toThrow(
      refusal("not_a_database"),
    );
    writeFileSync(join(directory, "text"), "no database".repeat(500));
    expect(() => backupSqlite(join(directory, "text"), other)).toThrow(refusal("not_a_database"));
    expect(existsSync(other) || existsSync(`${other}.partial`)).toBe(false);
  });
});

describe("restore", () => {
  test("puts the backup in the place of the database of a stopped server", async () => {
    await put("a");
    backupSqlite(live, backup);
    await put("b");
    await db.close();
    restoreSqlite(backup, live, { force: true });
    expect((statSync(live).mode & 0o777).toString(8)).toBe("600");
    db = openSqlite({ path: live, now: Date.now });
    expect(await keys()).toEqual(["a"]);
  });

  test("is refused while a server has the database open, which goes on unharmed", async () => {
    backupSqlite(live, backup);
    await put("b");
    expect(() => restoreSqlite(backup, live, { force: true })).toThrow(refusal("database_in_use"));
    await put("c");
    expect(await keys()).toEqual(["b", "c"]);
    expect(existsSync(`${live}.restored`)).toBe(false);
  });

  test("replaces a database only when told to", async () => {
    backupSqlite(live, backup);
    await db.close();
    expect(() => restoreSqlite(backup, live)).toThrow(refusal("target_exists"));
    const elsewhere = join(directory, "elsewhere.db");
    restoreSqlite(backup, elsewhere);
    expect(existsSync(elsewhere)).toBe(true);
  });

  test("refuses a damaged or foreign backup and keeps the database", async () => {
    await put("a");
    backupSqlite(live, backup);
    await db.close();
    const before = readFileSync(live);
    writeFileSync(backup, Buffer.alloc(3 * 4096, 0xee), { flag: "r+" });
    expect(() => restoreSqlite(backup, live, { force: true })).toThrow(refusal("not_a_database"));
    const foreign = openSqlite({ path: join(directory, "foreign.db"), now: Date.now });
    await foreign.write(sql`CREATE TABLE t (a integer)`.compile(foreign.build));
    await foreign.close();
    expect(() => restoreSqlite(join(directory, "foreign.db"), live, { force: true })).toThrow(
      refusal("not_a_database"),
    );
    expect(readFileSync(live).equals(before)).toBe(true);
  });

  test("takes the place of a destroyed database and drops the journal of a crashed server", async () => {
    await put("a");
    backupSqlite(live, backup);
    const path = join(import.meta.dirname, "open-sqlite.ts");
    await db.close();
    const crash = `import { openSqlite } from ${JSON.stringify(path)};
      const db = openSqlite({ path: ${JSON.stringify(live)}, now: Date.now });
      await db.write(db.build.insertInto("meta").values({ key: "lost", value: "" }));
      process.kill(process.pid, "SIGKILL");`;
    spawnSync(process.execPath, [
      "--conditions=latchkey-source",
      "--input-type=module",
      "-e",
      crash,
    ]);
    expect(statSync(`${live}-wal`).size).toBeGreaterThan(0);
    writeFileSync(live, Buffer.alloc(2 * 4096, 0xee), { flag: "r+" });
    restoreSqlite(backup, live, { force: true });
    expect(existsSync(`${live}-wal`)).toBe(false);
    db = openSqlite({ path: live, now: Date.now });
    expect(await keys()).toEqual(["a"]);
  });
});

test("a resolved write survives the death of the process", async () => {
  await db.close();
  const path = join(import.meta.dirname, "open-sqlite.ts");
  const crash = `import { openSqlite } from ${JSON.stringify(path)};
    const db = openSqlite({ path: ${JSON.stringify(live)}, now: Date.now });
    await Promise.all(Array.from({ length: 20 }, (_, i) =>
      db.write(db.build.insertInto("meta").values({ key: String(i), value: "" }))));
    process.kill(process.pid, "SIGKILL");`;
  spawnSync(process.execPath, ["--conditions=latchkey-source", "--input-type=module", "-e", crash]);
  db = openSqlite({ path: live, now: Date.now });
  expect(await keys()).toHaveLength(20);
});
