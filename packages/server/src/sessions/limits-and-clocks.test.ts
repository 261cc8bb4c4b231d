import { appClientSettings } from "@latchkey/core/protocol/app-settings";
import { describe, expect, test, vi } from "vitest";
import { MINUTE } from "../storage/testing/samples.ts";
import { clockGuard } from "./clock-guard.ts";
import { sessionPolicy } from "./policy.ts";
import { refreshSession } from "./refresh.ts";
import { refreshLimiter } from "./refresh-limiter.ts";
import { openEngine, tokenOf } from "./testing/engine.ts";

// Many runs, on machines that do other things too.
vi.setConfig({ testTimeout: 60_000 });

describe("the limit on one session's refreshes", () => {
  const limited = (work: () => void) => {
    try {
      work();
      return false;
    } catch (error) {
      expect(error).toMatchObject({ code: "too_many_requests", status: 429, retryAfter: 1 });
      return true;
    }
  };

  test("lets a page of a thousand parallel requests pass, and stops a loop", () => {
    let now = 0;
    const { check } = refreshLimiter(() => now);
    for (let count = 0; count < 1000; count++) expect(limited(() => check("a"))).toBe(false);
    let refused = 0;
    for (let count = 0; count < 10_000; count++) if (limited(() => check("a"))) refused += 1;
    expect(refused).toBeGreaterThan(8000);
    expect(limited(() => check("b"))).toBe(false);
    now += 1000;
    const passed = Array.from({ length: 100 }, () => limited(() => check("a"))).filter((no) => !no);
    expect(passed).toHaveLength(20);
  });

  test("never locks a session out for longer because the clock was set back", () => {
    let now = 1_000_000;
    const { check } = refreshLimiter(() => now);
    for (let count = 0; count < 3000; count++) limited(() => check("a"));
    now -= 900_000;
    expect(limited(() => check("a"))).toBe(true);
    now += 1000;
    expect(limited(() => check("a"))).toBe(false);
  });

  test("forgets rather than refuses when there are too many sessions", () => {
    const { check } = refreshLimiter(() => 0);
    for (let count = 0; count < 120_000; count++) check(`session ${count}`);
  });

  test("is asked only after the mac has proven authentic", async () => {
    const engine = await openEngine();
    const { refreshToken } = await engine.signIn();
    let asked = 0;
    const deps = {
      ...engine.another(),
      limiter: {
        check: () => {
          asked += 1;
        },
      },
    };
    const { app, policy } = engine;
    const input = { appId: app.id, protocol: "browser", policy } as const;
    await refreshSession(deps, { ...input, token: `${refreshToken}A` });
    await refreshSession(deps, { ...input, token: refreshToken.replace(".0.", ".1.") });
    expect(asked).toBe(0);
    await refreshSession(deps, { ...input, token: refreshToken });
    expect(asked).toBe(1);
    await engine.close();
  });
});

describe("R2 an instance whose clock departs from its database's", () => {
  test("is measured at the middle of the round trip, and agrees within 30 s either way", async () => {
    for (const [ahead, agrees] of [
      [0, true],
      [30_000, true],
      [30_001, false],
      [-30_000, true],
      [-30_001, false],
    ] as const) {
      let now = 1_000_000;
      const guard = clockGuard(
        async () => {
          const seen = now - ahead + 50;
          now += 100;
          return seen;
        },
        () => now,
      );
      await guard.measure();
      expect(guard.drift()).toBe(ahead);
      expect(guard.agrees()).toBe(agrees);
      if (agrees) guard.requireAgreement();
      else expect(() => guard.requireAgreement()).toThrow(/NTP/);
    }
  });

  test("ends no session: what would is 503 until the clocks agree, and the rest goes on", async () => {
    const engine = await openEngine();
    const { refreshToken, session } = await engine.signIn();
    const { store } = engine.world;
    let ahead = 31_000;
    const guard = clockGuard(async () => (await store.now()) - ahead, engine.now);
    await guard.measure();
    const deps = { ...engine.another(), clockGuard: guard };
    const { app, policy } = engine;
    const refresh = (token: string) =>
      refreshSession(deps, { token, appId: app.id, protocol: "browser", policy });
    const departed = expect.objectContaining({ code: "clock_departed", status: 503 });

    const tokens = [refreshToken];
    for (let count = 0; count < 3; count++) {
      await engine.step(3 * MINUTE);
      tokens.push(tokenOf(await refresh(tokens.at(-1) ?? "")));
    }
    await expect(refresh(refreshToken)).rejects.toEqual(departed);
    expect((await store.sessions.read(session.id)).session?.endedAt).toBeNull();
    await engine.step(session.absoluteExpiresAt - engine.now());
    await expect(refresh(tokens.at(-1) ?? "")).rejects.toEqual(departed);

    ahead = 0;
    await guard.measure();
    expect(await refresh(tokens.at(-1) ?? "")).toEqual({ kind: "terminal", reason: "expired" });
    await engine.close();
  });

  test("still tells of a session that others have ended", async () => {
    const engine = await openEngine();
    const { refreshToken } = await engine.signIn();
    await engine.logout({ refreshToken });
    const guard = clockGuard(async () => 0, engine.now);
    await guard.measure();
    const { app, policy } = engine;
    const input = { token: refreshToken, appId: app.id, protocol: "browser", policy } as const;
    const deps = { ...engine.another(), clockGuard: guard };
    expect(await refreshSession(deps, input)).toEqual({ kind: "terminal", reason: "logout" });
    await engine.close();
  });
});

describe("a session's policy (R6)", () => {
  test("is the app client's over the app's over the deployment's", async () => {
    const engine = await openEngine();
    const defaults = { accessTokenTtl: 3600, refreshWindow: 120 };
    const plain = sessionPolicy(await engine.newApp(), null, defaults);
    expect(plain).toEqual({
      accessTokenTtl: 3600,
      lifetimeMs: 30 * 86_400_000,
      idleMs: 30 * 86_400_000,
      refresh: { windowMs: 120_000, lateReplay: "forgive_once", idleMs: 30 * 86_400_000 },
    });
    const app = await engine.newApp({
      accessTokenTtl: 300,
      sessionLifetime: 86_400,
      idleLifetime: 7200,
      refreshWindow: 30,
      lateReplay: "off",
    });
    expect(sessionPolicy(app, null, defaults)).toEqual({
      accessTokenTtl: 300,
      lifetimeMs: 86_400_000,
      idleMs: 7_200_000,
      refresh: { windowMs: 30_000, lateReplay: "off", idleMs: 7_200_000 },
    });
    const client = {
      id: "client",
      name: "Phone",
      settings: appClientSettings.parse({ sessionLifetime: 3600 }),
    };
    expect(sessionPolicy(app, client, defaults).lifetimeMs).toBe(3_600_000);
    await engine.close();
  });

  test("never keeps a window open so long that a session in use would idle out inside it", async () => {
    for (const idleLifetime of [60, 90, 300, 3600]) {
      const engine = await openEngine({ settings: { idleLifetime, refreshWindow: 600 } });
      let token = (await engine.signIn()).refreshToken;
      for (let count = 0; count < 20; count++) {
        await engine.step((idleLifetime * 1000) / 2);
        token = tokenOf(await engine.refresh(token));
      }
      await engine.close();
    }
  });
});
