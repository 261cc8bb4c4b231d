import { parseRefreshToken } from "@latchkey/core/tokens/refresh-token";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Services } from "../services.ts";
import { openPostgres } from "../storage/postgres/open-postgres.ts";
import { sqlStore } from "../storage/sql/sql-store.ts";
import { MINUTE, newCode, newEmail, storeCode, tally } from "../storage/testing/samples.ts";
import { startTestPostgres, type TestPostgres } from "../storage/testing/test-postgres.ts";
import { logout } from "./logout.ts";
import { type RefreshResult, refreshSession } from "./refresh.ts";
import { type Engine, openEngine, tokenOf } from "./testing/engine.ts";
import { openTestServices } from "./testing/services.ts";

let postgres: TestPostgres;
let engine: Engine;
/** Two servers of their own on the database. */
let servers: readonly [Services, Services];
/** Holds locks, as another server in the middle of its transaction does. */
let holder: pg.Client;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.freshDatabaseUrl();
  engine = await openEngine({ url });
  const open = () => openTestServices({ databaseUrl: url });
  servers = [await open(), await open()];
  holder = new pg.Client(url);
  await holder.connect();
});
afterAll(async () => {
  await holder.end();
  for (const { store } of servers) await store.close();
  await engine.close();
  await postgres.stop();
});

function refreshAt(server: number, token: string): Promise<RefreshResult> {
  const { app, policy } = engine;
  const input = { token, appId: app.id, protocol: "browser", policy } as const;
  return refreshSession(servers[server % 2] ?? servers[0], input);
}

function logoutAt(server: number, refreshToken: string) {
  const input = { appId: engine.app.id, protocol: "browser", refreshToken } as const;
  return logout(servers[server % 2] ?? servers[0], { ...input, provenSids: [] });
}

/** A session whose window is over, so that the next refresh moves. */
async function ripeSession(account = newEmail()) {
  const begun = await engine.signIn({ account });
  await engine.step(3 * MINUTE);
  return { token: begun.refreshToken, sid: begun.session.id, user: begun.user, account };
}

