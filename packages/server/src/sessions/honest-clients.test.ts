import { parseRefreshToken } from "@latchkey/core/tokens/refresh-token";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { addTokenKey } from "../keys/token-keys.ts";
import { DAY, HOUR, MINUTE } from "../storage/testing/samples.ts";
import { BROWSER_SESSION_DEFAULTS, sessionPolicy } from "./policy.ts";
import { refreshSession } from "./refresh.ts";
import { type Engine, type EngineDeps, openEngine, tokenOf } from "./testing/engine.ts";

// Many runs, on machines that do other things too.
vi.setConfig({ testTimeout: 60_000 });

const W = 2 * MINUTE;

let engine: Engine;
let servers: readonly EngineDeps[];
beforeAll(async () => {
  engine = await openEngine({
    settings: { sessionLifetime: 400 * 86_400, refreshWindow: W / 1000 },
  });
  servers = [engine.deps, engine.another(), engine.another()];
});
afterAll(() => engine.close());

/** Through any of three servers on the database. */
async function refreshAt(server: number, token: string): Promise<string> {
  const deps = servers[server % servers.length] ?? engine.deps;
  const { app, policy } = engine;
  const input = { token, appId: app.id, protocol: "browser" as const, policy };
  return tokenOf(await refreshSession(deps, input));
}

const alarmsOf = async (sid: string) =>
  (await engine.world.store.sessions.events(sid))
    .map(({ type }) => type)
    .filter((type) => type !== "signed_in");

const server = fc.nat(2);
/** What tabs, page loads and the app's servers do with the one token that they share. */
const use = fc.oneof(
  fc.record({ kind: fc.constant("refresh" as const), server }),
  /** Answers lost one after another; the client repeats, and gets through within W of the first. */
  fc.record({
    kind: fc.constant("lost" as const),
    server,
    delays: fc.array(fc.integer({ min: 0, max: Math.floor((W - 1) / 5) }), {
      minLength: 1,
      maxLength: 5,
    }),
  }),
  /** Requests that left together; their answers come back in any order. */
  fc.record({
    kind: fc.constant("burst" as const),
    servers: fc.array(server, { minLength: 2, maxLength: 12 }),
    last: fc.nat(11),
  }),
  /** A tab that read the token, slept while another refreshed, and presents it within W. */
  fc.record({
    kind: fc.constant("stale" as const),
    server,
    slept: fc.integer({ min: 0, max: W - 1 }),
  }),
  fc.record({ kind: fc.constant("back" as const), ms: fc.integer({ min: 0, max: 90_000 }) }),
  fc.record({ kind: fc.constant("rotate" as const) }),
);
const story = fc.array(fc.tuple(use, fc.constantFrom(0, 1000, W - 1, W, W + 1, HOUR, 20 * DAY)), {
  minLength: 4,
  maxLength: 16,
  size: "max",
});

describe("R3 who repeats within the window never loses the session", () => {
  test("whatever gets lost, overtaken, repeated, rotated or set back, and no alarm is raised", async () => {
    await fc.assert(
      fc.asyncProperty(story, async (steps) => {
        const begun = await engine.signIn();
        let stored = begun.refreshToken;
        const generation = () => parseRefreshToken(stored)?.generation ?? -1;
        for (const [step, wait] of steps) {
          const before = generation();
          switch (step.kind) {
            case "refresh":
              stored = await refreshAt(step.server, stored);
              break;
            case "lost": {
              const presented = stored;
              for (const [attempt, delay] of step.delays.entries()) {
                await refreshAt(step.server + attempt, presented);
                await engine.step(delay);
              }
              stored = await refreshAt(step.server, presented);
              break;
            }
            case "burst": {
              const presented = stored;
              const answers = await Promise.all(
                step.servers.map((each) => refreshAt(each, presented)),
              );
              expect(new Set(answers).size).toBe(1);
              stored = answers[step.last % answers.length] ?? "";
              break;
            }
            case "stale": {
              const read = stored;
              stored = await refreshAt(step.server, stored);
              await engine.step(step.slept);
              stored = await refreshAt(step.server + 1, read);
              break;
            }
            case "back":
              await engine.step(-step.ms);
              break;
            case "rotate":
              await addTokenKey(engine.world.store.keys, engine.deps.master);
          }
          expect(generation()).toBeGreaterThanOrEqual(before);
          expect(generation()).toBeLessThanOrEqual(before + 1);
          await engine.step(wait);
        }
        expect(await alarmsOf(begun.session.id)).toEqual([]);
      }),
      { numRuns: 120 },
    );
  });
});

