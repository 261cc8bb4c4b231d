import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { newRowId } from "../../sql/row-id.ts";
import {
  DAY,
  inParallel,
  MINUTE,
  newApp,
  newCode,
  newEmail,
  newSession,
  signIn,
  signInRequest,
  storeCode,
} from "../samples.ts";
import type { StoreWorld } from "../store-world.ts";

export function purgeContract(get: () => StoreWorld): void {
  const purgeAll = async () => {
    while ((await get().store.purging.purge(1000)) > 0);
  };

  describe("purge", () => {
    test("keeps what a rule still needs: live sessions, and tombstones until their tokens are over", async () => {
      const { store, advance } = get();
      const app = await newApp(store);
      const begin = () =>
        signIn(
          store,
          signInRequest(app, newEmail(), { session: newSession(app, { lifetimeMs: DAY }) }),
        );
      const [live, ended] = [await begin(), await begin()];
      await store.sessions.end(ended.session.id, "logout");
      const read = async (sid: string) => (await store.sessions.read(sid)).session;
      await advance(2 * DAY - MINUTE);
      await purgeAll();
      expect(await read(live.session.id)).not.toBeNull();
      expect((await read(ended.session.id))?.endReason).toBe("logout");
      await advance(2 * MINUTE);
      await purgeAll();
      expect(await read(live.session.id)).toBeNull();
      expect(await read(ended.session.id)).toBeNull();
      // The trail outlives its session.
      expect(await store.sessions.events(ended.session.id)).toHaveLength(2);
      await advance(90 * DAY);
      await purgeAll();
      expect(await store.sessions.events(ended.session.id)).toEqual([]);
    });

    test("takes codes, replays and limits once they have run out, and none before", async () => {
      const { store, advance } = get();
      const app = await newApp(store);
      const code = await storeCode(store, newCode(app));
      const replay = { id: newRowId(), requestHash: "h", sealedAnswer: "s", lifetimeMs: MINUTE };
      await signIn(store, signInRequest(app, newEmail(), { replay }));
      const limit = newRowId();
      await store.limits.take(limit, 1, MINUTE);
      await purgeAll();
      expect(await store.sessions.findReplay(replay.id)).not.toBeNull();
      expect((await store.limits.take(limit, 1, MINUTE)).ok).toBe(false);
      const spend = signInRequest(app, newEmail(), { codeId: code.id });
      expect(await store.sessions.signIn(spend)).toMatchObject({ kind: "signed_in" });
      await advance(10 * MINUTE);
      await purgeAll();
      expect(await rowsOf("codes", "id", code.id)).toBe(0);
      expect(await rowsOf("replays", "id", replay.id)).toBe(0);
      expect(await rowsOf("limits", "id", limit)).toBe(0);
    });

    test("goes in batches, and with several servers deletes each row once", async () => {
      const world = get();
      const app = await newApp(world.store);
      await purgeAll();
      for (let count = 0; count < 60; count++) await storeCode(world.store, newCode(app));
      await world.advance(10 * MINUTE);
      const expected = 60 + (await rowsOf("limits", "used", 0));
      const first = await world.store.purging.purge(10);
      expect(first).toBeGreaterThanOrEqual(10);
      expect(first).toBeLessThanOrEqual(20);
      let gone = first;
      for (let round = 0; round < 20; round++) {
        const taken = await inParallel(4, world, (store) => store.purging.purge(10));
        gone += taken.reduce((sum, each) => sum + each, 0);
      }
      expect(gone).toBe(expected);
      expect(await world.store.purging.purge(10)).toBe(0);
    });
  });

  async function rowsOf(table: string, column: string, value: string | number): Promise<number> {
    const { db } = get();
    const rows = await db.all(
      sql`SELECT 1 FROM ${sql.table(table)} WHERE ${sql.ref(column)} = ${value}`.compile(db.build),
    );
    return rows.length;
  }
}
