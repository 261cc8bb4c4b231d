import { parseRefreshToken } from "@latchkey/core/tokens/refresh-token";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Services } from "../services.ts";
import { MINUTE, newCode, newEmail, storeCode, tally } from "../storage/testing/samples.ts";
import { type Engine, tokenOf } from "./testing/engine.ts";
import { openRaces, type Races } from "./testing/held-locks.ts";

let races: Races;
let engine: Engine;
let servers: readonly [Services, Services];
beforeAll(async () => {
  races = await openRaces();
  ({ engine, servers } = races);
});
afterAll(() => races.close());

const rowOf = async (sid: string) => (await engine.world.store.sessions.read(sid)).session;
const eventsOf = async (sid: string) =>
  (await engine.world.store.sessions.events(sid)).map(({ type }) => type);

describe("R3 a thousand parallel refreshes of one token on PostgreSQL", () => {
  test("through two servers make exactly one successor, and all are answered with it", async () => {
    const { token, sid } = await races.ripeSession();
    const results = await Promise.all(
      Array.from({ length: 1000 }, (_, at) => races.refreshAt(at, token)),
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
    const { token, sid } = await races.ripeSession();
    const { one, two } = await races.holding({ table: "sessions", id: sid }, async () => {
      const first = races.refreshAt(0, token);
      await races.waiting(1);
      const second = races.refreshAt(1, token);
      await races.waiting(2);
      return { one: first, two: second };
    });
    expect(await one).toMatchObject({ outcome: "moved" });
    expect(await two).toMatchObject({ outcome: "previous" });
    expect(tokenOf(await two)).toBe(tokenOf(await one));
    expect(await rowOf(sid)).toMatchObject({ generation: 1 });
  });

  test("a refresh that waits while the session ends is told that it ended", async () => {
    const { token, sid } = await races.ripeSession();
    const change = "ended_at = moved_at, end_reason = 'revoked'";
    const { late } = await races.holding({ table: "sessions", id: sid, change }, async () => {
      const refresh = races.refreshAt(0, token);
      await races.waiting(1);
      return { late: refresh };
    });
    expect(await late).toEqual({ kind: "terminal", reason: "revoked" });
    expect(await rowOf(sid)).toMatchObject({ generation: 0, endReason: "revoked" });
  });

  test("a refresh that waits while the session moves twice is a reuse, with its trail", async () => {
    const { token, sid } = await races.ripeSession();
    const change = "generation = 2, moved_at = moved_at + 1000";
    const { late } = await races.holding({ table: "sessions", id: sid, change }, async () => {
      const refresh = races.refreshAt(0, token);
      await races.waiting(1);
      return { late: refresh };
    });
    expect(await late).toEqual({ kind: "terminal", reason: "reuse" });
    expect((await eventsOf(sid)).toSorted()).toEqual(["reuse", "signed_in"]);
  });

  test("two late replays at once are one forgiveness, not a reuse", async () => {
    const { token, sid } = await races.ripeSession();
    await races.refreshAt(0, token);
    await engine.step(3 * MINUTE);
    const { one, two } = await races.holding({ table: "sessions", id: sid }, async () => {
      const first = races.refreshAt(0, token);
      await races.waiting(1);
      const second = races.refreshAt(1, token);
      await races.waiting(2);
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
    const { token, sid } = await races.ripeSession();
    const { ending, late } = await races.holding({ table: "sessions", id: sid }, async () => {
      const first = races.logoutAt(0, token);
      await races.waiting(1);
      const second = races.refreshAt(1, token);
      await races.waiting(2);
      return { ending: first, late: second };
    });
    expect(await ending).toBe("ended");
    expect(await late).toEqual({ kind: "terminal", reason: "logout" });
  });

  test("that is ahead of it: the refresh is answered, and its new token is worth nothing", async () => {
    const { token, sid } = await races.ripeSession();
    const { ahead, ending } = await races.holding({ table: "sessions", id: sid }, async () => {
      const first = races.refreshAt(0, token);
      await races.waiting(1);
      const second = races.logoutAt(1, token);
      await races.waiting(2);
      return { ahead: first, ending: second };
    });
    const next = tokenOf(await ahead);
    expect(await ending).toBe("ended");
    expect(await races.refreshAt(0, next)).toEqual({ kind: "terminal", reason: "logout" });
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
      const { userId, account } = await races.ripeSession();
      const { begun, ended } = await races.holding({ table: "users", id: userId }, async () => {
        const first = engine.signIn({ account, allowSignUp: false });
        await races.waiting(1);
        const second = end(engine.app.id, userId);
        await races.waiting(2);
        return { begun: first, ended: second };
      });
      const { refreshToken } = await begun;
      expect(await ended).toBe(true);
      expect(await races.refreshAt(0, refreshToken)).toEqual({
        kind: "terminal",
        reason: `user_${name}`,
      });
    },
  );

  test.each(Object.entries(enders))("%s right before it: no session begins", async (name, end) => {
    const { userId, account } = await races.ripeSession();
    const { refused, ended } = await races.holding({ table: "users", id: userId }, async () => {
      const first = end(engine.app.id, userId);
      await races.waiting(1);
      const second = engine.signIn({ account, allowSignUp: false });
      await races.waiting(2);
      return { refused: second.catch((error: { code: string }) => error.code), ended: first };
    });
    expect(await ended).toBe(true);
    expect(await refused).toBe(name === "deleted" ? "user_does_not_exist" : "user_disabled");
  });

  test("all of the user's sessions end with a refresh of each in flight", async () => {
    const account = newEmail();
    const tokens = [];
    for (let count = 0; count < 4; count++) tokens.push((await races.ripeSession(account)).token);
    const { userId } = await races.ripeSession(account);
    await Promise.all([
      ...tokens.map((token, at) => races.refreshAt(at, token)),
      servers[0].store.users.setDisabled(engine.app.id, userId, true),
      ...tokens.map((token, at) => races.refreshAt(at, token)),
    ]);
    for (const token of tokens) {
      const over = { kind: "terminal", reason: "user_disabled" };
      expect(await races.refreshAt(0, token)).toEqual(over);
    }
  });

  test("unlinked and signed out everywhere while it waits: the old account begins no session", async () => {
    const { userId, account, token, sid } = await races.ripeSession();
    const { token: elsewhere } = await races.ripeSession(account);
    const custom = { type: "custom_auth", subject: crypto.randomUUID() };
    const { users } = servers[1].store;
    await users.link(engine.app.id, userId, custom, null);
    const { late } = await races.holding({ table: "users", id: userId }, async () => {
      const unlink = users.unlink(engine.app.id, userId, account, sid);
      await races.waiting(1);
      const signIn = engine.signIn({ account, allowSignUp: false });
      await races.waiting(2);
      return { unlink, late: signIn.catch((error: { code: string }) => error.code) };
    });
    expect(await late).toBe("user_does_not_exist");
    expect(await races.refreshAt(0, token)).toMatchObject({ kind: "active" });
    expect(await races.refreshAt(0, elsewhere)).toEqual({ kind: "terminal", reason: "revoked" });
  });
});

describe("R6 a one-time code is spent once (ASVS 6.5.1)", () => {
  test("by the first of two that both wait for it", async () => {
    const code = await storeCode(engine.world.store, newCode(engine.app.id));
    const account = newEmail();
    const { one, two } = await races.holding({ table: "codes", id: code.id }, async () => {
      const first = engine.signIn({ codeId: code.id });
      await races.waiting(1);
      const second = engine.signIn({ codeId: code.id, account });
      await races.waiting(2);
      return { one: first, two: second.catch((error: { code: string }) => error.code) };
    });
    expect((await one).refreshToken).toMatch(/^lk1\./);
    expect(await two).toBe("invalid_credentials");
    expect(await engine.world.store.users.findByAccount(engine.app.id, account)).toBeNull();
  });
});
