import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openMasterKey } from "../keys/master-key.ts";
import {
  DAY,
  inParallel,
  MINUTE,
  newApp,
  newEmail,
  signInRequest,
} from "../storage/testing/samples.ts";
import { openStoreWorld, type StoreWorld } from "../storage/testing/store-world.ts";
import { type OneTimeCodes, oneTimeCodes, type Requester } from "./one-time-codes.ts";

// Many runs, on machines that do other things too.
vi.setConfig({ testTimeout: 60_000 });

const master = openMasterKey("a master key for tests of one-time codes");
let world: StoreWorld;
let codes: OneTimeCodes;
let requester: Requester;
let address: string;

beforeAll(async () => {
  world = await openStoreWorld(":memory:");
  codes = oneTimeCodes(world.store.codes, world.store.limits, master);
  requester = {
    appId: await newApp(world.store),
    clientId: null,
    analyticsId: "browser-1",
    origin: "https://app.example.com",
    preLogin: null,
  };
});
afterAll(() => world.close());

const newAddress = () => {
  address = newEmail().subject;
  return address;
};
const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, "0");
const check = (code: string, changes: Partial<Requester> = {}) =>
  codes.check({ ...requester, ...changes }, address, code);
const spend = (codeId: string | null) =>
  world.store.sessions.signIn(
    signInRequest(requester.appId, { type: "email", subject: address }, { codeId }),
  );
const tooMany = expect.objectContaining({ code: "too_many_requests", status: 429 });

describe("a one-time code", () => {
  test("is six digits of a fair generator (ASVS 6.5.3, 6.5.4)", async () => {
    const counts = new Array<number>(10).fill(0);
    const seen = new Set<string>();
    for (let round = 0; round < 1500; round++) {
      const code = await codes.issue(requester, newAddress());
      expect(code).toMatch(/^[0-9]{6}$/);
      seen.add(code);
      for (const digit of code) counts[Number(digit)] = (counts[Number(digit)] ?? 0) + 1;
    }
    expect(seen.size).toBeGreaterThan(1480);
    // 9,000 digits: 900 of each, and six standard deviations are 171.
    for (const count of counts) expect(Math.abs(count - 900)).toBeLessThan(171);
  });

  test("is good once (ASVS 6.5.1)", async () => {
    const code = await codes.issue(requester, newAddress());
    const codeId = await check(code);
    expect(codeId).not.toBeNull();
    expect(await spend(codeId)).toMatchObject({ kind: "signed_in" });
    expect(await check(code)).toBeNull();
    expect(await spend(codeId)).toEqual({ kind: "code_spent" });
  });

  test("is good for ten minutes (ASVS 6.5.5)", async () => {
    const code = await codes.issue(requester, newAddress());
    await world.advance(10 * MINUTE - 1);
    const codeId = await check(code);
    expect(codeId).not.toBeNull();
    await world.advance(1);
    expect(await check(code)).toBeNull();
    expect(await spend(codeId)).toEqual({ kind: "code_spent" });
  });

  test("is good only for who asked for it (ASVS 6.6.2)", async () => {
    const code = await codes.issue(requester, newAddress());
    for (const changes of [
      { analyticsId: "browser-2" },
      { analyticsId: null },
      { origin: "https://evil.example.com" },
      { origin: null },
      { clientId: "client_other" },
      { appId: await newApp(world.store) },
    ]) {
      expect(await check(code, changes)).toBeNull();
    }
    expect(await check(code)).not.toBeNull();
    expect(await codes.check(requester, newEmail().subject, code)).toBeNull();
  });

  test("asked for with a pre-login cookie is good for that cookie only (ASVS 10.1.2)", async () => {
    const preLogin = "AAAAAAAAAAAAAAAAAAAAAA";
    const code = await codes.issue({ ...requester, preLogin }, newAddress());
    expect(await check(code)).toBeNull();
    expect(await check(code, { preLogin: "BAAAAAAAAAAAAAAAAAAAAA" })).toBeNull();
    expect(await check(code, { preLogin, analyticsId: "other" })).not.toBeNull();
  });

  test("is kept as a keyed digest: the database does not tell it (ASVS 6.5.2)", async () => {
    const code = await codes.issue(requester, newAddress());
    const { db } = world;
    const rows = await db.all(sql`SELECT * FROM codes`.compile(db.build));
    const dump = JSON.stringify(rows);
    for (const secret of [code, address, "browser-1"]) expect(dump).not.toContain(`"${secret}"`);
    const thief = oneTimeCodes(
      world.store.codes,
      world.store.limits,
      openMasterKey("another master key for tests of codes"),
    );
    expect(await thief.check(requester, address, code)).toBeNull();
  });

  test("leaves the newest and the ones before good side by side", async () => {
    const first = await codes.issue(requester, newAddress());
    const second = await codes.issue(requester, address);
    const ids = [await check(first), await check(second)];
    expect(new Set(ids).size).toBe(first === second ? 1 : 2);
    expect(ids).not.toContain(null);
  });
});

