import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { enableTestAccount } from "../apps/test-accounts.ts";
import { openMasterKey } from "../keys/master-key.ts";
import { newApp, newEmail } from "../storage/testing/samples.ts";
import { openStoreWorld, type StoreWorld } from "../storage/testing/store-world.ts";
import { oneTimeCodes, type Requester } from "./one-time-codes.ts";
import { type ProveCodeDeps, proveCode } from "./prove-code.ts";

let world: StoreWorld;
let deps: ProveCodeDeps;
let requester: Requester;

beforeAll(async () => {
  world = await openStoreWorld(":memory:");
  const master = openMasterKey("a master key for tests of test accounts");
  const { store } = world;
  deps = { store, master, codes: oneTimeCodes(store.codes, store.limits, master) };
  const anyone = { clientId: null, analyticsId: null, origin: null, preLogin: null };
  requester = { appId: await newApp(store), ...anyone };
});
afterAll(() => world.close());

const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, "0");

describe("proveCode", () => {
  test("names the mailed code that was typed", async () => {
    const { subject } = newEmail();
    const code = await deps.codes.issue(requester, subject);
    expect(await proveCode(deps, requester, subject, wrong(code))).toBeNull();
    expect(await proveCode(deps, requester, subject, code)).toMatchObject({ kind: "code" });
  });

  test("takes a test account's fixed code from anyone, again and again", async () => {
    const { email, code } = await enableTestAccount(world.store.apps, deps.master, requester.appId);
    for (let count = 0; count < 3; count++) {
      expect(await proveCode(deps, requester, email, code)).toEqual({ kind: "test_account" });
    }
    const elsewhere = { ...requester, appId: await newApp(world.store) };
    expect(await proveCode(deps, elsewhere, email, code)).toBeNull();
  });

  test("lets a test account's fixed code be guessed at thirty times a day", async () => {
    const { email, code } = await enableTestAccount(world.store.apps, deps.master, requester.appId);
    for (let count = 0; count < 30; count++) {
      expect(await proveCode(deps, requester, email, wrong(code))).toBeNull();
    }
    await expect(proveCode(deps, requester, email, code)).rejects.toMatchObject({ status: 429 });
  });
});
