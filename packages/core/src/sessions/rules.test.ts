import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  applyRefresh,
  changesSession,
  classifyRefresh,
  isExpired,
  type RefreshOutcome,
  type RefreshPolicy,
  type SessionState,
} from "./rules.ts";

const W = 120_000;
const T = 1_800_000_000_000;
const HOUR = 3_600_000;
const policy: RefreshPolicy = { windowMs: W, lateReplay: "forgive_once", idleMs: 24 * HOUR };
const strict: RefreshPolicy = { ...policy, lateReplay: "off" };

/** A session at generation 7 since T. */
const session: SessionState = {
  generation: 7,
  movedAt: T,
  lateGeneration: null,
  absoluteExpiresAt: T + 720 * HOUR,
  idleExpiresAt: T + 24 * HOUR,
  endedAt: null,
  endReason: null,
};

/** Presents generations one after another; what came of each, and the session after. */
function present(
  from: SessionState,
  under: RefreshPolicy,
  ...steps: readonly (readonly [generation: number, at: number])[]
): { outcomes: RefreshOutcome[]; session: SessionState } {
  const outcomes: RefreshOutcome[] = [];
  let state = from;
  for (const [generation, at] of steps) {
    const outcome = classifyRefresh(state, generation, at, under);
    outcomes.push(outcome);
    state = applyRefresh(state, outcome, generation, at, under);
  }
  return { outcomes, session: state };
}

const oneOutcome = (state: SessionState, generation: number, at: number, under = policy) =>
  classifyRefresh(state, generation, at, under);

const time = fc.integer({ min: T - 100 * HOUR, max: T + 800 * HOUR });
const anyPolicy: fc.Arbitrary<RefreshPolicy> = fc.record({
  windowMs: fc.constantFrom(0, 1, 1000, W, 600_000),
  lateReplay: fc.constantFrom("forgive_once" as const, "off" as const),
  idleMs: fc.constantFrom(60_000, HOUR, 720 * HOUR),
});
const anySession: fc.Arbitrary<SessionState> = fc
  .record({
    generation: fc.integer({ min: 0, max: 6 }),
    movedAt: time,
    lateGeneration: fc.option(fc.integer({ min: 0, max: 6 })),
    absoluteExpiresAt: time,
    idleExpiresAt: time,
    over: fc.oneof({ weight: 7, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: time }),
  })
  .map(({ over, ...rest }) => ({
    ...rest,
    endedAt: over,
    endReason: over === null ? null : ("logout" as const),
  }));
const anyGeneration = fc.integer({ min: 0, max: 8 });