describe("guessing at codes (ASVS 6.6.3)", () => {
  test("ends with five attempts at a code, the right one included", async () => {
    const code = await codes.issue(requester, newAddress());
    for (let count = 0; count < 5; count++) expect(await check(wrong(code))).toBeNull();
    expect(await check(code)).toBeNull();
    const fresh = await codes.issue(requester, address);
    expect(await check(fresh)).not.toBeNull();
  });

  test("tries at most five codes of one address at a time", async () => {
    newAddress();
    const asked = await Promise.allSettled(
      Array.from({ length: 20 }, () => codes.issue(requester, address)),
    );
    expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
    await expect(codes.issue(requester, address)).rejects.toEqual(tooMany);
    await expect(codes.issue(requester, address)).rejects.toMatchObject({ retryAfter: 600 });
    await world.advance(10 * MINUTE);
    await codes.issue(requester, address);
  });

  test("fails thirty times a day at one address, however it is spread and however fast", async () => {
    newAddress();
    let [failures, refusals] = [0, 0];
    for (let round = 0; round < 12; round++) {
      const asking = { ...requester, analyticsId: `browser-${round}` };
      const code = await codes.issue(asking, address);
      const guesses = await Promise.allSettled(
        Array.from({ length: 8 }, () => codes.check(asking, address, wrong(code))),
      );
      failures += guesses.filter(({ status }) => status === "fulfilled").length;
      refusals += guesses.filter(({ status }) => status === "rejected").length;
      await world.advance(10 * MINUTE);
    }
    // Five attempts at each code; the other three of each round had nothing to guess at.
    expect(refusals).toBe(12 * 5 - 30);
    expect(failures).toBe(30 + 12 * 3);
    const code = await codes.issue(requester, address);
    await expect(check(code)).rejects.toEqual(tooMany);
    await world.advance(DAY);
    expect(await check(await codes.issue(requester, address))).not.toBeNull();
  });

  test("counts no right code against the address", async () => {
    newAddress();
    for (let count = 0; count < 40; count++) {
      const code = await codes.issue(requester, address);
      expect(await spend(await check(code))).toMatchObject({ kind: "signed_in" });
    }
  });

  test("without having asked for a code locks nobody out (ASVS 6.1.1, 6.3.1)", async () => {
    const code = await codes.issue(requester, newAddress());
    await inParallel(200, world, () => check(wrong(code), { analyticsId: "attacker" }));
    const codeId = await check(code);
    expect(codeId).not.toBeNull();
    expect(await spend(codeId)).toMatchObject({ kind: "signed_in" });
  });

  test("uses up nothing of a browser that signed in with the address before (ASVS 6.1.1)", async () => {
    newAddress();
    const known = { ...requester, device: "ada's browser" };
    const others = { ...requester, analyticsId: "attacker" };
    for (let failures = 0; failures < 30; ) {
      const code = await codes.issue(others, address);
      for (let count = 0; count < 5; count++, failures++) {
        expect(await codes.check(others, address, wrong(code))).toBeNull();
      }
      if (failures % 20 === 0) await world.advance(10 * MINUTE);
    }
    while (await codes.issue(others, address).catch(() => false)) {}
    await expect(codes.issue(requester, address)).rejects.toEqual(tooMany);

    const code = await codes.issue(known, address);
    await expect(codes.check(others, address, code)).rejects.toEqual(tooMany);
    expect(await codes.check(known, address, code)).not.toBeNull();
    for (let count = 1; count < 5; count++) await codes.issue(known, address);
    await expect(codes.issue(known, address)).rejects.toEqual(tooMany);
  });

  test("by a browser known for the address has the same bounds, in a budget of its own", async () => {
    newAddress();
    const known = { ...requester, device: "ada's browser" };
    for (let failures = 0; failures < 30; failures += 5) {
      const code = await codes.issue(known, address);
      for (let count = 0; count < 5; count++) await codes.check(known, address, wrong(code));
      await world.advance(10 * MINUTE);
    }
    const code = await codes.issue(known, address);
    await expect(codes.check(known, address, code)).rejects.toEqual(tooMany);
    expect(await check(await codes.issue(requester, address))).not.toBeNull();
  });

  test("takes a code that was asked for before the browser was known", async () => {
    const code = await codes.issue(requester, newAddress());
    expect(await check(code, { device: "ada's browser" })).not.toBeNull();
  });

  test("at a code kept elsewhere is guarded alike", async () => {
    newAddress();
    const guess = (right: boolean) =>
      codes.guardGuessing(requester.appId, address, async () => (right ? "proof" : null));
    for (let count = 0; count < 50; count++) expect(await guess(true)).toBe("proof");
    for (let count = 0; count < 30; count++) expect(await guess(false)).toBeNull();
    await expect(guess(true)).rejects.toEqual(tooMany);
  });
});
