import { describe, expect, test } from "vitest";
import { newRowId } from "../../sql/row-id.ts";
import type { PageRequest, ProfileChange, User } from "../../store.ts";
import { inParallel, newApp, newEmail, newUserIds, signIn, signInRequest } from "../samples.ts";
import type { StoreWorld } from "../store-world.ts";

const firstPage: PageRequest = { before: null, after: null, limit: 3, order: "asc" };

export function profileContract(get: () => StoreWorld): void {
  const input = (profile: ProfileChange = {}, email = newEmail().subject) => ({
    ids: newUserIds(),
    email,
    verified: true,
    profile,
    passwordHash: null as string | null,
  });
  async function create(app: string, ...given: Parameters<typeof input>): Promise<User> {
    const result = await get().store.profiles.create(app, input(...given));
    if (result.kind !== "created") throw new Error(result.kind);
    return result.user;
  }
  const none = { profile: {}, email: null, verified: null, passwordHash: null };

  describe("profiles", () => {
    test("are found by the names that a backend has for them, in their own app only", async () => {
      const { store } = get();
      const [app, foreign] = [await newApp(store), await newApp(store)];
      const user = await create(app, {
        externalId: "ext-1",
        firstName: "Ada",
        metadata: { a: "b" },
      });
      expect(user.profile).toMatchObject({ externalId: "ext-1", firstName: "Ada", lastName: null });
      expect(user.profile.metadata).toEqual({ a: "b" });
      expect(await store.profiles.findByServerId(app, user.serverId)).toEqual(user);
      expect(await store.profiles.findByExternalId(app, "ext-1")).toEqual(user);
      expect(await store.profiles.findByServerId(foreign, user.serverId)).toBeNull();
      expect(await store.profiles.findByExternalId(foreign, "ext-1")).toBeNull();
      expect(await store.profiles.findByExternalId(app, "ext-2")).toBeNull();
    });

    test("change field by field, and only of their app", async () => {
      const { store, advance } = get();
      const [app, foreign] = [await newApp(store), await newApp(store)];
      const { id } = await create(app, { firstName: "Ada", lastName: "L" });
      await advance(1000);
      const change = { ...none, profile: { firstName: null, locale: "en" } };
      const result = await store.profiles.update(app, id, change);
      if (result.kind !== "updated") throw new Error(result.kind);
      expect(result.user.profile).toMatchObject({ firstName: null, lastName: "L", locale: "en" });
      expect(result.user.profile.updatedAt).toBeGreaterThan(result.user.createdAt);
      expect(await store.profiles.update(foreign, id, change)).toEqual({ kind: "no_such_user" });
      expect(await store.profiles.update(app, "unknown", change)).toEqual({ kind: "no_such_user" });
    });

    test("with a new address nobody has proven it, unless the backend says so", async () => {
      const { store } = get();
      const app = await newApp(store);
      const { id } = await create(app);
      const verifiedOf = async (change: object) => {
        const result = await store.profiles.update(app, id, { ...none, ...change });
        return result.kind === "updated" && result.user.accounts.map((each) => each.isVerified);
      };
      expect(await verifiedOf({ email: newEmail().subject })).toEqual([false]);
      expect(await verifiedOf({ verified: true })).toEqual([true]);
      expect(await verifiedOf({ email: newEmail().subject, verified: true })).toEqual([true]);
    });
  });

  describe("passwords", () => {
    test("replaced by another end the user's sessions; the first one ends none (ASVS 7.4.3)", async () => {
      const { store } = get();
      const app = await newApp(store);
      const email = newEmail();
      const { user, session } = await signIn(store, signInRequest(app, email));
      const endReasonOf = async (sid: string) =>
        (await store.sessions.read(sid)).session?.endReason;
      expect(await store.passwords.find(user.id)).toBeNull();
      await store.passwords.set(user.id, "hash 1");
      expect(await endReasonOf(session.id)).toBeNull();
      await store.passwords.set(user.id, "hash 2");
      expect(await store.passwords.find(user.id)).toEqual({ hash: "hash 2" });
      expect(await endReasonOf(session.id)).toBe("revoked");
      const { session: fresh } = await signIn(store, signInRequest(app, email));
      const change = { ...none, passwordHash: "hash 3" };
      expect(await store.profiles.update(app, user.id, change)).toMatchObject({ kind: "updated" });
      expect(await endReasonOf(fresh.id)).toBe("revoked");
      await store.users.delete(app, user.id);
      expect(await store.passwords.find(user.id)).toBeNull();
      await store.passwords.set(user.id, newRowId());
      expect(await store.passwords.find(user.id)).toBeNull();
    });

    test("set by several at once are one, and leave no session of before", async () => {
      const world = get();
      const app = await newApp(world.store);
      const { user, session } = await signIn(world.store, signInRequest(app));
      await world.store.passwords.set(user.id, "hash");
      await inParallel(8, world, (store, index) => store.passwords.set(user.id, `hash ${index}`));
      expect((await world.store.passwords.find(user.id))?.hash).toMatch(/^hash [0-7]$/);
      expect((await world.store.sessions.read(session.id)).session?.endReason).toBe("revoked");
    });
  });

  describe("a user's sessions", () => {
    test("are listed with those that are over, in their own app, newest or oldest first", async () => {
      const { store, advance } = get();
      const app = await newApp(store);
      const email = newEmail();
      const ids: string[] = [];
      let userId = "";
      for (let count = 0; count < 4; count++) {
        const { session, user } = await signIn(store, signInRequest(app, email));
        ids.push(session.id);
        userId = user.id;
        await advance(1);
      }
      await store.sessions.end(ids[0] ?? "", "logout");
      const page = await store.sessions.ofUser(app, userId, { ...firstPage, order: "desc" });
      expect(page.items.map(({ id }) => id)).toEqual(ids.slice(1).toReversed());
      expect(page.hasAfter).toBe(true);
      const all = await store.sessions.ofUser(app, userId, { ...firstPage, limit: 10 });
      expect(all.items.map(({ endReason }) => endReason)).toEqual(["logout", null, null, null]);
      const foreign = await newApp(store);
      expect((await store.sessions.ofUser(foreign, userId, firstPage)).items).toEqual([]);
    });

    test("take an organization and leave it, whatever their generation", async () => {
      const { store } = get();
      const { session } = await signIn(store, signInRequest(await newApp(store)));
      const organizationOf = async () =>
        (await store.sessions.read(session.id)).session?.organizationId;
      await store.sessions.setOrganization(session.id, "org_1");
      expect(await organizationOf()).toBe("org_1");
      await store.sessions.setOrganization(session.id, null);
      expect(await organizationOf()).toBeNull();
    });
  });
}
