import { describe, expect, test } from "vitest";
import type { NewCode, Store } from "../../store.ts";
import {
  inParallel,
  MINUTE,
  newApp,
  newCode,
  signIn,
  signInRequest,
  storeCode,
  tally,
} from "../samples.ts";
import type { StoreWorld } from "../store-world.ts";

const MAX_LIVE = 5;

export function codeContract(get: () => StoreWorld): void {
  const attempt = (store: Store, code: NewCode, changes: Partial<NewCode> = {}) => {
    const { appId, addressHash, binding, cookieBinding } = { ...code, ...changes };
    return store.codes.attempt({ appId, addressHash, binding, cookieBinding, maxAttempts: 5 });
  };
  const handsOut = async (code: NewCode, changes: Partial<NewCode> = {}) =>
    (await attempt(get().store, code, changes)).map(({ id }) => id);

  describe("creating codes", () => {
    test("stops at the live codes of one address, exactly, however many come at once", async () => {
      const world = get();
      const { appId, addressHash } = newCode(await newApp(world.store));
      const results = await inParallel(20, world, (store) =>
        store.codes.create(newCode(appId, { addressHash }), MAX_LIVE),
      );
      expect(results.filter(Boolean)).toHaveLength(MAX_LIVE);
      expect(await world.store.codes.create(newCode(appId), MAX_LIVE)).toBe(true);
      const elsewhere = newCode(await newApp(world.store), { addressHash });
      expect(await world.store.codes.create(elsewhere, MAX_LIVE)).toBe(true);
    });

    test("has room again when a code ran out or was spent", async () => {
      const { store, advance } = get();
      const appId = await newApp(store);
      const first = newCode(appId);
      const { addressHash } = first;
      const create = (code: NewCode) => store.codes.create(code, 2);
      expect(await create(first)).toBe(true);
      await advance(MINUTE);
      expect(await create(newCode(appId, { addressHash }))).toBe(true);
      expect(await create(newCode(appId, { addressHash }))).toBe(false);
      await signIn(store, signInRequest(appId, undefined, { codeId: first.id }));
      expect(await create(newCode(appId, { addressHash }))).toBe(true);
      expect(await create(newCode(appId, { addressHash }))).toBe(false);
      await advance(10 * MINUTE);
      expect(await create(newCode(appId, { addressHash }))).toBe(true);
    });
  });

  describe("attempts", () => {
    test("hand out the hash to who is bound to the code, in its app, for its address (ASVS 6.6.2)", async () => {
      const { store } = get();
      const code = await storeCode(store, newCode(await newApp(store)));
      expect(await attempt(store, code)).toEqual([{ id: code.id, codeHash: code.codeHash }]);
      for (const changes of [
        { binding: "other" },
        { addressHash: "other" },
        { appId: await newApp(store) },
      ]) {
        expect(await handsOut(code, changes)).toEqual([]);
      }
    });

    test("with a pre-login cookie are for that cookie alone", async () => {
      const { store } = get();
      const appId = await newApp(store);
      const code = await storeCode(store, newCode(appId, { cookieBinding: "cookie" }));
      expect(await handsOut(code, { binding: "other" })).toEqual([code.id]);
      expect(await handsOut(code, { cookieBinding: null })).toEqual([]);
      expect(await handsOut(code, { cookieBinding: "another" })).toEqual([]);
      const bare = await storeCode(store, newCode(appId));
      expect(await handsOut(bare, { cookieBinding: "came later" })).toEqual([bare.id]);
    });

    test("are counted exactly, however many come at once (ASVS 6.6.3)", async () => {
      const world = get();
      const code = await storeCode(world.store, newCode(await newApp(world.store)));
      const results = await inParallel(20, world, (store) => attempt(store, code));
      expect(results.filter(({ length }) => length === 1)).toHaveLength(5);
    });

    test("count against every live code of the requester, and none of another's", async () => {
      const world = get();
      const appId = await newApp(world.store);
      const first = await storeCode(world.store, newCode(appId));
      const { addressHash } = first;
      const mine = [first];
      for (let count = 0; count < 4; count++) {
        mine.push(await storeCode(world.store, newCode(appId, { addressHash })));
      }
      const other = await storeCode(world.store, newCode(appId, { addressHash, binding: "other" }));
      const results = await inParallel(20, world, (store) => attempt(store, first));
      expect(tally(results.map(({ length }) => String(length)))).toEqual({ "5": 5, "0": 15 });
      expect(new Set(results.flat().map(({ id }) => id))).toEqual(
        new Set(mine.map(({ id }) => id)),
      );
      expect(await handsOut(other)).toEqual([other.id]);
    });

    test("find no code that ran out or was spent (ASVS 6.5.1, 6.5.5)", async () => {
      const { store, advance } = get();
      const appId = await newApp(store);
      const spent = await storeCode(store, newCode(appId));
      await signIn(store, signInRequest(appId, undefined, { codeId: spent.id }));
      expect(await handsOut(spent)).toEqual([]);
      const code = await storeCode(store, newCode(appId));
      await advance(10 * MINUTE - 1000);
      expect(await handsOut(code)).toEqual([code.id]);
      await advance(1000);
      expect(await handsOut(code)).toEqual([]);
    });
  });

  describe("limits", () => {
    const newLimit = () => `limit:${crypto.randomUUID()}`;

    test("are exact, however many take at once", async () => {
      const world = get();
      const id = newLimit();
      const results = await inParallel(40, world, (store) => store.limits.take(id, 10, MINUTE));
      expect(results.filter(({ ok }) => ok)).toHaveLength(10);
      for (const result of results) {
        if (result.ok) continue;
        expect(result.waitMs).toBeGreaterThan(0);
        expect(result.waitMs).toBeLessThanOrEqual(MINUTE);
      }
      expect(await world.store.limits.take(newLimit(), 10, MINUTE)).toEqual({ ok: true });
    });

    test("begin anew when the window that started with the first use is over", async () => {
      const { store, advance } = get();
      const id = newLimit();
      const take = async () => (await store.limits.take(id, 2, MINUTE)).ok;
      expect([await take(), await take(), await take()]).toEqual([true, true, false]);
      await advance(MINUTE - 1000);
      expect(await take()).toBe(false);
      await advance(1000);
      expect([await take(), await take(), await take()]).toEqual([true, true, false]);
    });

    test("give back what was taken, never more", async () => {
      const world = get();
      const { limits } = world.store;
      const id = newLimit();
      await limits.giveBack(id);
      await limits.take(id, 2, MINUTE);
      await inParallel(5, world, (store) => store.limits.giveBack(id));
      const results = [];
      for (let count = 0; count < 3; count++) results.push((await limits.take(id, 2, MINUTE)).ok);
      expect(results).toEqual([true, true, false]);
    });

    test("are not used up by who is refused", async () => {
      const world = get();
      const id = newLimit();
      await inParallel(30, world, (store) => store.limits.take(id, 2, MINUTE));
      await world.store.limits.giveBack(id);
      expect((await world.store.limits.take(id, 2, MINUTE)).ok).toBe(true);
      expect((await world.store.limits.take(id, 2, MINUTE)).ok).toBe(false);
    });

    test("never hold longer than their window, also after the clock was set back", async () => {
      const { store, advance } = get();
      const id = newLimit();
      for (let count = 0; count < 3; count++) await store.limits.take(id, 2, MINUTE);
      await advance(-31 * 24 * 60 * MINUTE);
      expect(await store.limits.take(id, 2, MINUTE)).toEqual({ ok: true });
      await advance(31 * 24 * 60 * MINUTE);
    });
  });
}