describe("R4 one answer lost overnight costs nothing; twice in a row looks like theft", () => {
  const begin = async () => {
    const { refreshToken, session } = await engine.signIn();
    await engine.step(HOUR);
    return { token: refreshToken, sid: session.id };
  };
  const reasonOf = async (token: string) => {
    const result = await engine.refresh(token);
    return result.kind === "terminal" ? result.reason : result.kind;
  };

  test("the laptop was closed before the answer came, and opens the next morning", async () => {
    const { token, sid } = await begin();
    const lost = await refreshAt(0, token);
    await engine.step(10 * HOUR);
    expect(await refreshAt(1, token)).toBe(lost);
    await engine.step(HOUR);
    const next = await refreshAt(0, lost);
    await engine.step(HOUR);
    await refreshAt(0, next);
    expect(await alarmsOf(sid)).toEqual(["late_replay"]);
  });

  test("again another night, with a refresh that arrived in between", async () => {
    const { token, sid } = await begin();
    await refreshAt(0, token);
    await engine.step(10 * HOUR);
    const morning = await refreshAt(0, token);
    await engine.step(HOUR);
    const arrived = await refreshAt(0, morning);
    await engine.step(HOUR);
    await refreshAt(0, arrived);
    await engine.step(10 * HOUR);
    await refreshAt(0, arrived);
    expect(await alarmsOf(sid)).toEqual(["late_replay", "late_replay"]);
  });

  test("the next answer is lost for the night too: the session ends, and says why", async () => {
    const { token } = await begin();
    await refreshAt(0, token);
    await engine.step(10 * HOUR);
    const morning = await refreshAt(0, token);
    await engine.step(HOUR);
    await refreshAt(0, morning);
    await engine.step(10 * HOUR);
    expect(await reasonOf(morning)).toBe("reuse");
    expect(await reasonOf(morning)).toBe("reuse");
  });
});

describe("R4 a thief who shares a token with its owner (ASVS 10.4.5, RFC 9700 section 4.14.2)", () => {
  const turn = fc.record({
    byOwner: fc.boolean(),
    gap: fc.integer({ min: W, max: 3 * DAY }),
    server,
  });

  test("is caught when one of the two falls behind the second time, for both at once", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { minLength: 12, maxLength: 24 }), async (turns) => {
        const { refreshToken, session } = await engine.signIn();
        const held = { owner: refreshToken, thief: refreshToken };
        let [newest, fallsBehind] = [refreshToken, 0];
        for (const { byOwner, gap, server: at } of turns) {
          await engine.step(gap);
          const who = byOwner ? "owner" : "thief";
          if (held[who] !== newest) fallsBehind += 1;
          const result = await engine.refresh(held[who]);
          if (result.kind === "terminal") {
            expect(result.reason).toBe("reuse");
            for (const token of [...Object.values(held), newest]) {
              const answer = await engine.refresh(token);
              expect(answer).toEqual({ kind: "terminal", reason: "reuse" });
            }
            return;
          }
          expect(fallsBehind).toBeLessThan(2);
          newest = await refreshAt(at, held[who]);
          held[who] = newest;
        }
        // Only one of them ever came, or the other not yet again.
        expect((await engine.world.store.sessions.read(session.id)).session?.endedAt).toBeNull();
      }),
      { numRuns: 60 },
    );
  });

  test("with late_replay off is caught the first time", async () => {
    const app = await engine.newApp({ lateReplay: "off", refreshWindow: W / 1000 });
    const policy = sessionPolicy(app, null, BROWSER_SESSION_DEFAULTS);
    const { refreshToken } = await engine.signIn({ app, policy });
    await engine.step(HOUR);
    const changes = { appId: app.id, policy };
    const next = tokenOf(await engine.refresh(refreshToken, changes));
    await engine.step(W - 1);
    expect(tokenOf(await engine.refresh(refreshToken, changes))).toBe(next);
    await engine.step(1);
    const over = { kind: "terminal", reason: "reuse" };
    expect(await engine.refresh(refreshToken, changes)).toEqual(over);
    expect(await engine.refresh(next, changes)).toEqual(over);
  });
});
