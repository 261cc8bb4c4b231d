import { crypto } from "@latchkey/core/crypto";
import { base64url } from "@latchkey/core/encoding";
import {
  formatRefreshToken,
  hashTokenSecret,
  parseRefreshToken,
  type RefreshToken,
} from "@latchkey/core/tokens/refresh-token";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openMasterKey } from "../keys/master-key.ts";
import { addTokenKey, openTokenKeyRing } from "../keys/token-keys.ts";
import { DAY, HOUR, MINUTE } from "../storage/testing/samples.ts";
import { declareLoss } from "./declared-loss.ts";
import { refreshSession } from "./refresh.ts";
import { type Engine, type EngineDeps, openEngine, tokenOf } from "./testing/engine.ts";
import { watchStore } from "./testing/watched-store.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

const parsed = (token: string) => parseRefreshToken(token) as RefreshToken;
const rowOf = async (sid: string) => (await engine.world.store.sessions.read(sid)).session;
const refreshWith = (deps: EngineDeps, token: string) =>
  refreshSession(deps, {
    token,
    appId: engine.app.id,
    protocol: "browser",
    policy: engine.policy,
  });
const keyOf = async (kid: string) => (await engine.deps.tokenKeys.find(kid)).key;
const unavailableAs = (code: string) => expect.objectContaining({ status: 503, code });

describe("R1 the mac is proven before any database access", () => {
  test("a bad token is refused without one call", async () => {
    const { refreshToken, session } = await engine.signIn();
    const { kid, ...rest } = parsed(refreshToken);
    const otherKey = crypto.randomBytes(32);
    const bad = [
      "",
      "x",
      "deprecated",
      "lk1......",
      refreshToken.slice(0, -1),
      `${refreshToken}A`,
      refreshToken.replace(/.$/, (last) => (last === "A" ? "E" : "A")),
      refreshToken.replace(".0.", ".1."),
      refreshToken.replace(session.id, base64url(crypto.randomBytes(16))),
      await formatRefreshToken({ kid, ...rest, generation: 5 }, otherKey),
      "é".repeat(100),
      "a".repeat(100_000),
    ];
    const watched = watchStore(engine.world.store);
    const deps = engine.another(watched.store);
    await refreshWith(deps, refreshToken);
    const before = await rowOf(session.id);
    watched.calls.length = 0;
    for (const token of bad) {
      const result = await refreshWith(deps, token).catch((error: unknown) => error);
      expect(result, token).toEqual({ kind: "terminal", reason: "invalid" });
    }
    expect(watched.calls).toEqual([]);
    expect(await rowOf(session.id)).toEqual(before);
  });

  test("a good one costs one read while nothing moves, and one write when it does (R2, R3)", async () => {
    const { refreshToken } = await engine.signIn();
    const watched = watchStore(engine.world.store);
    const deps = engine.another(watched.store);
    await refreshWith(deps, refreshToken);
    watched.calls.length = 0;
    await refreshWith(deps, refreshToken);
    expect(watched.calls).toEqual(["sessions.readWithUser"]);
    await engine.step(3 * MINUTE);
    watched.calls.length = 0;
    await refreshWith(deps, refreshToken);
    expect(watched.calls.filter((name) => name !== "keys.tokenKeys")).toEqual([
      "sessions.readWithUser",
      "sessions.refresh",
    ]);
  });

  test("an unknown kid reloads the ring, then is 503 and never terminal", async () => {
    const { refreshToken, session } = await engine.signIn();
    const { kid } = parsed(refreshToken);
    const unknown = refreshToken.replace(kid, "unknown-01");
    const watched = watchStore(engine.world.store);
    const deps = engine.another(watched.store);
    await refreshWith(deps, refreshToken);
    await engine.step(5000);
    watched.calls.length = 0;
    await expect(refreshWith(deps, unknown)).rejects.toEqual(unavailableAs("unknown_token_key"));
    expect(watched.calls).toEqual(["keys.tokenKeys"]);
    // Whoever makes kids up cannot make the server ask again and again.
    for (let count = 0; count < 100; count++) {
      await expect(refreshWith(deps, unknown)).rejects.toEqual(unavailableAs("unknown_token_key"));
    }
    expect(watched.calls).toHaveLength(1);
    expect((await rowOf(session.id))?.endedAt).toBeNull();
  });

  test("a key that another server has just added is found", async () => {
    const other = engine.another();
    await other.tokenKeys.current();
    await engine.step(2000);
    const kid = await addTokenKey(engine.world.store.keys, engine.deps.master);
    const { refreshToken } = await engine.signIn();
    const token = await formatRefreshToken({ ...parsed(refreshToken), kid }, await keyOf(kid));
    expect(await refreshWith(other, token)).toMatchObject({ kind: "active" });
  });

  test("a retired key's tokens get the terminal key_retired within a minute, and nothing is touched", async () => {
    const own = await openEngine();
    const { refreshToken, session } = await own.signIn();
    const { kid } = parsed(refreshToken);
    await addTokenKey(own.world.store.keys, own.deps.master);
    await own.world.store.keys.retireTokenKey(kid);
    await own.step(MINUTE);
    expect(await own.refresh(refreshToken)).toEqual({ kind: "terminal", reason: "key_retired" });
    expect((await own.world.store.sessions.read(session.id)).session?.endedAt).toBeNull();
    const { refreshToken: fresh } = await own.signIn();
    expect(await own.refresh(fresh)).toMatchObject({ kind: "active" });
    await own.close();
  });
});

