import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../database.ts";
import { migrate } from "../migrate.ts";
import { migrations } from "../migrations/index.ts";
import type { Migration } from "../migrations/migration.ts";

const raw = (db: Pick<Database, "build">, text: string) => sql.raw<never>(text).compile(db.build);
const step = (version: number, text: string, oldestCompatible = 1): Migration => ({
  version,
  name: `step ${version}`,
  oldestCompatible,
  up: async (tx, build) => {
    await tx.all(raw({ build }, text));
  },
});
const first = step(1, "CREATE TABLE meta (key text PRIMARY KEY, value text)");
const second = step(2, "ALTER TABLE meta ADD COLUMN note text");

/** How `migrate` behaves on every database. `open` gives the same fresh database within one test. */
export function migrationContract(name: string, fresh: () => Promise<() => Database>): void {
  describe(`migrations on ${name}`, () => {
    let open: () => Database;
    let opened: Database[];
    beforeEach(async () => {
      const source = await fresh();
      opened = [];
      open = () => {
        const db = source();
        opened.push(db);
        return db;
      };
    });
    afterEach(async () => {
      for (const db of opened) await db.close();
    });

    const history = (db: Database) =>
      db.all(
        sql<{ version: number; name: string; applied_at: number }>`SELECT version, name, applied_at
          FROM schema_migrations ORDER BY version`.compile(db.build),
      );

    test("the product's own steps apply to an empty database, once", async () => {
      const db = open();
      const names = migrations.map((m) => m.name);
      expect(await migrate(db, migrations)).toEqual({ applied: names, version: names.length });
      expect(await migrate(db, migrations)).toEqual({ applied: [], version: names.length });
      const now = await db.now();
      for (const row of await history(db)) {
        expect(Math.abs(now - row.applied_at)).toBeLessThan(60_000);
      }
      expect(await db.all(db.build.selectFrom("sessions").selectAll())).toEqual([]);
    });

    test("ten servers that start at once apply every step exactly once", async () => {
      const results = await Promise.all(
        Array.from({ length: 10 }, () => migrate(open(), [first, second])),
      );
      expect(results.flatMap((r) => r.applied).sort()).toEqual(["step 1", "step 2"]);
      expect(results.map((r) => r.version)).toEqual(Array(10).fill(2));
      expect((await history(open())).map((r) => r.version)).toEqual([1, 2]);
    });

    test("a rolling deployment: the old server runs on the new schema, restarts included", async () => {
      const old = open();
      await migrate(old, [first]);
      await migrate(open(), [first, second]);
      await old.write(old.build.insertInto("meta").values({ key: "a", value: "1" }));
      expect(await migrate(open(), [first])).toEqual({ applied: [], version: 2 });
    });

    test("a server that a later schema no longer admits is refused and changes nothing", async () => {
      await migrate(open(), [first, step(2, "ALTER TABLE meta ADD COLUMN note text", 2)]);
      await expect(migrate(open(), [first])).rejects.toMatchObject({
        code: "schema_incompatible",
        status: 503,
      });
      expect(await history(open())).toHaveLength(2);
    });

    test("a step that fails leaves no trace of itself nor of those before it in the same start", async () => {
      const db = open();
      await migrate(db, [first]);
      const broken = step(3, "CREATE TABLE meta (a integer)");
      await expect(migrate(db, [first, second, broken])).rejects.toThrow(/meta/);
      expect((await history(db)).map((r) => r.version)).toEqual([1]);
      expect(await migrate(db, [first, second])).toEqual({ applied: ["step 2"], version: 2 });
    });
  });
}
