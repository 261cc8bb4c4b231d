import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AccountKey, Store, User } from "../../store.ts";
import {
  inParallel,
  newApp,
  newCode,
  newEmail,
  signIn,
  signInRequest,
  storeCode,
  tally,
} from "../samples.ts";
import type { StoreWorld } from "../store-world.ts";
import { newCustomAccount } from "./users.ts";

const keysOf = ({ accounts }: User) => accounts.map(({ type, subject }) => ({ type, subject }));

export function accountContract(get: () => StoreWorld): void {
  async function begin(account: AccountKey = newEmail(), app?: string) {
    const { store } = get();
    const appId = app ?? (await newApp(store));
    const { user } = await signIn(store, signInRequest(appId, account));
    return { app: appId, user, account };
  }
  const find = async (app: string, id: string) => (await get().store.users.find(app, id)) as User;

  describe("link", () => {
    test("adds a proven account after the others, one of each type", async () => {
      const { store, advance } = get();
      const { app, user, account } = await begin();
      await advance(1000);
      const custom = newCustomAccount();
      const linked = await store.users.link(app, user.id, custom, null);
      expect(linked.kind === "linked" && keysOf(linked.user)).toEqual([account, custom]);
      const more = await store.users.link(app, user.id, newCustomAccount(), null);
      expect(more).toEqual({ kind: "cannot_link_more_of_type" });
    });

    test("makes a guest a full user, whose credential is no way in any more", async () => {
      const { store } = get();
      const app = await newApp(store);
      const guest = { type: "guest", subject: "digest" };
      const { user } = await signIn(store, signInRequest(app, guest, { isGuest: true }));
      expect(user.isGuest).toBe(true);
      const email = newEmail();
      const linked = await store.users.link(app, user.id, email, null);
      expect(linked).toMatchObject({ kind: "linked", user: { isGuest: false } });
      expect(keysOf(await find(app, user.id))).toEqual([email]);
      expect(await store.users.findByAccount(app, guest)).toBeNull();
    });

    test("never takes another user's account, also when several ask at once", async () => {
      const world = get();
      const first = await begin();
      const custom = newCustomAccount();
      const others = await inParallel(6, world, () => begin(newEmail(), first.app));
      const results = await inParallel(6, world, (store, index) =>
        store.users.link(first.app, others[index]?.user.id ?? "", custom, null),
      );
      expect(tally(results.map(({ kind }) => kind))).toEqual({
        linked: 1,
        linked_to_another_user: 5,
      });
    });

    test("spends the code with the link, once, and only then", async () => {
      const world = get();
      const { app, user } = await begin();
      const code = await storeCode(world.store, newCode(app));
      const results = await inParallel(6, world, async (store) => {
        const one = await begin(newCustomAccount(), app);
        return store.users.link(app, one.user.id, newEmail(), code.id);
      });
      expect(tally(results.map(({ kind }) => kind))).toEqual({ linked: 1, code_spent: 5 });
      const fresh = await storeCode(world.store, newCode(app));
      const refused = await world.store.users.link(app, user.id, newEmail(), fresh.id);
      expect(refused).toEqual({ kind: "cannot_link_more_of_type" });
      const other = await begin(newCustomAccount(), app);
      expect(await world.store.users.link(app, other.user.id, newEmail(), fresh.id)).toMatchObject({
        kind: "linked",
      });
    });

    test("knows neither an unknown nor a disabled user, nor one of another app", async () => {
      const { store } = get();
      const { app, user } = await begin();
      const foreign = await newApp(store);
      for (const [in_, id] of [
        [app, "unknown"],
        [foreign, user.id],
      ] as const) {
        const result = await store.users.link(in_, id, newCustomAccount(), null);
        expect(result).toEqual({ kind: "no_such_user" });
      }
      await store.users.setDisabled(app, user.id, true);
      const result = await store.users.link(app, user.id, newCustomAccount(), null);
      expect(result).toEqual({ kind: "no_such_user" });
    });
  });

  describe("unlink", () => {
    test("takes an account away, never the last way in", async () => {
      const { store } = get();
      const { app, user, account } = await begin();
      const custom = newCustomAccount();
      await store.users.link(app, user.id, custom, null);
      expect(await store.users.unlink(app, user.id, newEmail())).toEqual({ kind: "not_linked" });
      const unlinked = await store.users.unlink(app, user.id, account);
      expect(unlinked.kind === "unlinked" && keysOf(unlinked.user)).toEqual([custom]);
      expect(await store.users.unlink(app, user.id, account)).toEqual({ kind: "not_linked" });
      expect(await store.users.unlink(app, user.id, custom)).toEqual({ kind: "sole_account" });
      expect(await store.users.findByAccount(app, account)).toBeNull();
    });

    test("ends every other session of the user, and leaves a line in each trail (ASVS 7.4.3)", async () => {
      const { store } = get();
      const { app, user, account } = await begin();
      const custom = newCustomAccount();
      const [here, there] = [
        (await signIn(store, signInRequest(app, account))).session.id,
        (await signIn(store, signInRequest(app, account))).session.id,
      ];
      await store.users.link(app, user.id, custom, null, here);
      await store.users.unlink(app, user.id, account, here);
      const endOf = async (sid: string) => (await store.sessions.read(sid)).session?.endReason;
      expect([await endOf(here), await endOf(there)]).toEqual([null, "revoked"]);
      const trail = async (sid: string) =>
        (await store.sessions.events(sid)).map(({ type }) => type);
      expect(await trail(here)).toEqual(["signed_in", "account_linked", "account_unlinked"]);
      expect(await trail(there)).toEqual(["signed_in", "account_unlinked"]);
      const to = newEmail();
      await store.users.link(app, user.id, account, null, here);
      await store.users.replaceAccount({
        appId: app,
        id: user.id,
        from: account,
        to,
        codeId: null,
        sid: null,
      });
      expect(await endOf(here)).toBe("revoked");
    });

    test("of both accounts at once leaves one", async () => {
      const { store, other } = get();
      for (let round = 0; round < 6; round++) {
        const { app, user, account } = await begin();
        const custom = newCustomAccount();
        await store.users.link(app, user.id, custom, null);
        const results = await Promise.all([
          store.users.unlink(app, user.id, account),
          other.users.unlink(app, user.id, custom),
        ]);
        expect(results.map(({ kind }) => kind).toSorted()).toEqual(["sole_account", "unlinked"]);
        expect((await find(app, user.id)).accounts).toHaveLength(1);
      }
    });
  });

  describe("replaceAccount", () => {
    test("puts one address in another's place", async () => {
      const { store } = get();
      const { app, user, account } = await begin();
      const to = newEmail();
      const replaced = await store.users.replaceAccount({
        appId: app,
        id: user.id,
        from: account,
        to,
        codeId: null,
        sid: null,
      });
      expect(replaced.kind === "linked" && keysOf(replaced.user)).toEqual([to]);
      expect(await store.users.findByAccount(app, account)).toBeNull();
      const again = await store.users.replaceAccount({
        appId: app,
        id: user.id,
        from: account,
        to: newEmail(),
        codeId: null,
        sid: null,
      });
      expect(again).toEqual({ kind: "not_linked" });
    });

    test("changes nothing when the new address is taken or the code is spent", async () => {
      const { store } = get();
      const { app, user, account } = await begin();
      const { account: taken } = await begin(newEmail(), app);
      const replace = (to: AccountKey, codeId: string | null) =>
        store.users.replaceAccount({
          appId: app,
          id: user.id,
          from: account,
          to,
          codeId,
          sid: null,
        });
      expect(await replace(taken, null)).toEqual({ kind: "linked_to_another_user" });
      expect(await replace(newEmail(), "spent")).toEqual({ kind: "code_spent" });
      expect(keysOf(await find(app, user.id))).toEqual([account]);
    });
  });

  test("no interleaving of link, unlink and replace takes a user's last way in", async () => {
    const { store, other } = get();
    const app = await newApp(store);
    const step = fc.record({
      on: fc.constantFrom(store, other),
      kind: fc.constantFrom("link", "unlink", "replace"),
      pick: fc.nat(3),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 8 }), async (steps) => {
        const pool = [newEmail(), newEmail(), newCustomAccount(), newCustomAccount()];
        const at = (index: number) => pool[index % pool.length] as AccountKey;
        const { user } = await begin(at(0), app);
        await store.users.link(app, user.id, at(2), null);
        const act = (on: Store, kind: string, account: AccountKey, next: AccountKey) => {
          if (kind === "link") return on.users.link(app, user.id, account, null);
          if (kind === "unlink") return on.users.unlink(app, user.id, account);
          return on.users.replaceAccount({
            appId: app,
            id: user.id,
            from: account,
            to: next,
            codeId: null,
            sid: null,
          });
        };
        await Promise.all(steps.map(({ on, kind, pick }) => act(on, kind, at(pick), at(pick ^ 1))));
        const accounts = keysOf(await find(app, user.id));
        expect(accounts.length).toBeGreaterThan(0);
        const [way] = accounts;
        expect((await signIn(store, signInRequest(app, way))).user.id).toBe(user.id);
        await store.users.delete(app, user.id);
      }),
      { numRuns: 30 },
    );
  });
}
