import { afterEach, beforeEach, expect, test } from "vitest";
import { advancePurgeHorizon, PURGE_STEP_MS } from "./purge-horizon.ts";
import { DAY, MINUTE, newApp, signIn, signInRequest } from "./testing/samples.ts";
import { openStoreWorld, type StoreWorld } from "./testing/store-world.ts";

let world: StoreWorld;
beforeEach(async () => {
  world = await openStoreWorld(":memory:");
});
afterEach(() => world.close());

const purge = async () => {
  const { until } = await advancePurgeHorizon(world.store);
  return world.store.purging.purge(1000, until);
};
const begin = async () => {
  const { session } = await signIn(world.store, signInRequest(await newApp(world.store)));
  return session.id;
};
const isThere = async (sid: string) => (await world.store.sessions.read(sid)).session !== null;

test("goes with the clock while it goes as clocks do", async () => {
  for (let minute = 0; minute < 5; minute++) {
    expect(await advancePurgeHorizon(world.store)).toEqual({ until: world.now(), behindMs: 0 });
    await world.advance(MINUTE);
  }
});

test("a clock that jumps ahead takes nothing that is good when it is right again (R2)", async () => {
  const sid = await begin();
  await purge();
  await world.advance(400 * DAY);
  for (let run = 0; run < 60; run++) await purge();
  expect((await advancePurgeHorizon(world.store)).behindMs).toBeGreaterThan(390 * DAY);
  await world.advance(-400 * DAY);
  for (let run = 0; run < 60; run++) await purge();
  expect(await isThere(sid)).toBe(true);
});

test("after a long stop it catches up, and takes what is over", async () => {
  const sid = await begin();
  await purge();
  await world.advance(40 * DAY);
  expect(await purge()).toBe(0);
  for (let run = 0; run < (40 * DAY) / PURGE_STEP_MS; run++) await purge();
  expect(await isThere(sid)).toBe(false);
  expect(await advancePurgeHorizon(world.store)).toMatchObject({ behindMs: 0 });
});

test("never goes back", async () => {
  await purge();
  const { until } = await advancePurgeHorizon(world.store);
  await world.advance(-DAY);
  expect((await advancePurgeHorizon(world.store)).until).toBe(until - DAY);
  await world.advance(DAY);
  expect((await advancePurgeHorizon(world.store)).until).toBe(until);
});