describe("R3 at most one move per window", () => {
  it("answers the current generation again until W after the last move, and moves from W on", () => {
    expect(oneOutcome(session, 7, T)).toBe("repeated");
    expect(oneOutcome(session, 7, T + W - 1)).toBe("repeated");
    expect(oneOutcome(session, 7, T + W)).toBe("moved");
    expect(present(session, policy, [7, T + W]).session).toMatchObject({
      generation: 8,
      movedAt: T + W,
    });
  });

  it("answers the generation before until W after it was superseded", () => {
    expect(oneOutcome(session, 6, T + W - 1)).toBe("previous");
    expect(oneOutcome(session, 6, T + W)).not.toBe("previous");
  });

  it("writes nothing for a burst: only the first of any number in one window moves", () => {
    const burst = Array.from({ length: 100 }, (_, index) => [7, T + W + index] as const);
    const { outcomes, session: after } = present(session, policy, ...burst);
    expect(outcomes.filter(changesSession)).toEqual(["moved"]);
    expect(after.generation).toBe(8);
  });

  it("counts a negative age as 0: a clock that stepped back opens no window early", () => {
    expect(oneOutcome(session, 7, T - 90_000)).toBe("repeated");
    expect(oneOutcome(session, 6, T - 1000 * HOUR)).toBe("previous");
  });

  it("with W = 0 moves at every refresh, and a repeat of the generation before is always late", () => {
    const at0 = { ...policy, windowMs: 0 };
    expect(oneOutcome(session, 7, T, at0)).toBe("moved");
    expect(oneOutcome(session, 6, T, at0)).toBe("late_replay");
    expect(oneOutcome(session, 6, T, { ...at0, lateReplay: "off" })).toBe("reuse");
  });

  it("holds good at most two generations, whatever the session, the time and the policy", () => {
    fc.assert(
      fc.property(anySession, time, anyPolicy, (state, now, under) => {
        const good = [0, 1, 2, 3, 4, 5, 6].filter((generation) => {
          if (generation > state.generation) return false;
          const outcome = oneOutcome(state, generation, now, under);
          return outcome !== "reuse" && outcome !== "ended" && outcome !== "expired";
        });
        expect(good.length).toBeLessThanOrEqual(2);
        expect(good.every((each) => each >= state.generation - 1)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("R4 reuse (ASVS 10.4.5, RFC 9700 section 4.14.2)", () => {
  it("forgives the generation before once after W, and answers it with the current one", () => {
    const after = present(session, policy, [6, T + 8 * HOUR]);
    expect(after.outcomes).toEqual(["late_replay"]);
    expect(after.session).toMatchObject({
      generation: 7,
      lateGeneration: 6,
      movedAt: T + 8 * HOUR,
    });
  });

  it("takes the forgiven one's retry within W of it", () => {
    const late = T + 8 * HOUR;
    expect(present(session, policy, [6, late], [6, late + W - 1]).outcomes).toEqual([
      "late_replay",
      "previous",
    ]);
  });

  it("revokes when the same generation comes late again", () => {
    const late = T + 8 * HOUR;
    const { outcomes, session: after } = present(session, policy, [6, late], [6, late + W]);
    expect(outcomes).toEqual(["late_replay", "reuse"]);
    expect(after).toMatchObject({ endedAt: late + W, endReason: "reuse" });
  });

  it("revokes when the generation before was forgiven too", () => {
    const late = T + 8 * HOUR;
    const steps = [
      [6, late],
      [7, late + W],
      [7, late + 2 * W],
    ] as const;
    expect(present(session, policy, ...steps).outcomes).toEqual(["late_replay", "moved", "reuse"]);
  });

  it("forgives again once a whole generation has passed without a late replay", () => {
    const late = T + 8 * HOUR;
    const steps = [
      [6, late],
      [7, late + W],
      [8, late + 2 * W],
      [8, late + 3 * W],
    ] as const;
    expect(present(session, policy, ...steps).outcomes).toEqual([
      "late_replay",
      "moved",
      "moved",
      "late_replay",
    ]);
  });

  it("revokes on anything older than the generation before, inside the window too", () => {
    for (const generation of [0, 4, 5]) {
      expect(oneOutcome(session, generation, T)).toBe("reuse");
      expect(oneOutcome(session, generation, T + 8 * HOUR)).toBe("reuse");
    }
  });

  it("with late_replay off revokes on the first late replay, and still answers inside W", () => {
    expect(oneOutcome(session, 6, T + W - 1, strict)).toBe("previous");
    expect(oneOutcome(session, 6, T + W, strict)).toBe("reuse");
  });

  it("catches two parties who share a token at the second time that one of them falls behind", () => {
    // Each refreshes with what it was last answered, never within W of the other.
    const turns = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: W, max: 20 * HOUR })), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(turns, (schedule) => {
        const forever = { absoluteExpiresAt: T + 10_000 * HOUR, idleExpiresAt: T + 10_000 * HOUR };
        let state: SessionState = { ...session, ...forever };
        const held = { owner: 7, thief: 7 };
        let [now, fallsBehind] = [T, 0];
        for (const [byOwner, gap] of schedule) {
          now += gap;
          const who = byOwner ? "owner" : "thief";
          if (held[who] < state.generation) fallsBehind += 1;
          const outcome = classifyRefresh(state, held[who], now, policy);
          state = { ...applyRefresh(state, outcome, held[who], now, policy), ...forever };
          if (state.endedAt !== null) break;
          expect(fallsBehind).toBeLessThan(2);
          held[who] = state.generation;
        }
        if (state.endedAt !== null) expect(state.endReason).toBe("reuse");
      }),
      { numRuns: 500 },
    );
  });
});

describe("R6 beginning and end", () => {
  it("never extends the absolute expiry, and slides the idle one up to it", () => {
    fc.assert(
      fc.property(anySession, anyGeneration, time, anyPolicy, (state, presented, now, under) => {
        const outcome = classifyRefresh(state, presented, now, under);
        const after = applyRefresh(state, outcome, presented, now, under);
        expect(after.absoluteExpiresAt).toBe(state.absoluteExpiresAt);
        if (after.idleExpiresAt !== state.idleExpiresAt) {
          expect(after.idleExpiresAt).toBeLessThanOrEqual(state.absoluteExpiresAt);
          expect(after.idleExpiresAt).toBeLessThanOrEqual(
            Math.max(now, state.movedAt) + under.idleMs,
          );
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("is over at the millisecond of either expiry", () => {
    for (const expiry of ["absoluteExpiresAt", "idleExpiresAt"] as const) {
      const state = { ...session, [expiry]: T + 1000 };
      expect(isExpired(state, T + 999)).toBe(false);
      expect(isExpired(state, T + 1000)).toBe(true);
      expect(oneOutcome(state, 7, T + 1000)).toBe("expired");
    }
  });

  it("stays over: whatever is presented to an ended session changes nothing", () => {
    fc.assert(
      fc.property(anySession, anyGeneration, time, anyPolicy, (state, presented, now, under) => {
        const over = { ...state, endedAt: T, endReason: "revoked" as const };
        expect(classifyRefresh(over, presented, now, under)).toBe("ended");
        expect(applyRefresh(over, "ended", presented, now, under)).toBe(over);
      }),
    );
  });

  it("moves time only forwards within a row", () => {
    fc.assert(
      fc.property(anySession, anyGeneration, time, anyPolicy, (state, presented, now, under) => {
        const outcome = classifyRefresh(state, presented, now, under);
        const after = applyRefresh(state, outcome, presented, now, under);
        expect(after.movedAt).toBeGreaterThanOrEqual(state.movedAt);
        expect(after.generation).toBeGreaterThanOrEqual(state.generation);
        expect(after.endedAt ?? after.movedAt).toBeGreaterThanOrEqual(
          state.endedAt ?? state.movedAt,
        );
      }),
      { numRuns: 1000 },
    );
  });
});

describe("R9 the database went back", () => {
  it("takes an authentic generation above the row's as proof and goes on from it", () => {
    const after = present(session, policy, [9, T + HOUR]);
    expect(after.outcomes).toEqual(["regressed"]);
    expect(after.session).toMatchObject({ generation: 10, movedAt: T + HOUR, endedAt: null });
  });

  it("keeps a session whose idle expiry is only that of the older row", () => {
    const restored = { ...session, idleExpiresAt: T + HOUR };
    expect(oneOutcome(restored, 7, T + 2 * HOUR)).toBe("expired");
    const after = present(restored, policy, [8, T + 2 * HOUR]);
    expect(after.outcomes).toEqual(["regressed"]);
    expect(isExpired(after.session, T + 2 * HOUR)).toBe(false);
  });

  it("never revives a session past its absolute expiry, which the token carries too", () => {
    expect(oneOutcome(session, 99, session.absoluteExpiresAt)).toBe("expired");
  });

  it("answers the proof's retry, and tabs that hold the generation after it", () => {
    const at = T + HOUR;
    expect(present(session, policy, [9, at], [9, at + 1], [10, at + 2]).outcomes).toEqual([
      "regressed",
      "previous",
      "repeated",
    ]);
  });
});

describe("changesSession", () => {
  it("is true exactly of the outcomes after which the row differs (R2)", () => {
    fc.assert(
      fc.property(anySession, anyGeneration, time, anyPolicy, (state, presented, now, under) => {
        const outcome = classifyRefresh(state, presented, now, under);
        const after = applyRefresh(state, outcome, presented, now, under);
        if (!changesSession(outcome)) expect(after).toBe(state);
        else expect(after).not.toEqual(state);
      }),
      { numRuns: 1000 },
    );
  });
});
