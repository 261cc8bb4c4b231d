import { LatchkeyError } from "@latchkey/core/errors";
import fc from "fast-check";
import { type Kysely, sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { compiled } from "../compile-only.ts";
import { type Database, UniqueViolation } from "../database.ts";
import { prepare } from "../prepared.ts";
import type { Schema } from "../schema.ts";

/** What every database behind the seam does. `open` gives the same fresh database within one test. */
export function databaseContract(
  name: string,
  fresh: () => Promise<{ open(): Database; dispose(): Promise<void> }>,
): void {
  describe(name, () => {
    let source: { open(): Database; dispose(): Promise<void> };
    let db: Database;

    beforeEach(async () => {
      source = await fresh();
      db = source.open();
      await db.write(
        sql`CREATE TABLE meta (key text PRIMARY KEY, value text NOT NULL)`.compile(db.build),
      );
      await db.write(
        sql`CREATE TABLE limits (id text PRIMARY KEY, used bigint NOT NULL, resets_at bigint)`.compile(
          db.build,
        ),
      );
    });

    afterEach(async () => {
      await db.close();
      await source.dispose();
    });

    const insert = (key: string, value = "") =>
      db.build.insertInto("meta").values({ key, value }).compile();
    const raw = <R>(text: string, build: Kysely<Schema> = db.build) =>
      sql.raw<R>(text).compile(build);
    const keys = async (from: Database = db) =>
      (await from.all(from.build.selectFrom("meta").select("key").orderBy("key"))).map(
        (r) => r.key,
      );

    test("a resolved write is there for everyone and answers its returned rows", async () => {
      const rows = await db.write(
        db.build.insertInto("meta").values({ key: "a", value: "1" }).returningAll(),
      );
      expect(rows).toEqual([{ key: "a", value: "1" }]);
      const other = source.open();
      expect(await keys(other)).toEqual(["a"]);
      await other.close();
    });

    test("a transaction happens as a whole or not at all, and its own error comes out", async () => {
      const reason = new Error("changed its mind");
      await expect(
        db.transaction(async (tx) => {
          await tx.all(insert("a"));
          await tx.all(insert("b"));
          throw reason;
        }),
      ).rejects.toBe(reason);
      expect(await keys()).toEqual([]);
      const answer = await db.transaction(async (tx) => {
        await tx.all(insert("a"));
        await tx.all(insert("b"));
        return (await tx.first(db.build.selectFrom("meta").select("key").where("key", "=", "b")))
          ?.key;
      });
      expect(answer).toBe("b");
      expect(await keys()).toEqual(["a", "b"]);
    });

    test("nobody sees what is not committed", async () => {
      let outside: Promise<string[]> | undefined;
      await db.transaction(async (tx) => {
        await tx.all(insert("a"));
        outside = keys();
        // PostgreSQL: the transaction stays open until the reader has answered.
        if (db.dialect === "postgres") await outside;
      });
      expect(await outside).toEqual([]);
      expect(await keys()).toEqual(["a"]);
    });

    test("whatever runs at once, exactly what resolved is there", async () => {
      const step = fc.record({
        kind: fc.constantFrom("write", "transaction", "throwing", "catching"),
        key: fc.integer({ min: 0, max: 12 }),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
          await db.write(raw("DELETE FROM meta"));
          const expected: string[] = [];
          await Promise.all(
            steps.map(async ({ kind, key }, index) => {
              const unique = `${String(key).padStart(2, "0")}`;
              const beside = `beside-${String(index).padStart(2, "0")}`;
              const work =
                kind === "write"
                  ? db.write(insert(unique))
                  : db.transaction(async (tx) => {
                      await tx.all(insert(beside));
                      const second = tx.all(insert(unique));
                      await (kind === "catching" ? second.catch(() => {}) : second);
                      if (kind === "throwing") throw new UniqueViolation("as if");
                    });
              try {
                await work;
                expected.push(unique, ...(kind === "write" ? [] : [beside]));
              } catch (error) {
                expect(error).toBeInstanceOf(UniqueViolation);
              }
            }),
          );
          expect(await keys()).toEqual(expected.sort());
        }),
        { numRuns: 40 },
      );
    });

    test("concurrent increments of one row all count", async () => {
      await db.write(raw("INSERT INTO limits VALUES ('a', 0, 0)"));
      const bump = raw("UPDATE limits SET used = used + 1 WHERE id = 'a'");
      await Promise.all(
        Array.from({ length: 60 }, (_, i) =>
          i % 2 ? db.write(bump) : db.transaction((tx) => tx.all(bump)),
        ),
      );
      expect(await db.first(raw("SELECT used FROM limits"))).toEqual({ used: 60 });
    });

    test("a refused unique value is a UniqueViolation that does not repeat the value", async () => {
      await db.write(insert("alice@example.com"));
      for (const attempt of [
        () => db.write(insert("alice@example.com")),
        () => db.transaction((tx) => tx.all(insert("alice@example.com"))),
      ]) {
        const error: unknown = await attempt().catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(UniqueViolation);
        expect(String(error)).toContain("meta");
        expect(JSON.stringify(error) + String(error)).not.toContain("alice");
      }
      await db.write(insert("b"));
    });

    test("a transaction that swallowed a refused statement does not commit", async () => {
      await db.write(insert("taken"));
      const work = db.transaction(async (tx) => {
        await tx.all(insert("a"));
        await tx.all(insert("taken")).catch(() => {});
        await tx.all(insert("b")).catch(() => {});
        return "fine";
      });
      await expect(work).rejects.toBeInstanceOf(UniqueViolation);
      expect(await keys()).toEqual(["taken"]);
    });

    test("statements started together in one transaction run one after another", async () => {
      await db.transaction(async (tx) => {
        await Promise.all(["a", "b", "c"].map((key) => tx.all(insert(key))));
      });
      expect(await keys()).toEqual(["a", "b", "c"]);
    });

    test("a tx kept beyond its transaction is refused as misuse", async () => {
      const kept = await db.transaction(async (tx) => tx);
      await expect(kept.all(insert("late"))).rejects.toThrow(TypeError);
      expect(await keys()).toEqual([]);
    });

    test("a transaction has one time, by the clock that now() reads", async () => {
      const before = await db.now();
      const seen = await db.transaction(async (tx) => [tx.now, tx.now] as const);
      const after = await db.now();
      expect(seen[0]).toBe(seen[1]);
      expect(Number.isSafeInteger(before)).toBe(true);
      expect(seen[0]).toBeGreaterThanOrEqual(before);
      expect(after).toBeGreaterThanOrEqual(seen[0]);
    });

    test("numbers come out as numbers, truth as 0 and 1, text as it went in", async () => {
      const text = "ключ 🔑 'quoted' \\ \n";
      await db.write(
        db.build.insertInto("limits").values({
          id: text,
          used: Number.MAX_SAFE_INTEGER,
          resets_at: 1_795_301_803_560,
        }),
      );
      const row = await db.first(
        raw(
          "SELECT id, used, count(*) AS n, sum(resets_at) AS s, EXISTS (SELECT 1) AS yes, 1 = 2 AS no, CAST(NULL AS text) AS none FROM limits GROUP BY id, used",
        ),
      );
      expect(row).toEqual({
        id: text,
        used: Number.MAX_SAFE_INTEGER,
        n: 1,
        s: 1_795_301_803_560,
        yes: 1,
        no: 0,
        none: null,
      });
    });

    test("a prepared statement is compiled once and takes one value in several places", async () => {
      let compilations = 0;
      const put = prepare<{ key: string; value: string }, { value: string }>(db.build, (param) => {
        compilations++;
        return db.build
          .insertInto("meta")
          .values({ key: param("key"), value: param("value") })
          .onConflict((on) => on.column("key").doUpdateSet({ value: param("value") }))
          .returning("value");
      });
      for (const value of ["1", "2", "3"]) {
        expect(await db.write(put({ key: "a", value }))).toEqual([{ value }]);
      }
      expect(compilations).toBe(1);
      expect(() => put({ key: "a" } as never)).toThrow(/"value"/);
    });

    test("a mistake in a statement is not taken for a database that is away", async () => {
      for (const attempt of [
        () => db.all(raw("SELEKT 1")),
        () => db.write(raw("INSERT INTO meta (key) VALUES ('a')")),
        () => db.transaction((tx) => tx.all(raw("UPDATE nowhere SET a = 1"))),
      ]) {
        const error: unknown = await attempt().catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(Error);
        expect(error).not.toBeInstanceOf(LatchkeyError);
      }
      expect(await keys()).toEqual([]);
    });

    test("more statement texts than are kept prepared still run", async () => {
      const texts = Array.from({ length: 620 }, (_, i) => `SELECT ${i} AS n`);
      for (const [i, text] of texts.entries()) expect(await db.first(raw(text))).toEqual({ n: i });
      expect(await db.first(raw(texts[0] as string))).toEqual({ n: 0 });
    });

    test("a table that grew a column under a running server is read as it is now", async () => {
      const everything = db.build.selectFrom("meta").selectAll();
      await db.write(insert("a"));
      const before = await Promise.all(Array.from({ length: 5 }, () => db.first(everything)));
      expect(before[0]).toEqual({ key: "a", value: "" });
      const deployment = source.open();
      await deployment.write(raw("ALTER TABLE meta ADD COLUMN note text", deployment.build));
      await deployment.close();
      const after = await Promise.all(Array.from({ length: 5 }, () => db.first(everything)));
      expect(after).toEqual(Array(5).fill({ key: "a", value: "", note: null }));
    });

    test("the builder executes nothing by itself", async () => {
      await expect(db.build.selectFrom("meta").selectAll().execute()).rejects.toThrow(/Database/);
      expect(compiled(insert("a")).sql).toMatch(/^insert/);
    });

    test("closing answers what was begun and refuses the rest as unavailable", async () => {
      const begun = ["a", "b"].map((key) => db.write(insert(key)));
      const closing = db.close();
      await Promise.all(begun);
      await closing;
      for (const attempt of [
        () => db.now(),
        () => db.all(insert("c")),
        () => db.write(insert("c")),
        () => db.transaction(async () => {}),
      ]) {
        await expect(attempt()).rejects.toMatchObject({
          code: "database_unavailable",
          status: 503,
          retryAfter: 1,
        });
      }
      db = source.open();
      expect(await keys()).toEqual(["a", "b"]);
    });
  });
}
