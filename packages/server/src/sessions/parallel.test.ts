import { parseRefreshToken } from "@latchkey/core/tokens/refresh-token";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { MINUTE, tally } from "../storage/testing/samples.ts";
import { refreshSession } from "./refresh.ts";
import { type Engine, openEngine } from "./testing/engine.ts";

// Many runs, on machines that do other things too.
vi.setConfig({ testTimeout: 60_000 });

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

describe("R3 a thousand parallel refreshes of one token on SQLite", () => {
  test("make exactly one successor, and all are answered with it", async () => {
    const servers = [engine.deps, engine.another(), engine.another()];
    const { refreshToken, session } = await engine.signIn();
    await engine.step(3 * MINUTE);
    const { app, policy } = engine;
    const input = { token: refreshToken, appId: app.id, protocol: "browser", policy } as const;
    const results = await Promise.all(
      Array.from({ length: 1000 }, (_, index) =>
        refreshSession(servers[index % servers.length] ?? engine.deps, input),
      ),
    );
    const active = results.filter((result) => result.kind === "active");
    expect(active).toHaveLength(1000);
    const tokens = new Set(active.map((result) => result.refreshToken));
    expect(tokens.size).toBe(1);
    expect(parseRefreshToken([...tokens][0] ?? "")?.generation).toBe(1);
    expect(tally(active.map(({ outcome }) => outcome))).toMatchObject({ moved: 1 });
    const { store } = engine.world;
    expect((await store.sessions.read(session.id)).session?.generation).toBe(1);
    expect(await store.sessions.events(session.id)).toHaveLength(1);
  });

  test("with a logout among them end signed out, and nobody is answered later than that", async () => {
    for (const place of [0, 10, 100, 299]) {
      const { refreshToken } = await engine.signIn();
      await engine.step(3 * MINUTE);
      let loggedOut = false;
      const late: string[] = [];
      await Promise.all(
        Array.from({ length: 300 }, async (_, index) => {
          if (index === place) {
            await engine.logout({ refreshToken });
            loggedOut = true;
            return;
          }
          const began = loggedOut;
          const result = await engine.refresh(refreshToken);
          if (began) late.push(result.kind);
        }),
      );
      expect(late).toEqual(late.map(() => "terminal"));
      expect(await engine.refresh(refreshToken)).toEqual({ kind: "terminal", reason: "logout" });
    }
  });
});
