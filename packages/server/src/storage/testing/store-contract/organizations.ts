import { describe, expect, test } from "vitest";
import { newMembershipId, newOrganizationId } from "../../../apps/ids.ts";
import type { PageRequest, Store } from "../../store.ts";
import {
  inParallel,
  newApp,
  newEmail,
  newUserIds,
  signIn,
  signInRequest,
  tally,
} from "../samples.ts";
import type { StoreWorld } from "../store-world.ts";

const FIRST: PageRequest = { before: null, after: null, limit: 100, order: "desc" };

async function newProfile(store: Store, appId: string, externalId: string | null = null) {
  const result = await store.profiles.create(appId, {
    ids: newUserIds(),
    email: newEmail().subject,
    verified: true,
    profile: { externalId },
    passwordHash: null,
  });
  if (result.kind !== "created") throw new TypeError(result.kind);
  return result.user;
}

async function newOrganization(store: Store, appId: string): Promise<string> {
  const id = newOrganizationId();
  await store.organizations.create({ id, appId, name: "Example" });
  return id;
}

export function organizationContract(get: () => StoreWorld): void {
  describe("profiles", () => {
    test("external ids and addresses are unique in an app, whoever races for them", async () => {
      const world = get();
      const app = await newApp(world.store);
      const email = newEmail().subject;
      const create = (store: Store, address: string, externalId: string | null) =>
        store.profiles.create(app, {
          ids: newUserIds(),
          email: address,
          verified: true,
          profile: { externalId },
          passwordHash: null,
        });
      const byEmail = await inParallel(8, world, (store) => create(store, email, null));
      expect(tally(byEmail.map(({ kind }) => kind))).toEqual({ created: 1, email_taken: 7 });
      const byName = await inParallel(8, world, (store) =>
        create(store, newEmail().subject, "crm-1"),
      );
      expect(tally(byName.map(({ kind }) => kind))).toEqual({ created: 1, external_id_taken: 7 });
      const found = await world.store.profiles.findByExternalId(app, "crm-1");
      expect(found?.profile.externalId).toBe("crm-1");
    });

    test("a refused change changes nothing", async () => {
      const { store } = get();
      const app = await newApp(store);
      const [ada, bob] = [await newProfile(store, app, "ada"), await newProfile(store, app)];
      const result = await store.profiles.update(app, bob.id, {
        profile: { firstName: "Bob", externalId: "ada" },
        email: null,
        verified: null,
        passwordHash: "$hash",
      });
      expect(result.kind).toBe("external_id_taken");
      expect(await store.profiles.findByServerId(app, bob.serverId)).toEqual(bob);
      expect(await store.passwords.find(bob.id)).toBeNull();
      expect((await store.profiles.findByExternalId(app, "ada"))?.id).toBe(ada.id);
    });

    test("pages have no gap and no repeat, in either order and direction", async () => {
      const { store } = get();
      const app = await newApp(store);
      const all: string[] = [];
      for (let at = 0; at < 9; at++) all.push((await newProfile(store, app)).serverId);
      const filter = { email: null, organizationId: null };
      for (const order of ["asc", "desc"] as const) {
        const seen: string[] = [];
        for (let after: string | null = null; ; ) {
          const page = await store.profiles.page(app, filter, {
            before: null,
            after,
            limit: 4,
            order,
          });
          seen.push(...page.items.map(({ serverId }) => serverId));
          expect(page.hasBefore).toBe(after !== null);
          after = page.hasAfter ? (seen.at(-1) ?? null) : null;
          if (after === null) break;
        }
        expect([...seen].sort()).toEqual([...all].sort());
        const before = seen[8] ?? null;
        const page = await store.profiles.page(app, filter, {
          before,
          after: null,
          limit: 4,
          order,
        });
        expect(page.items.map(({ serverId }) => serverId)).toEqual(seen.slice(4, 8));
        expect([page.hasBefore, page.hasAfter]).toEqual([true, true]);
      }
      await expect(
        store.profiles.page(app, filter, { ...FIRST, after: "user_gone" }),
      ).rejects.toMatchObject({ code: "invalid_cursor" });
    });
  });

  describe("organizations", () => {
    test("a user joins once, whoever races; both must be of the app", async () => {
      const world = get();
      const { store } = world;
      const [app, foreign] = [await newApp(store), await newApp(store)];
      const user = await newProfile(store, app);
      const organizationId = await newOrganization(store, app);
      const add = (by: Store, appId: string) =>
        by.organizations.addMember({
          id: newMembershipId(),
          appId,
          organizationId,
          userId: user.id,
          roles: ["member"],
        });
      const results = await inParallel(6, world, (by) => add(by, app));
      expect(tally(results.map(({ kind }) => kind))).toEqual({ added: 1, already_member: 5 });
      expect((await add(store, foreign)).kind).toBe("no_such_organization");
      const membership = await store.organizations.membershipOf(app, user.id, organizationId);
      expect(membership).toMatchObject({
        serverUserId: user.serverId,
        roles: ["member"],
        status: "active",
        organization: { id: organizationId, name: "Example" },
      });
      expect(await store.organizations.membershipOf(foreign, user.id, organizationId)).toBeNull();
      const page = await store.profiles.page(app, { email: null, organizationId }, FIRST);
      expect(page.items.map(({ id }) => id)).toEqual([user.id]);
    });

    test("memberships go with their user and with their organization", async () => {
      const { store } = get();
      const app = await newApp(store);
      const [ada, bob] = [await newProfile(store, app), await newProfile(store, app)];
      const [first, second] = [
        await newOrganization(store, app),
        await newOrganization(store, app),
      ];
      for (const organizationId of [first, second]) {
        for (const { id: userId } of [ada, bob]) {
          const id = newMembershipId();
          await store.organizations.addMember({
            id,
            appId: app,
            organizationId,
            userId,
            roles: ["a"],
          });
        }
      }
      await store.users.delete(app, bob.id);
      await store.organizations.delete(app, second);
      const filter = {
        userId: null,
        organizationId: null,
        statuses: ["active", "inactive"] as const,
      };
      const { items } = await store.organizations.memberships(app, filter, FIRST);
      expect(items.map(({ userId, organization }) => [userId, organization.id])).toEqual([
        [ada.id, first],
      ]);
    });

    test("a session's organization is set while it lives, and no more after", async () => {
      const { store } = get();
      const app = await newApp(store);
      const account = newEmail();
      const user = await newProfile(store, app);
      const { session } = await signIn(store, signInRequest(app, account));
      await store.sessions.setOrganization(session.id, "org_1");
      expect((await store.sessions.read(session.id)).session?.organizationId).toBe("org_1");
      await store.sessions.end(session.id, "logout");
      await store.sessions.setOrganization(session.id, "org_2");
      expect((await store.sessions.read(session.id)).session?.organizationId).toBe("org_1");
      const listed = await store.sessions.ofUser(app, session.userId, FIRST);
      expect(listed.items.map(({ id, endReason }) => [id, endReason])).toEqual([
        [session.id, "logout"],
      ]);
      expect((await store.sessions.ofUser(app, user.id, FIRST)).items).toEqual([]);
    });
  });
}
