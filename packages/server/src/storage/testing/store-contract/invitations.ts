import { describe, expect, test } from "vitest";
import { newMembershipId, newOrganizationId } from "../../../apps/ids.ts";
import { newRowId } from "../../sql/row-id.ts";
import type { Invitation, NewInvitation, Store } from "../../store.ts";
import { DAY, inParallel, newApp, newEmail, newUserIds, tally } from "../samples.ts";
import type { StoreWorld } from "../store-world.ts";

async function newOrganization(store: Store, appId: string): Promise<string> {
  const id = newOrganizationId();
  await store.organizations.create({ id, appId, name: "Engines" });
  return id;
}

async function newUser(store: Store, appId: string): Promise<string> {
  const proof = { appId, account: newEmail(), allowSignUp: true, newUser: newUserIds() };
  const result = await store.users.proveAccount({ ...proof, maxUsers: null, codeId: null });
  if (result.kind !== "proven") throw new TypeError(result.kind);
  return result.user.id;
}

const newInvitation = (appId: string, organizationId: string | null): NewInvitation => ({
  id: `invitation_${newRowId()}`,
  appId,
  email: newEmail().subject,
  organizationId,
  role: organizationId === null ? null : "editor",
  inviterUserId: null,
  sealedToken: "sealed",
  tokenHash: newRowId(),
  lifetimeMs: DAY,
});

async function create(store: Store, invitation: NewInvitation): Promise<Invitation> {
  const result = await store.invitations.create(invitation);
  if (result.kind !== "created") throw new TypeError(result.kind);
  return result.invitation;
}

export function invitationContract(get: () => StoreWorld): void {
  const accept = (appId: string, id: string, userId: string, store = get().store) =>
    store.invitations.accept(appId, id, {
      userId,
      membershipId: newMembershipId(),
      defaultRole: "member",
    });

  describe("invitations", () => {
    test("of one address and organization are pending one at a time, also when two arrive at once", async () => {
      const { store, other } = get();
      const app = await newApp(store);
      const organization = await newOrganization(store, app);
      const { email } = newInvitation(app, organization);
      for (const to of [organization, null]) {
        const results = await inParallel(6, { store, other }, (each) =>
          each.invitations.create({ ...newInvitation(app, to), email }),
        );
        expect(tally(results.map(({ kind }) => kind))).toEqual({ created: 1, already_invited: 5 });
      }
      const elsewhere = newInvitation(await newApp(store), organization);
      expect(await store.invitations.create(elsewhere)).toEqual({ kind: "no_such_organization" });
    });

    test("are accepted by one user, who becomes a member with its role, once", async () => {
      const { store, other } = get();
      const app = await newApp(store);
      const organization = await newOrganization(store, app);
      const { id } = await create(store, newInvitation(app, organization));
      const users = await Promise.all([newUser(store, app), newUser(store, app)]);
      const results = await inParallel(2, { store, other }, (each, index) =>
        accept(app, id, users[index] ?? "", each),
      );
      expect(results.filter(Boolean)).toHaveLength(1);
      const winner = users[results.findIndex(Boolean)] ?? "";
      const membership = await store.organizations.membershipOf(app, winner, organization);
      expect(membership).toMatchObject({ roles: ["editor"], status: "active" });
      expect(await accept(app, id, winner)).toEqual(results.find(Boolean));
    });

    test("leave a membership as it is that was there before", async () => {
      const { store } = get();
      const app = await newApp(store);
      const organization = await newOrganization(store, app);
      const user = await newUser(store, app);
      const of = { appId: app, organizationId: organization, userId: user };
      await store.organizations.addMember({ ...of, id: newMembershipId(), roles: ["admin"] });
      const { id } = await create(store, newInvitation(app, organization));
      expect(await accept(app, id, user)).toMatchObject({ acceptedAt: expect.any(Number) });
      const membership = await store.organizations.membershipOf(app, user, organization);
      expect(membership?.roles).toEqual(["admin"]);
    });

    test("that ran out or were revoked are accepted by nobody", async () => {
      const { store, advance } = get();
      const app = await newApp(store);
      const user = await newUser(store, app);
      const revoked = await create(store, newInvitation(app, null));
      const late = await create(store, newInvitation(app, null));
      expect(await store.invitations.revoke(app, revoked.id)).toMatchObject({ id: revoked.id });
      expect(await accept(app, revoked.id, user)).toBeNull();
      await advance(DAY + 1000);
      expect(await accept(app, late.id, user)).toBeNull();
      expect(await store.invitations.extend(app, late.id, DAY)).toMatchObject({ id: late.id });
      expect(await accept(app, late.id, user)).toMatchObject({ id: late.id });
      expect(await store.invitations.extend(app, late.id, DAY)).toBeNull();
    });

    test("go with their organization, and are listed by address and organization", async () => {
      const { store } = get();
      const app = await newApp(store);
      const organization = await newOrganization(store, app);
      const made = await create(store, newInvitation(app, organization));
      const page = { before: null, after: null, limit: 10, order: "asc" } as const;
      const list = async (filter: { email: string | null; organizationId: string | null }) =>
        (await store.invitations.page(app, filter, page)).items;
      expect(await list({ email: made.email, organizationId: organization })).toEqual([made]);
      expect(await list({ email: "x@example.com", organizationId: null })).toEqual([]);
      await store.organizations.delete(app, organization);
      expect(await list({ email: null, organizationId: null })).toEqual([]);
    });
  });
}
