import { LatchkeyError } from "@latchkey/core/errors";
import { parseRefreshToken } from "@latchkey/core/tokens/refresh-token";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { addTokenKey } from "../keys/token-keys.ts";
import type { SessionRow } from "../storage/sql/rows.ts";
import { DAY, HOUR, MINUTE } from "../storage/testing/samples.ts";
import type { RefreshInput } from "./refresh.ts";
import { type Engine, openEngine } from "./testing/engine.ts";
import { type ModelAnswer, type ModelMemory, sessionModel } from "./testing/session-model.ts";

// Many runs, on machines that do other things too.
vi.setConfig({ testTimeout: 60_000 });

const CLIENTS = 4;
const LIFETIME = 30 * DAY;
const ALARMS = ["late_replay", "generation_regressed", "reuse"];

type Action =
  /** A tab presents what it holds, and keeps the answer unless it is lost. */
  | { readonly do: "refresh"; readonly client: number; readonly lost: boolean }
  /** Whoever stole a copy presents the newest token ever answered, or one so many before. */
  | { readonly do: "replay"; readonly back: number }
  /** All tabs take one's token, as through shared storage. */
  | { readonly do: "share"; readonly from: number }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "logout"; readonly client: number }
  | { readonly do: "disable" | "backup" | "restore" | "lose" | "rotate" | "mismatch" };

const client = fc.nat(CLIENTS - 1);
const weighted = <A extends Action>(weight: number, arbitrary: fc.Arbitrary<A>) => ({
  weight,
  arbitrary: arbitrary as fc.Arbitrary<Action>,
});
const wait = (...ms: number[]) =>
  fc.constantFrom(...ms).map((each) => ({ do: "wait" as const, ms: each }));
const simply = (...names: ("backup" | "restore" | "rotate" | "mismatch" | "lose" | "disable")[]) =>
  fc.constantFrom(...names).map((name) => ({ do: name }));
const action = (window: number, idle: number): fc.Arbitrary<Action> =>
  fc.oneof(
    weighted(
      30,
      fc.record({
        do: fc.constant("refresh" as const),
        client,
        lost: fc.constantFrom(true, false, false),
      }),
    ),
    weighted(
      8,
      fc.record({ do: fc.constant("replay" as const), back: fc.constantFrom(0, 0, 1, 1, 2, 3) }),
    ),
    weighted(16, fc.record({ do: fc.constant("share" as const), from: client })),
    weighted(30, wait(1, 1000, window - 1, window, window + 1, 20 * MINUTE, 90_000, -90_000)),
    weighted(1, wait(idle - 1, idle, LIFETIME, 31 * DAY, -31 * DAY)),
    weighted(1, fc.record({ do: fc.constant("logout" as const), client })),
    weighted(14, simply("backup", "backup", "restore", "restore", "rotate", "mismatch")),
    weighted(1, simply("lose", "disable")),
  );

const play = fc
  .record({
    window: fc.constantFrom(0, 1000, 2 * MINUTE, 10 * MINUTE),
    forgives: fc.boolean(),
    idle: fc.constantFrom(HOUR, LIFETIME),
  })
  .chain((settings) =>
    fc.record({
      settings: fc.constant(settings),
      actions: fc.array(action(settings.window, settings.idle), {
        minLength: 10,
        maxLength: 60,
        size: "max",
      }),
    }),
  );

