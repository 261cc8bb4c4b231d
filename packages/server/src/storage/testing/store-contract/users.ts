import { describe, expect, test } from "vitest";
import { newRowId } from "../../sql/row-id.ts";
import type { AccountKey, User } from "../../store.ts";
import { newApp, newEmail, newUserIds, signIn, signInRequest } from "../samples.ts";
import type { StoreWorld } from "../store-world.ts";

export const newCustomAccount = (): AccountKey => ({ type: "custom_auth", subject: newRowId() });

export function userContract(get: () => StoreWorld): void {
  async function imported(app: string, ...accounts: readonly AccountKey[]) {
    const ids = newUserIds();
    const result = await get().store.users.create(app, [{ ids, accounts, customMetadata: null }]);
    if (result.kind !== "created") throw new Error("the user was not created");
    const [user] = result.users;
    if (!user) throw new Error("no user came back");
    return user;
  }

  describe("users", () => {
    test("are found by id and by account, in their own app only", async () => {
      const { store } = get();
      const [app, foreign] = [await newApp(store), await newApp(store)];
      const email = newEmail();
      const user = await imported(app, email, newCustomAccount());
      expect(await store.users.find(app, user.id)).toEqual(user);
      expect(await store.users.findByAccount(app, email)).toEqual(user);
      expect(user.accounts).toHaveLength(2);
      expect(await store.users.find(foreign, user.id)).toBeNull();
      expect(await store.users.findByAccount(foreign, email)).toBeNull();
      expect(await store.users.findByAccount(app, { ...email, type: "custom_auth" })).toBeNull();
      expect(await store.users.find(app, "unknown")).toBeNull();
    });

    test("are listed in pages, each once, newest last", async () => {
      const { store } = get();
      const app = await newApp(store);
      const ids = [];
      for (let count = 0; count < 7; count++) ids.push((await imported(app, newEmail())).id);
      const seen: string[] = [];
      for (let after: User | null = null; ; ) {
        const page: User[] = await store.users.list(app, { after, limit: 3 });
        seen.push(...page.map(({ id }) => id));
        after = page.at(-1) ?? null;
        if (page.length < 3) break;
      }
      expect(seen.toSorted()).toEqual(ids.toSorted());
      const created = await Promise.all(seen.map((id) => store.users.find(app, id)));
      const times = created.map((user) => user?.createdAt ?? 0);
      expect(times).toEqual(times.toSorted((a, b) => a - b));

      const [third, ...later] = created.slice(2);
      await store.users.delete(app, third?.id ?? "");
      const rest = await store.users.list(app, { after: third ?? null, limit: 9 });
      expect(rest).toEqual(later);
    });

    test("are searched by part of an account, whatever its case, signs taken literally", async () => {
      const { store } = get();
      const app = await newApp(store);
      const ada = await imported(app, { type: "email", subject: "ada_99%x@example.com" });
      const bob = await imported(app, { type: "custom_auth", subject: "Bob\\Smith-7" });
      const search = async (term: string | null, emails: string[] = []) =>
        (await store.users.search(app, { term, emails, after: null, limit: 10 })).map(
          ({ id }) => id,
        );
      expect(await search("ada_99%")).toEqual([ada.id]);
      expect(await search("ADA_")).toEqual([ada.id]);
      expect(await search("bob\\smith")).toEqual([bob.id]);
      expect(await search("Smith")).toEqual([bob.id]);
      for (const none of ["ada%example", "ada.99", "'; DROP TABLE users; --", "x\\"]) {
        expect(await search(none), none).toEqual([]);
      }
      expect(await search(null, ["ada_99%x@example.com", "nobody@example.com"])).toEqual([ada.id]);
      expect((await search("bob", ["ada_99%x@example.com"])).toSorted()).toEqual(
        [ada.id, bob.id].toSorted(),
      );
      expect((await search(null)).toSorted()).toEqual([ada.id, bob.id].toSorted());
    });

    test("are not found by a guest's credential", async () => {
      const { store } = get();
      const app = await newApp(store);
      const account = { type: "guest", subject: "guestcredentialdigest" };
      await signIn(store, signInRequest(app, account, { isGuest: true }));
      const options = { term: "credential", emails: [], after: null, limit: 10 };
      expect(await store.users.search(app, options)).toEqual([]);
    });

    test("carry metadata and accepted terms of their own app's making", async () => {
      const { store } = get();
      const [app, foreign] = [await newApp(store), await newApp(store)];
      const { id } = await imported(app, newEmail());
      const value = { plan: "pro", seats: 3, beta: false, quote: `"'\\ü` };
      expect((await store.users.setCustomMetadata(app, id, value))?.customMetadata).toEqual(value);
      expect((await store.users.find(app, id))?.customMetadata).toEqual(value);
      expect(await store.users.setCustomMetadata(foreign, id, {})).toBeNull();
      expect(await store.users.acceptTerms(foreign, id)).toBeNull();
      expect((await store.users.acceptTerms(app, id))?.acceptedTermsAt).toBeGreaterThan(0);
    });
  });

  describe("creating users is all or nothing", () => {
    const input = (...accounts: AccountKey[]) => ({
      ids: newUserIds(),
      accounts,
      customMetadata: { imported: true },
    });

    test("and in the order that was given", async () => {
      const { store } = get();
      const app = await newApp(store);
      const users = [input(newEmail()), input(newEmail(), newCustomAccount()), input(newEmail())];
      const result = await store.users.create(app, users);
      expect(result).toMatchObject({
        kind: "created",
        users: users.map(({ ids }) => ({ ...ids, customMetadata: { imported: true } })),
      });
    });

    test("and names the user that had one of the accounts", async () => {
      const { store } = get();
      const app = await newApp(store);
      const taken = newEmail();
      const owner = await imported(app, taken);
      const fresh = input(newEmail());
      const result = await store.users.create(app, [fresh, input(newCustomAccount(), taken)]);
      expect(result).toMatchObject({ kind: "linked_to_another_user", user: { id: owner.id } });
      expect(await store.users.find(app, fresh.ids.id)).toBeNull();
    });

    test("also when two of the list share an account, or two lists run at once", async () => {
      const world = get();
      const app = await newApp(world.store);
      const shared = newEmail();
      const twice = await world.store.users.create(app, [input(shared), input(shared)]);
      expect(twice).toEqual({ kind: "linked_to_another_user", user: null });
      const results = await Promise.all(
        [world.store, world.other, world.store, world.other].map((store) =>
          store.users.create(app, [input(newEmail()), input(shared)]),
        ),
      );
      expect(results.filter(({ kind }) => kind === "created")).toHaveLength(1);
      expect(await world.store.users.list(app, { after: null, limit: 10 })).toHaveLength(2);
    });
  });

  describe("disabling and deleting a user", () => {
    test("is of this app's users only, and says whether there was one", async () => {
      const { store } = get();
      const [app, foreign] = [await newApp(store), await newApp(store)];
      const { id } = await imported(app, newEmail());
      expect(await store.users.setDisabled(foreign, id, true)).toBe(false);
      expect(await store.users.delete(foreign, id)).toBe(false);
      expect(await store.users.setDisabled(app, id, true)).toBe(true);
      expect((await store.users.find(app, id))?.disabledAt).toBeGreaterThan(0);
      expect(await store.users.setDisabled(app, id, false)).toBe(true);
      expect((await store.users.find(app, id))?.disabledAt).toBeNull();
      expect(await store.users.delete(app, id)).toBe(true);
      expect(await store.users.delete(app, id)).toBe(false);
      expect(await store.users.find(app, id)).toBeNull();
    });

    test("ends shared sign-ins for good: enabling the user again brings none back (ASVS 7.4.2)", async () => {
      const { store } = get();
      const app = await newApp(store);
      const request = signInRequest(app);
      const { user } = await signIn(store, request);
      const id = newEmail().subject;
      await store.signIns.begin({
        id,
        appId: app,
        userId: user.id,
        account: request.account,
        authMethod: "email",
        lifetimeMs: 60_000,
      });
      expect(await store.signIns.find(id)).not.toBeNull();
      await store.users.setDisabled(app, user.id, true);
      await store.users.setDisabled(app, user.id, false);
      expect(await store.signIns.find(id)).toBeNull();
    });

    test("leaves the ended sessions as tombstones with their reason", async () => {
      const { store } = get();
      const app = await newApp(store);
      const request = signInRequest(app);
      const { user, session } = await signIn(store, request);
      await store.users.setDisabled(app, user.id, true);
      await store.users.delete(app, user.id);
      const { session: row } = await store.sessions.read(session.id);
      expect(row?.endReason).toBe("user_disabled");
      await store.users.setDisabled(app, user.id, false);
      expect((await store.sessions.read(session.id)).session).toEqual(row);
    });
  });
}
