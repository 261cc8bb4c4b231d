import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPostgres } from "../storage/postgres/open-postgres.ts";
import { sqlStore } from "../storage/sql/sql-store.ts";
import { DAY, newCode, storeCode } from "../storage/testing/samples.ts";
import { refreshSession } from "./refresh.ts";
import { openRaces, type Races } from "./testing/held-locks.ts";

let races: Races;
beforeAll(async () => {
  races = await openRaces();
});
afterAll(() => races.close());

describe("R2 an unknown outcome is 503, and the repeat finds out", () => {
  const away = expect.objectContaining({ status: 503, code: "database_unavailable" });

  test("when the row stays locked for too long", async () => {
    const { token, sid } = await races.ripeSession();
    const db = openPostgres({ url: races.databaseUrl, lockTimeoutMs: 100 });
    const { app, policy } = races.engine;
    const deps = { ...races.servers[0], store: sqlStore(db) };
    const refresh = () =>
      refreshSession(deps, { token, appId: app.id, protocol: "browser", policy });
    await races.holding({ table: "sessions", id: sid }, async () => {
      await expect(refresh()).rejects.toEqual(away);
    });
    expect(await refresh()).toMatchObject({ outcome: "moved" });
    await db.close();
  });

  test("when the connection is cut in the middle of the move", async () => {
    const { token, sid } = await races.ripeSession();
    await races.holding({ table: "sessions", id: sid }, async () => {
      const refresh = races.refreshAt(0, token).catch((error: unknown) => error);
      await races.waiting(1);
      await races.cutWaiting();
      expect(await refresh).toEqual(away);
    });
    expect(await races.refreshAt(0, token)).toMatchObject({ outcome: "moved" });
    const { session } = await races.engine.world.store.sessions.read(sid);
    expect(session).toMatchObject({ generation: 1, endedAt: null });
  });
});

describe("purging beside other servers", () => {
  test("passes over a row that one of them holds", async () => {
    const { app, world } = races.engine;
    const code = await storeCode(world.store, newCode(app.id));
    await world.advance(DAY);
    await races.holding({ table: "codes", id: code.id }, async () => {
      await world.store.purging.purge(100);
      const rows = await world.db.all(
        world.db.build.selectFrom("codes").select("id").where("id", "=", code.id),
      );
      expect(rows).toHaveLength(1);
    });
    expect(await world.store.purging.purge(100)).toBeGreaterThan(0);
  });
});