describe("R1 neither the database nor a key alone yields a token", () => {
  test("no table holds r, a token, or anything that a token is made of", async () => {
    const repeatable = { idempotencyKey: "key-1", scope: "scope", body: "body" };
    const { refreshToken } = await engine.signIn({ repeatable });
    await engine.step(3 * MINUTE);
    const next = tokenOf(await engine.refresh(refreshToken));
    const { db } = engine.world;
    const tables = ["sessions", "session_events", "replays", "users", "accounts", "token_keys"];
    let dump = "";
    for (const table of tables) {
      dump += JSON.stringify(
        await db.all(sql`SELECT * FROM ${sql.table(table)}`.compile(db.build)),
      );
    }
    const { r } = parsed(refreshToken);
    expect(dump).toContain(await hashTokenSecret(r));
    const macs = [refreshToken, next].map((token) => token.slice(token.lastIndexOf(".") + 1));
    for (const secret of [r, refreshToken, next, ...macs]) expect(dump).not.toContain(secret);
  });

  test("with the whole database but without the master key no mac comes out right", async () => {
    const { refreshToken, session } = await engine.signIn();
    const thief = openMasterKey("another master key: 0123456789 abcdefghijklmnop");
    const [record] = await engine.world.store.keys.tokenKeys();
    const guessed = await thief.subkey("refresh-token", record?.salt);
    const forged = await formatRefreshToken(parsed(refreshToken), guessed);
    expect(await engine.refresh(forged)).toEqual({ kind: "terminal", reason: "invalid" });
    // Nor does a server of the thief's own run on that database.
    const ring = openTokenKeyRing(engine.world.store.keys, thief, engine.now);
    await expect(ring.current()).rejects.toEqual(unavailableAs("master_key_mismatch"));
    expect((await rowOf(session.id))?.endedAt).toBeNull();
  });

  test("with a leaked key and a known session id but without r the row is not reached", async () => {
    const { refreshToken, session } = await engine.signIn();
    const token = parsed(refreshToken);
    const before = await rowOf(session.id);
    for (const generation of [0, 1, 7]) {
      const r = base64url(crypto.randomBytes(16));
      const forged = await formatRefreshToken({ ...token, generation, r }, await keyOf(token.kid));
      await expect(engine.refresh(forged)).rejects.toEqual(unavailableAs("session_state_lost"));
      expect(await engine.logout({ refreshToken: forged })).toBe("nothing_to_end");
    }
    expect(await rowOf(session.id)).toEqual(before);
  });
});

describe("R1 tokens of one generation are one token, across keys and servers", () => {
  test("also when the key rotates between two answers of it", async () => {
    const { refreshToken } = await engine.signIn();
    await engine.step(3 * MINUTE);
    const moved = tokenOf(await engine.refresh(refreshToken));
    await addTokenKey(engine.world.store.keys, engine.deps.master);
    await engine.step(MINUTE + 1);
    const other = engine.another();
    expect(tokenOf(await refreshWith(other, refreshToken))).toBe(moved);
    expect(tokenOf(await refreshWith(other, moved))).toBe(moved);
    await engine.step(2 * MINUTE);
    const next = tokenOf(await refreshWith(other, moved));
    expect(parsed(next).kid).not.toBe(parsed(moved).kid);
    expect(tokenOf(await engine.refresh(moved))).toBe(next);
  });
});

