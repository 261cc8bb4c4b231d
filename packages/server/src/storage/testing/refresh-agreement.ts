import {
  applyRefresh,
  classifyRefresh,
  type RefreshOutcome,
  type RefreshPolicy,
  type SessionState,
} from "@latchkey/core/sessions/rules";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { newRowId } from "../sql/row-id.ts";
import type { SessionRow } from "../sql/rows.ts";
import type { StoreWorld } from "./store-world.ts";

// Many runs, on machines that do other things too.
vi.setConfig({ testTimeout: 60_000 });

const T = 1_800_000_000_000;
const DAY = 86_400_000;
const MAX_GENERATION = 999_999_999_999_998;

/** Times that meet each other's edges: whole windows apart, and one millisecond beside. */
const time = fc
  .tuple(
    fc.constantFrom(0, 0, 1000, 120_000, 600_000, DAY, 30 * DAY, -90_000, -DAY),
    fc.constantFrom(0, 0, 1, -1),
  )
  .map(([apart, beside]) => T + apart + beside);
/** Few and close, so that current, previous, older and newer all come up; and very large ones. */
const generation = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 0, max: 3 }) },
  { weight: 1, arbitrary: fc.integer({ min: MAX_GENERATION - 3, max: MAX_GENERATION }) },
);

const seldom = <T>(arbitrary: fc.Arbitrary<T>, usually: T) =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(usually) }, { weight: 1, arbitrary });

interface Case {
  readonly state: SessionState;
  readonly presented: number;
  readonly now: number;
  readonly policy: RefreshPolicy;
  readonly predicted: RefreshOutcome;
}

const anyCase: fc.Arbitrary<Case> = fc.record({
  state: fc
    .record({
      generation,
      movedAt: time,
      lateGeneration: fc.option(generation),
      absoluteExpiresAt: seldom(time, T + 300 * DAY),
      idleExpiresAt: seldom(time, T + 100 * DAY),
      endedAt: seldom<number | null>(time, null),
    })
    .map((state) => ({ ...state, endReason: state.endedAt === null ? null : ("logout" as const) })),
  presented: generation,
  now: time,
  policy: fc.record({
    windowMs: fc.constantFrom(0, 1, 1000, 120_000, 600_000),
    lateReplay: fc.constantFrom("forgive_once" as const, "off" as const),
    idleMs: fc.constantFrom(60_000, DAY, 400 * DAY),
  }),
  predicted: fc.constantFrom<RefreshOutcome>("moved", "late_replay", "regressed", "reuse"),
});

/** R2: the statement decides and writes exactly what the rules of core say, on every row. */
export function refreshAgreement(
  name: string,
  open: () => Promise<StoreWorld>,
  numRuns: number,
): void {
  describe(`R2 one conditional statement, on ${name}`, () => {
    let world: StoreWorld;
    beforeAll(async () => {
      world = await open();
    });
    afterAll(() => world.close());

    test("agrees with the rules on outcome and resulting row", async () => {
      const seen = new Map<RefreshOutcome, number>();
      await fc.assert(
        fc.asyncProperty(anyCase, async ({ state, presented, now, policy, predicted }) => {
          const outcome = classifyRefresh(state, presented, now, policy);
          const expected = applyRefresh(state, outcome, presented, now, policy);
          const row = await insert(state);
          const { session: before } = await world.store.sessions.read(row.id);
          if (!before) throw new Error("the row just inserted is not there");
          const answer = await world.store.sessions.refresh({
            before,
            tokenHash: row.token_hash,
            presented,
            now,
            policy,
            currentKid: "new",
            predicted,
            requireClock: () => {},
          });
          const moves = outcome === "moved" || outcome === "regressed";
          expect(answer?.outcome).toBe(outcome);
          expect(answer?.session).toMatchObject({ ...expected, kid: moves ? "new" : "old" });
          const { session } = await world.store.sessions.read(row.id);
          expect(session).toEqual({ ...answer?.session, tokenHash: row.token_hash });
          expect(session).toMatchObject({
            createdAt: row.created_at,
            idleMs: row.idle_ms,
            authMethod: row.auth_method,
            authenticatedAt: row.authenticated_at,
            userId: row.user_id,
          });
          seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
        }),
        { numRuns },
      );
      // The cases are worth something only if every outcome came up.
      expect(seen.size).toBe(8);
      for (const count of seen.values()) expect(count).toBeGreaterThan(numRuns / 200);
    });

    async function insert(state: SessionState): Promise<SessionRow> {
      const row: SessionRow = {
        id: newRowId(),
        protocol: "browser",
        app_id: "app",
        client_id: null,
        delivery: "body",
        user_id: newRowId(),
        token_hash: newRowId(),
        kid: "old",
        generation: state.generation,
        moved_at: state.movedAt,
        late_generation: state.lateGeneration,
        last_outcome: "signed_in",
        created_at: T - 5,
        absolute_expires_at: state.absoluteExpiresAt,
        idle_expires_at: state.idleExpiresAt,
        idle_ms: 7 * DAY,
        ended_at: state.endedAt,
        end_reason: state.endReason,
        auth_method: "email",
        authenticated_at: T - 6,
        user_agent: null,
        ip: null,
        impersonator: null,
        organization_id: null,
      };
      await world.db.write(world.db.build.insertInto("sessions").values(row));
      return row;
    }
  });
}