describe("R1 to R6 and R9, against the rules retold", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine();
  });
  afterAll(() => engine.close());

  test("every interleaving of tabs, thieves, retries, clocks, rotations and restores is answered as the rules say", async () => {
    const answered: Record<string, number> = {};
    await fc.assert(
      fc.asyncProperty(play, async ({ settings, actions }) => {
        const { window, forgives, idle } = settings;
        const policy = {
          accessTokenTtl: 3600,
          lifetimeMs: LIFETIME,
          idleMs: idle,
          refresh: {
            windowMs: window,
            lateReplay: forgives ? ("forgive_once" as const) : ("off" as const),
            idleMs: idle,
          },
        };
        const begun = await engine.signIn({ policy });
        const sid = begun.session.id;
        const absoluteEnd = begun.session.absoluteExpiresAt;
        const model = sessionModel({ ...settings, absoluteEnd }, engine.now());
        /** The one token of each generation, while the database has not gone back below it. */
        const issued = new Map<number, string>([[0, begun.refreshToken]]);
        const everIssued = [begun.refreshToken];
        const held = Array<string>(CLIENTS).fill(begun.refreshToken);
        let [backup, row]: [ModelMemory | null, SessionRow | undefined] = [
          model.memory(),
          undefined,
        ];
        const saved = async () => {
          row = await readRow(sid);
        };
        await saved();

        const present = async (token: string, changes?: Partial<RefreshInput>) => {
          const before = await readRow(sid);
          const answer = await ask(token, { policy, ...changes });
          const after = await readRow(sid);
          if (before && after) {
            expect(after.moved_at).toBeGreaterThanOrEqual(before.moved_at);
            expect(after.generation).toBeGreaterThanOrEqual(before.generation);
            expect(after.absolute_expires_at).toBe(absoluteEnd);
            expect(after.idle_expires_at).toBeLessThanOrEqual(absoluteEnd);
            if (before.ended_at !== null) expect(after).toEqual(before);
          }
          return answer;
        };

        const exchange = async (token: string): Promise<string | null> => {
          const generation = parseRefreshToken(token)?.generation ?? -1;
          const { answer, refreshToken } = await present(token);
          expect(answer).toEqual(model.present(generation, engine.now()));
          const kind = Object.keys(answer)[0] ?? "";
          answered[kind] = (answered[kind] ?? 0) + 1;
          if (!("generation" in answer) || refreshToken === null) return null;
          const known = issued.get(answer.generation);
          if (known !== undefined) expect(refreshToken).toBe(known);
          issued.set(answer.generation, refreshToken);
          everIssued.push(refreshToken);
          return refreshToken;
        };

        for (const step of actions) {
          switch (step.do) {
            case "refresh": {
              const token = await exchange(held[step.client] ?? "");
              if (token !== null && !step.lost) held[step.client] = token;
              break;
            }
            case "replay":
              await exchange(everIssued.at(-1 - step.back) ?? begun.refreshToken);
              break;
            case "share":
              held.fill(held[step.from] ?? begun.refreshToken);
              break;
            case "wait":
              await engine.step(step.ms);
              break;
            case "logout":
              await engine.logout({ refreshToken: held[step.client] ?? null });
              model.end("logout", engine.now());
              break;
            case "disable":
              await engine.world.store.users.setDisabled(engine.app.id, begun.user.id, true);
              model.end("user_disabled", engine.now());
              break;
            case "backup":
              backup = model.memory();
              await saved();
              break;
            case "restore":
            case "lose": {
              const gone = step.do === "lose";
              await writeRow(sid, gone ? undefined : row);
              model.restore(gone ? null : backup);
              const kept = model.memory()?.generation ?? -1;
              for (const generation of issued.keys()) {
                if (generation > kept) issued.delete(generation);
              }
              break;
            }
            case "rotate":
              await addTokenKey(engine.world.store.keys, engine.deps.master);
              break;
            case "mismatch": {
              const before = await readRow(sid);
              const { answer } = await present(held[0] ?? "", { appId: "another" });
              if (before) expect(answer).toEqual({ mismatch: true });
              expect(await readRow(sid)).toEqual(before);
            }
          }
        }
        for (const alarm of model.alarms) answered[alarm] = (answered[alarm] ?? 0) + 1;
        const events = await engine.world.store.sessions.events(sid);
        expect(
          events
            .map(({ type }) => type)
            .filter((type) => ALARMS.includes(type))
            .toSorted(),
        ).toEqual(model.alarms.toSorted());
      }),
      { numRuns: 200 },
    );
    // The runs are worth something only if everything came up in them.
    for (const kind of ["generation", "over", "unavailable", ...ALARMS]) {
      expect(answered[kind], kind).toBeGreaterThan(20);
    }
  });

  async function ask(
    token: string,
    changes: Partial<RefreshInput>,
  ): Promise<{ answer: ModelAnswer | { mismatch: true }; refreshToken: string | null }> {
    try {
      const result = await engine.refresh(token, changes);
      if (result.kind === "client_mismatch")
        return { answer: { mismatch: true }, refreshToken: null };
      if (result.kind === "terminal")
        return { answer: { over: result.reason }, refreshToken: null };
      const { refreshToken, session } = result;
      expect(parseRefreshToken(refreshToken)?.generation).toBe(session.generation);
      return { answer: { generation: session.generation }, refreshToken };
    } catch (error) {
      if (!(error instanceof LatchkeyError) || error.status !== 503) throw error;
      expect(error.code).toBe("session_state_lost");
      return { answer: { unavailable: "session_state_lost" }, refreshToken: null };
    }
  }

  function readRow(sid: string): Promise<SessionRow | undefined> {
    const { db } = engine.world;
    return db.first(db.build.selectFrom("sessions").selectAll().where("id", "=", sid));
  }

  async function writeRow(sid: string, row: SessionRow | undefined): Promise<void> {
    const { db } = engine.world;
    await db.write(db.build.deleteFrom("sessions").where("id", "=", sid));
    if (row) await db.write(db.build.insertInto("sessions").values(row));
  }
});