describe("R6 a session keeps the protocol, the app and the end it was born with", () => {
  test("anything else is client_mismatch: nothing moved, revoked or cleared", async () => {
    const { refreshToken, session } = await engine.signIn();
    const app = await engine.newApp();
    await engine.step(3 * MINUTE);
    const before = await rowOf(session.id);
    for (const changes of [{ appId: app.id }, { protocol: "app_server" as const }]) {
      expect(await engine.refresh(refreshToken, changes)).toEqual({ kind: "client_mismatch" });
    }
    expect(await rowOf(session.id)).toEqual(before);
    expect(await engine.refresh(refreshToken)).toMatchObject({ outcome: "moved" });
  });

  test("no number of refreshes extends the absolute expiry (ASVS 7.3.2, 10.4.8)", async () => {
    const { refreshToken, session } = await engine.signIn();
    let token = refreshToken;
    while (engine.now() + 3 * DAY < session.absoluteExpiresAt) {
      await engine.step(3 * DAY);
      token = tokenOf(await engine.refresh(token));
      expect(parsed(token).absoluteExpiry).toBe(session.absoluteExpiresAt / 1000);
    }
    await engine.step(session.absoluteExpiresAt - engine.now() - 1);
    token = tokenOf(await engine.refresh(token));
    await engine.step(1);
    expect(await engine.refresh(token)).toEqual({ kind: "terminal", reason: "expired" });
  });

  test("idle expiry slides with use, by the lifetime the session began with (ASVS 7.3.1)", async () => {
    const own = await openEngine({ settings: { idleLifetime: 3600 } });
    const { refreshToken } = await own.signIn();
    let token = refreshToken;
    for (let hours = 0; hours < 48; hours++) {
      await own.step(HOUR - 1);
      const policy = { ...own.policy, idleMs: 1, refresh: { ...own.policy.refresh, idleMs: 1 } };
      token = tokenOf(await own.refresh(token, { policy }));
    }
    await own.step(HOUR);
    expect(await own.refresh(token)).toEqual({ kind: "terminal", reason: "expired" });
    await own.close();
  });
});

describe("R9 the database went back", () => {
  async function loseRow(sid: string): Promise<void> {
    const { db } = engine.world;
    await db.write(db.build.deleteFrom("sessions").where("id", "=", sid));
  }

  test("without a row an authentic token is 503, not terminal, until its own expiry", async () => {
    const { refreshToken, session } = await engine.signIn();
    await loseRow(session.id);
    await expect(engine.refresh(refreshToken)).rejects.toEqual(unavailableAs("session_state_lost"));
    await engine.step(session.absoluteExpiresAt - engine.now() - 1);
    await expect(engine.refresh(refreshToken)).rejects.toEqual(unavailableAs("session_state_lost"));
    await engine.step(1);
    expect(await engine.refresh(refreshToken)).toEqual({ kind: "terminal", reason: "expired" });
  });

  test("once the operator declares the loss, and for as long, it is the terminal session_lost", async () => {
    const { refreshToken, session } = await engine.signIn();
    const { refreshToken: kept } = await engine.signIn();
    await loseRow(session.id);
    await engine.step(MINUTE);
    await declareLoss(engine.world.store.keys, engine.now() + DAY);
    const server = engine.another();
    expect(await refreshWith(server, refreshToken)).toEqual({
      kind: "terminal",
      reason: "session_lost",
    });
    expect(await refreshWith(server, kept)).toMatchObject({ kind: "active" });
    // A server that looked before learns of it within ten seconds.
    await engine.step(10_001);
    expect(await engine.refresh(refreshToken)).toMatchObject({ reason: "session_lost" });
    await engine.step(DAY);
    await expect(refreshWith(server, refreshToken)).rejects.toEqual(
      unavailableAs("session_state_lost"),
    );
  });

  test("a newer generation than the row's is proof enough, also past the older row's idle expiry", async () => {
    const own = await openEngine({ settings: { idleLifetime: 86_400 } });
    const { db, store } = own.world;
    const { refreshToken, session } = await own.signIn();
    const row = await db.first(db.build.selectFrom("sessions").selectAll());
    let token = refreshToken;
    for (let hours = 0; hours < 30; hours += 10) {
      await own.step(10 * HOUR);
      token = tokenOf(await own.refresh(token));
    }
    await db.write(db.build.deleteFrom("sessions"));
    if (row) await db.write(db.build.insertInto("sessions").values(row));
    const result = await own.refresh(token);
    expect(result).toMatchObject({ kind: "active", outcome: "regressed" });
    expect(parsed(tokenOf(result)).generation).toBe(parsed(token).generation + 1);
    const events = await store.sessions.events(session.id);
    expect(events.map(({ type }) => type)).toContain("generation_regressed");
    await own.close();
  });
});
