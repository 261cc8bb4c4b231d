import { expect, test } from "vitest";
import { clockGuard } from "./clock-guard.ts";
import { steadyClock } from "./steady-clock.ts";

const MINUTE = 60_000;

function world() {
  let up = 5000;
  let set = 1_800_000_000_000;
  const now = () => set + up;
  const clock = steadyClock(now, () => up);
  // As SQLite: the database's clock is this process's own.
  const guard = clockGuard(async () => now(), now, clock);
  return {
    guard,
    jump: (ms: number) => {
      set += ms;
    },
    async pass(ms: number) {
      for (const end = up + ms; up < end; ) {
        up += Math.min(15_000, end - up);
        await guard.measure();
      }
    },
  };
}

test("a jump is seen at once, not at the next measurement, either way (R2)", async () => {
  for (const jump of [31_000, -31_000, 400 * 24 * 60 * MINUTE]) {
    const { guard, jump: set, pass } = world();
    await pass(5 * MINUTE);
    guard.requireAgreement();
    set(jump);
    expect(guard.agrees()).toBe(false);
    expect(guard.drift()).toBe(jump);
    expect(() => guard.requireAgreement()).toThrow(/NTP/);
    await pass(MINUTE);
    expect(guard.agrees()).toBe(false);
    set(-jump);
    guard.requireAgreement();
  }
});

test("a clock that is kept right in small steps agrees all the time", async () => {
  const { guard, jump, pass } = world();
  for (let step = 0; step < 100; step++) {
    jump(step % 2 ? 4000 : 5000);
    guard.requireAgreement();
    await pass(15_000);
    expect(guard.drift()).toBe(0);
  }
});

test("a jump that lasts ten minutes was no mistake: the machine slept, or the clock is right now", async () => {
  const { guard, jump, pass } = world();
  jump(8 * 60 * MINUTE);
  await pass(9 * MINUTE);
  expect(guard.agrees()).toBe(false);
  await pass(2 * MINUTE);
  guard.requireAgreement();
  expect(guard.drift()).toBe(0);
});