/** Waits until so many statements wait for a lock. */
async function waiting(count: number): Promise<void> {
  await vi.waitFor(
    async () => {
      const { rows } = await holder.query(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      expect(rows.length).toBe(count);
    },
    { timeout: 4000, interval: 5 },
  );
}

async function holding<T>(
  lock: { table: string; id: string; change?: string },
  work: () => Promise<T>,
): Promise<T> {
  await holder.query("BEGIN");
  await holder.query(`SELECT 1 FROM ${lock.table} WHERE id = $1 FOR UPDATE`, [lock.id]);
  if (lock.change) {
    await holder.query(`UPDATE ${lock.table} SET ${lock.change} WHERE id = $1`, [lock.id]);
  }
  try {
    return await work();
  } finally {
    await holder.query("COMMIT");
  }
}

const rowOf = async (sid: string) => (await engine.world.store.sessions.read(sid)).session;
const eventsOf = async (sid: string) =>
  (await engine.world.store.sessions.events(sid)).map(({ type }) => type);

describe("R3 a thousand parallel refreshes of one token on PostgreSQL", () => {
  test("through two servers make exactly one successor, and all are answered with it", async () => {
    const { token, sid } = await ripeSession();
    const results = await Promise.all(
      Array.from({ length: 1000 }, (_, at) => refreshAt(at, token)),
    );
    const tokens = new Set(results.map(tokenOf));
    expect(tokens.size).toBe(1);
    expect(parseRefreshToken([...tokens][0] ?? "")?.generation).toBe(1);
    const outcomes = tally(
      results.map((result) => (result.kind === "active" ? result.outcome : "")),
    );
    expect(outcomes).toMatchObject({ moved: 1 });
    expect(outcomes.late_replay).toBeUndefined();
    expect(await rowOf(sid)).toMatchObject({ generation: 1, endedAt: null });
    expect(await eventsOf(sid)).toEqual(["signed_in"]);
  });
});

describe("R2 the loser of a race sees the winner's state", () => {
  test("of two refreshes that both wait for the row one moves, the other is answered with its move", async () => {
    const { token, sid } = await ripeSession();
    const { one, two } = await holding({ table: "sessions", id: sid }, async () => {
      const first = refreshAt(0, token);
      await waiting(1);
      const second = refreshAt(1, token);
      await waiting(2);
      return { one: first, two: second };
    });
    expect(await one).toMatchObject({ outcome: "moved" });
    expect(await two).toMatchObject({ outcome: "previous" });
    expect(tokenOf(await two)).toBe(tokenOf(await one));
    expect(await rowOf(sid)).toMatchObject({ generation: 1 });
  });

  test("a refresh that waits while the session ends is told that it ended", async () => {
    const { token, sid } = await ripeSession();
    const change = "ended_at = moved_at, end_reason = 'revoked'";
    const { late } = await holding({ table: "sessions", id: sid, change }, async () => {
      const refresh = refreshAt(0, token);
      await waiting(1);
      return { late: refresh };
    });
    expect(await late).toEqual({ kind: "terminal", reason: "revoked" });
    expect(await rowOf(sid)).toMatchObject({ generation: 0, endReason: "revoked" });
  });

  test("a refresh that waits while the session moves twice is a reuse, with its trail", async () => {
    const { token, sid } = await ripeSession();
    const change = "generation = 2, moved_at = moved_at + 1000";
    const { late } = await holding({ table: "sessions", id: sid, change }, async () => {
      const refresh = refreshAt(0, token);
      await waiting(1);
      return { late: refresh };
    });
    expect(await late).toEqual({ kind: "terminal", reason: "reuse" });
    expect((await eventsOf(sid)).toSorted()).toEqual(["reuse", "signed_in"]);
  });

  test("two late replays at once are one forgiveness, not a reuse", async () => {
    const { token, sid } = await ripeSession();
    await refreshAt(0, token);
    await engine.step(3 * MINUTE);
    const { one, two } = await holding({ table: "sessions", id: sid }, async () => {
      const first = refreshAt(0, token);
      await waiting(1);
      const second = refreshAt(1, token);
      await waiting(2);
      return { one: first, two: second };
    });
    expect(await one).toMatchObject({ outcome: "late_replay", session: { generation: 1 } });
    expect(await two).toMatchObject({ outcome: "previous" });
    expect(tokenOf(await two)).toBe(tokenOf(await one));
    expect((await eventsOf(sid)).toSorted()).toEqual(["late_replay", "signed_in"]);
  });
});

describe("R6 logout against a refresh in flight", () => {
  test("that waits behind it: the refresh is told of the logout", async () => {
    const { token, sid } = await ripeSession();
    const { ending, late } = await holding({ table: "sessions", id: sid }, async () => {
      const first = logoutAt(0, token);
      await waiting(1);
      const second = refreshAt(1, token);
      await waiting(2);
      return { ending: first, late: second };
    });
    expect(await ending).toBe("ended");
    expect(await late).toEqual({ kind: "terminal", reason: "logout" });
  });

  test("that is ahead of it: the refresh is answered, and its new token is worth nothing", async () => {
    const { token, sid } = await ripeSession();
    const { ahead, ending } = await holding({ table: "sessions", id: sid }, async () => {
      const first = refreshAt(0, token);
      await waiting(1);
      const second = logoutAt(1, token);
      await waiting(2);
      return { ahead: first, ending: second };
    });
    const next = tokenOf(await ahead);
    expect(await ending).toBe("ended");
    expect(await refreshAt(0, next)).toEqual({ kind: "terminal", reason: "logout" });
    expect(await rowOf(sid)).toMatchObject({ generation: 1, endReason: "logout" });
  });
});

describe("R6 sign-in against disabling and deleting the user", () => {
  const enders = {
    disabled: (app: string, id: string) => servers[1].store.users.setDisabled(app, id, true),
    deleted: (app: string, id: string) => servers[1].store.users.delete(app, id),
  };

  test.each(Object.entries(enders))(
    "%s right after it: the new session ends too",
    async (name, end) => {
      const { user, account } = await ripeSession();
      const { begun, ended } = await holding({ table: "users", id: user.id }, async () => {
        const first = engine.signIn({ account, allowSignUp: false });
        await waiting(1);
        const second = end(engine.app.id, user.id);
        await waiting(2);
        return { begun: first, ended: second };
      });
      const { refreshToken } = await begun;
      expect(await ended).toBe(true);
      expect(await refreshAt(0, refreshToken)).toEqual({
        kind: "terminal",
        reason: `user_${name}`,
      });
    },
  );

  test.each(Object.entries(enders))("%s right before it: no session begins", async (name, end) => {
    const { user, account } = await ripeSession();
    const { refused, ended } = await holding({ table: "users", id: user.id }, async () => {
      const first = end(engine.app.id, user.id);
      await waiting(1);
      const second = engine.signIn({ account, allowSignUp: false });
      await waiting(2);
      return { refused: second.catch((error: { code: string }) => error.code), ended: first };
    });
    expect(await ended).toBe(true);
    expect(await refused).toBe(name === "deleted" ? "user_does_not_exist" : "user_disabled");
  });

  test("all of the user's sessions end with a refresh of each in flight", async () => {
    const account = newEmail();
    const tokens = [];
    for (let count = 0; count < 4; count++) tokens.push((await ripeSession(account)).token);
    const { user } = await ripeSession(account);
    await Promise.all([
      ...tokens.map((token, at) => refreshAt(at, token)),
      servers[0].store.users.setDisabled(engine.app.id, user.id, true),
      ...tokens.map((token, at) => refreshAt(at, token)),
    ]);
    for (const token of tokens) {
      const over = { kind: "terminal", reason: "user_disabled" };
      expect(await refreshAt(0, token)).toEqual(over);
    }
  });

  test("unlinked and signed out everywhere while it waits: the old account begins no session", async () => {
    const { user, account, token, sid } = await ripeSession();
    const { token: elsewhere } = await ripeSession(account);
    const custom = { type: "custom_auth", subject: crypto.randomUUID() };
    const { users } = servers[1].store;
    await users.link(engine.app.id, user.id, custom, null);
    const { late } = await holding({ table: "users", id: user.id }, async () => {
      const unlink = users.unlink(engine.app.id, user.id, account, sid);
      await waiting(1);
      const signIn = engine.signIn({ account, allowSignUp: false });
      await waiting(2);
      return { unlink, late: signIn.catch((error: { code: string }) => error.code) };
    });
    expect(await late).toBe("user_does_not_exist");
    expect(await refreshAt(0, token)).toMatchObject({ kind: "active" });
    expect(await refreshAt(0, elsewhere)).toEqual({ kind: "terminal", reason: "revoked" });
  });
});

describe("R6 a one-time code is spent once (ASVS 6.5.1)", () => {
  test("by the first of two that both wait for it", async () => {
    const code = await storeCode(engine.world.store, newCode(engine.app.id));
    const account = newEmail();
    const { one, two } = await holding({ table: "codes", id: code.id }, async () => {
      const first = engine.signIn({ codeId: code.id });
      await waiting(1);
      const second = engine.signIn({ codeId: code.id, account });
      await waiting(2);
      return { one: first, two: second.catch((error: { code: string }) => error.code) };
    });
    expect((await one).refreshToken).toMatch(/^lk1\./);
    expect(await two).toBe("invalid_credentials");
    expect(await engine.world.store.users.findByAccount(engine.app.id, account)).toBeNull();
  });
});

describe("R2 an unknown outcome is 503, and the repeat finds out", () => {
  const away = expect.objectContaining({ status: 503, code: "database_unavailable" });

  test("when the row stays locked for too long", async () => {
    const { token, sid } = await ripeSession();
    const url = (await holder.query("SELECT current_database() AS name")).rows[0] as {
      name: string;
    };
    const db = openPostgres({
      url: postgres.url.replace(/[^/]+$/, url.name),
      lockTimeoutMs: 100,
    });
    const { app, policy } = engine;
    const deps = { ...servers[0], store: sqlStore(db) };
    const refresh = () =>
      refreshSession(deps, { token, appId: app.id, protocol: "browser", policy });
    await holding({ table: "sessions", id: sid }, async () => {
      await expect(refresh()).rejects.toEqual(away);
    });
    expect(await refresh()).toMatchObject({ outcome: "moved" });
    await db.close();
  });

  test("when the connection is cut in the middle of the move", async () => {
    const { token, sid } = await ripeSession();
    await holding({ table: "sessions", id: sid }, async () => {
      const refresh = refreshAt(0, token).catch((error: unknown) => error);
      await waiting(1);
      await holder.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      expect(await refresh).toEqual(away);
    });
    expect(await refreshAt(0, token)).toMatchObject({ outcome: "moved" });
    expect(await rowOf(sid)).toMatchObject({ generation: 1, endedAt: null });
  });
});
