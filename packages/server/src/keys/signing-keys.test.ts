import { LatchkeyError } from "@latchkey/core/errors";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { KeyStore } from "../storage/store.ts";
import { MINUTE, newApp } from "../storage/testing/samples.ts";
import { openStoreWorld, type StoreWorld } from "../storage/testing/store-world.ts";
import { openMasterKey } from "./master-key.ts";
import { addSigningKey, openSigningKeys, type SigningKeys } from "./signing-keys.ts";

const master = openMasterKey("test master key: 0123456789 abcdefghijklmnopqrstuvwxyz");
let world: StoreWorld;
let app: string;
let clock: number;
let isAway: boolean;
let keys: SigningKeys;

beforeEach(async () => {
  world = await openStoreWorld(":memory:");
  app = await newApp(world.store);
  clock = await world.store.now();
  isAway = false;
  const store: KeyStore = {
    ...world.store.keys,
    async signingKeys(...of) {
      if (isAway) throw new LatchkeyError("database_unavailable", 503, "away");
      return world.store.keys.signingKeys(...of);
    },
  };
  keys = openSigningKeys(store, master, () => clock);
});
afterEach(() => world.close());

async function step(ms: number): Promise<void> {
  clock += ms;
  await world.advance(ms);
}

const withdraw = () =>
  addSigningKey(world.store.keys, master, app, "browser", { leadMs: 0, overlapMs: 0 });

test("a withdrawn key verifies nothing a minute later, though nobody else asked for keys meanwhile", async () => {
  const { current } = await keys.of(app, "browser");
  const kid = await withdraw();
  await step(MINUTE + 1);
  expect(await keys.verifyingKey(app, "browser", current.kid)).toBeUndefined();
  expect(await keys.verifyingKey(app, "browser", kid)).toBeDefined();
});

test("a withdrawn key signs nothing and is not published a minute later, also after an idle night", async () => {
  const { current } = await keys.of(app, "browser");
  const kid = await withdraw();
  await step(600 * MINUTE);
  const after = await keys.of(app, "browser");
  expect(after.current.kid).toBe(kid);
  expect(after.published.map((key) => key.kid)).not.toContain(current.kid);
});

test("known keys go on serving while the store is away", async () => {
  const { current } = await keys.of(app, "browser");
  isAway = true;
  for (const ms of [MINUTE / 2 + 1, MINUTE, 600 * MINUTE]) {
    await step(ms);
    expect((await keys.of(app, "browser")).current.kid).toBe(current.kid);
    expect(await keys.verifyingKey(app, "browser", current.kid)).toBeDefined();
  }
});
