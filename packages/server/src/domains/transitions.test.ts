import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backOff } from "./back-off.ts";
import {
  type CheckOutcome,
  DEGRADE,
  GIVE_UP_MS,
  MOVE,
  type NextState,
  nextState,
} from "./transitions.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
type Domain = Parameters<typeof nextState>[0];

const START: Domain = {
  state: "awaiting_dns",
  stateAt: 0,
  approval: "not_needed",
  misses: 0,
  missingAt: null,
};
const seen = (dns: CheckOutcome["dns"], ownership = dns): CheckOutcome => ({ dns, ownership });

/** Applies one outcome at `now`, as the storage does. */
function apply(domain: Domain, outcome: CheckOutcome, now: number, provenByTarget = true): Domain {
  const next: NextState = nextState(domain, outcome, { now, provenByTarget });
  return { ...domain, ...next, stateAt: next.state === domain.state ? domain.stateAt : now };
}

/** One outcome again and again, `everyMs` apart. */
function repeat(domain: Domain, outcome: CheckOutcome, times: number, everyMs: number): Domain {
  let [current, now] = [domain, domain.missingAt ?? domain.stateAt];
  for (let count = 0; count < times; count++) {
    now += everyMs;
    current = apply(current, outcome, now);
  }
  return current;
}

const ACTIVE = apply(START, seen("ok"), MINUTE);

describe("before it is verified, a domain", () => {
  test("waits for the CNAME, then for the TXT, then works", () => {
    const first = apply(START, seen("bad"), 1);
    expect(first.state).toBe("awaiting_dns");
    const second = apply(first, seen("ok", "bad"), 2);
    expect(second.state).toBe("awaiting_ownership");
    expect(apply(second, seen("ok"), 3).state).toBe("active");
  });

  test("waits for the operator where one must decide", () => {
    const held = apply({ ...START, approval: "pending" }, seen("ok"), 1);
    expect(held.state).toBe("awaiting_approval");
    expect(apply(held, seen("ok"), 2).state).toBe("awaiting_approval");
    expect(apply({ ...held, approval: "approved" }, seen("ok"), 3).state).toBe("active");
  });

  test("goes back when a record is taken away", () => {
    const held = apply({ ...START, approval: "pending" }, seen("ok"), 1);
    expect(apply(held, seen("ok", "bad"), 2).state).toBe("awaiting_ownership");
    expect(apply(held, seen("bad", "ok"), 2).state).toBe("awaiting_dns");
  });

  test("is given up after 30 days without a proof, and only on seeing that there is none", () => {
    expect(apply(START, seen("bad"), GIVE_UP_MS - 1).state).toBe("awaiting_dns");
    expect(apply(START, seen("unknown"), 2 * GIVE_UP_MS).state).toBe("awaiting_dns");
    expect(apply(START, seen("bad"), GIVE_UP_MS).state).toBe("released");
    const held = apply({ ...START, approval: "pending" }, seen("ok"), 1);
    expect(apply(held, seen("ok"), 10 * GIVE_UP_MS).state).toBe("awaiting_approval");
  });
});

describe("once it is verified, a domain", () => {
  test("is degraded after three checks over a quarter of an hour that miss a record, no sooner", () => {
    expect(repeat(ACTIVE, seen("bad"), 2, HOUR).state).toBe("active");
    expect(repeat(ACTIVE, seen("bad"), 50, 1000).state).toBe("active");
    expect(repeat(ACTIVE, seen("bad"), DEGRADE.misses + 1, DEGRADE.ms).state).toBe("degraded");
  });

  test("a single good check makes it whole again", () => {
    const degraded = repeat(ACTIVE, seen("bad"), 5, HOUR);
    expect(apply(degraded, seen("ok"), 10 * HOUR)).toMatchObject({
      state: "active",
      misses: 0,
      missingAt: null,
    });
  });

  test("is moved after three days without its CNAME, and given up 30 days later", () => {
    const degraded = repeat(ACTIVE, seen("bad", "ok"), 20, HOUR);
    expect(degraded.state).toBe("degraded");
    const moved = repeat(ACTIVE, seen("bad", "ok"), 80, HOUR);
    expect(moved.state).toBe("moved");
    expect(apply(moved, seen("bad"), moved.stateAt + GIVE_UP_MS - 1).state).toBe("moved");
    expect(apply(moved, seen("bad"), moved.stateAt + GIVE_UP_MS).state).toBe("released");
  });

  test("comes back from moved with the whole proof, not with half of it", () => {
    const moved = repeat(ACTIVE, seen("bad"), 80, HOUR);
    expect(apply(moved, seen("ok", "bad"), 90 * HOUR).state).toBe("moved");
    expect(apply(moved, seen("ok"), 90 * HOUR).state).toBe("active");
  });

  test("without its TXT is degraded and stays so, where the CNAME leads to a name of its own", () => {
    expect(repeat(ACTIVE, seen("ok", "bad"), 200, HOUR).state).toBe("degraded");
    let shared = ACTIVE;
    for (let hour = 1; hour < 200; hour++) {
      shared = apply(shared, seen("ok", "bad"), hour * HOUR, false);
    }
    expect(shared.state).toBe("moved");
  });

  test("the time without a TXT does not count towards the time without a CNAME", () => {
    const degraded = repeat(ACTIVE, seen("ok", "bad"), 200, HOUR);
    const gone = apply(degraded, seen("bad"), (degraded.missingAt ?? 0) + HOUR);
    expect(gone.state).toBe("degraded");
  });
});

const status = fc.constantFrom<CheckOutcome["dns"]>("ok", "bad", "mixed", "unknown");
const harmless = fc.constantFrom<CheckOutcome["dns"]>("ok", "mixed", "unknown");
const step = (one: typeof status) =>
  fc.record({
    outcome: fc.record({ dns: one, ownership: one }),
    after: fc.integer({ min: 1, max: 40 * 24 * HOUR }),
  });
const runs = { numRuns: 500 };

describe("whatever the checks see, in whatever order", () => {
  test("no outage and no disagreement of resolvers ever demotes a domain that works", () => {
    fc.assert(
      fc.property(fc.array(step(harmless), { maxLength: 60 }), fc.boolean(), (steps, proven) => {
        let [domain, now] = [ACTIVE, ACTIVE.stateAt];
        for (const { outcome, after } of steps) {
          now += after;
          domain = apply(domain, outcome, now, proven);
          expect(domain).toMatchObject({ state: "active", misses: 0 });
        }
      }),
      runs,
    );
  });

  test("outages between them change nothing about what the conclusive checks decide, but its time", () => {
    fc.assert(
      fc.property(fc.array(step(status), { maxLength: 60 }), fc.boolean(), (steps, proven) => {
        let [domain, now] = [ACTIVE, ACTIVE.stateAt];
        for (const { outcome, after } of steps) {
          now += after;
          const before = domain;
          domain = apply(domain, outcome, now, proven);
          if (outcome.dns === "unknown" && outcome.ownership === "unknown") {
            expect(domain).toEqual(before);
          }
        }
      }),
      runs,
    );
  });

  test("only both records together activate a domain, and never without the approval it needs", () => {
    const approval = fc.constantFrom<Domain["approval"]>("not_needed", "pending", "approved");
    fc.assert(
      fc.property(fc.array(step(status), { maxLength: 60 }), approval, (steps, given) => {
        let [domain, now]: [Domain, number] = [{ ...START, approval: given }, 0];
        for (const { outcome, after } of steps) {
          now += after;
          const before = domain;
          domain = apply(domain, outcome, now);
          if (domain.state === "active" && before.state !== "active") {
            expect(outcome).toEqual(seen("ok"));
            expect(given).not.toBe("pending");
          }
        }
      }),
      runs,
    );
  });

  test("each step is one that the states allow, and nothing leaves released or blocked", () => {
    const allowed: Record<string, readonly string[]> = {
      awaiting_dns: ["awaiting_ownership", "awaiting_approval", "active", "released"],
      awaiting_ownership: ["awaiting_dns", "awaiting_approval", "active", "released"],
      awaiting_approval: ["awaiting_dns", "awaiting_ownership", "active"],
      active: ["degraded"],
      degraded: ["active", "moved"],
      moved: ["active", "released"],
      released: [],
      blocked: [],
    };
    const state = fc.constantFrom(...(Object.keys(allowed) as Domain["state"][]));
    fc.assert(
      fc.property(state, fc.array(step(status), { maxLength: 60 }), (first, steps) => {
        let [domain, now]: [Domain, number] = [{ ...START, state: first }, 0];
        for (const { outcome, after } of steps) {
          now += after;
          const before = domain.state;
          domain = apply(domain, outcome, now);
          if (domain.state !== before) expect(allowed[before]).toContain(domain.state);
        }
      }),
      runs,
    );
  });

  test("moved takes at least three days of checks that miss it", () => {
    fc.assert(
      fc.property(fc.array(step(status), { maxLength: 80 }), (steps) => {
        let [domain, now] = [ACTIVE, ACTIVE.stateAt];
        let lastGood = now;
        for (const { outcome, after } of steps) {
          now += after;
          const before = domain.state;
          domain = apply(domain, outcome, now);
          if (domain.state === "moved" && before !== "moved") {
            expect(now - lastGood).toBeGreaterThanOrEqual(MOVE.ms);
          }
          if (outcome.dns === "ok" && outcome.ownership === "ok") lastGood = now;
        }
      }),
      runs,
    );
  });
});

test("the back-off begins at a minute, grows by a twentieth and ends at four hours, spread by a tenth", () => {
  expect(backOff(0, 0.5)).toBe(MINUTE);
  expect(backOff(1, 0.5)).toBe(63_000);
  expect(backOff(1000, 0.5)).toBe(4 * HOUR);
  fc.assert(
    fc.property(fc.nat(500), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, random) => {
      const middle = backOff(attempts, 0.5);
      const wait = backOff(attempts, random);
      expect(wait).toBeGreaterThanOrEqual(Math.floor(middle * 0.9) - 1);
      expect(wait).toBeLessThanOrEqual(Math.ceil(middle * 1.1) + 1);
    }),
  );
});
