import { describe, expect, test } from "vitest";
import { newRowId } from "../../sql/row-id.ts";
import type { AdminRole, Store } from "../../store.ts";
import { DAY, inParallel, MINUTE, tally } from "../samples.ts";
import type { StoreWorld } from "../store-world.ts";

const invite = (store: Store, email: string | null, role: AdminRole = "owner") => {
  const tokenHash = newRowId();
  return store.admins
    .invite({ id: newRowId(), tokenHash, email, role }, DAY)
    .then((invitation) => ({ invitation, tokenHash }));
};

const address = () => `${newRowId().toLowerCase()}@example.com`;

export function adminContract(get: () => StoreWorld): void {
  const newAdmin = async (store: Store, role: AdminRole = "owner") => {
    const { tokenHash } = await invite(store, address(), role);
    const result = await store.admins.redeem(tokenHash, null, newRowId(), false);
    if (result.kind !== "redeemed") throw new Error(result.kind);
    return result.admin;
  };

  describe("administrators", () => {
    test("come by invitation: once, and with the address it names", async () => {
      const { store } = get();
      const email = address();
      const { invitation, tokenHash } = await invite(store, email, "editor");
      expect(await store.admins.invitations()).toContainEqual(invitation);
      expect(await store.admins.redeem(tokenHash, address(), newRowId(), false)).toEqual({
        kind: "other_address",
      });
      const id = newRowId();
      const redeemed = await store.admins.redeem(tokenHash, email, id, false);
      expect(redeemed).toMatchObject({
        kind: "redeemed",
        admin: { id, email, role: "editor", lastSeenAt: null },
      });
      expect(await store.admins.redeem(tokenHash, email, newRowId(), false)).toEqual({
        kind: "unknown",
      });
      expect(await store.admins.findByEmail(email)).toEqual(await store.admins.find(id));
      expect(await store.admins.invitations()).not.toContainEqual(invitation);
    });

    test("name their address where the invitation names none", async () => {
      const { store } = get();
      const { tokenHash } = await invite(store, null);
      expect(await store.admins.redeem(tokenHash, null, newRowId(), false)).toEqual({
        kind: "address_needed",
      });
      expect((await store.admins.redeem(tokenHash, address(), newRowId(), false)).kind).toBe(
        "redeemed",
      );
    });

    test("an invitation is spent once by twelve who open it together", async () => {
      const world = get();
      const { tokenHash } = await invite(world.store, null);
      const results = await inParallel(12, world, (store) =>
        store.admins.redeem(tokenHash, address(), newRowId(), false),
      );
      expect(tally(results.map(({ kind }) => kind))).toEqual({ redeemed: 1, unknown: 11 });
    });

    test("an invitation of the operator raises who is there already, an owner's does not; neither is a way into what allows more than it (ASVS 8.2.1)", async () => {
      const { store } = get();
      const { id, email } = await newAdmin(store, "editor");
      for (const named of [email, null]) {
        const less = await invite(store, named, "viewer");
        const result = await store.admins.redeem(less.tokenHash, email, newRowId(), true);
        expect(result).toEqual({ kind: "address_taken" });
        expect(await store.admins.invitations()).toContainEqual(less.invitation);
      }
      const { tokenHash } = await invite(store, email, "owner");
      expect(await store.admins.redeem(tokenHash, null, newRowId(), false)).toEqual({
        kind: "address_taken",
      });
      const raised = await store.admins.redeem(tokenHash, null, newRowId(), true);
      expect(raised).toMatchObject({ kind: "redeemed", admin: { id, role: "owner" } });
    });

    test("an invitation without an address is nobody else's name, but an operator's for an owner", async () => {
      const { store } = get();
      const { id, email } = await newAdmin(store, "editor");
      const open = await invite(store, null, "editor");
      expect(await store.admins.redeem(open.tokenHash, email, newRowId(), true)).toEqual({
        kind: "address_taken",
      });
      const owner = await invite(store, null, "owner");
      expect(await store.admins.redeem(owner.tokenHash, email, newRowId(), false)).toEqual({
        kind: "address_taken",
      });
      const result = await store.admins.redeem(owner.tokenHash, email, newRowId(), true);
      expect(result).toMatchObject({ kind: "redeemed", admin: { id, role: "owner" } });
    });

    test("an invitation ends when it is withdrawn", async () => {
      const { store } = get();
      const { invitation, tokenHash } = await invite(store, null);
      expect(await store.admins.revokeInvitation(invitation.id)).toEqual(invitation);
      expect(await store.admins.revokeInvitation(invitation.id)).toBeNull();
      expect(await store.admins.redeem(tokenHash, address(), newRowId(), false)).toEqual({
        kind: "unknown",
      });
    });

    test("the last owner stays one, also when all owners leave at once", async () => {
      const { store } = get();
      const one = await newAdmin(store);
      for (const other of await store.admins.list()) {
        if (other.id !== one.id) await store.admins.remove(other.id);
      }
      expect(await store.admins.remove(one.id)).toBe("last_owner");
      expect(await store.admins.changeRole(one.id, "viewer")).toBe("last_owner");
      const owners = [one, await newAdmin(store), await newAdmin(store), await newAdmin(store)];
      const results = await Promise.all(owners.map(({ id }) => store.admins.remove(id)));
      expect(results.filter((result) => result === "last_owner")).toHaveLength(1);
      expect((await store.admins.list()).filter(({ role }) => role === "owner")).toHaveLength(1);
    });

    test("changing or removing nobody says so", async () => {
      const { store } = get();
      expect(await store.admins.changeRole("nobody", "viewer")).toBeNull();
      expect(await store.admins.remove("nobody")).toBeNull();
    });
  });

  describe("keys of the management API", () => {
    test("are found by their hash until they end or are revoked", async () => {
      const { store } = get();
      const hash = newRowId();
      const wanted = { id: newRowId(), hash, name: "deploy", role: "editor" } as const;
      const key = await store.admins.createApiKey(wanted, null);
      expect(await store.admins.findApiKey(hash)).toEqual(key);
      expect(await store.admins.apiKeys()).toContainEqual(key);
      await store.admins.apiKeySeen(key.id);
      expect((await store.admins.findApiKey(hash))?.lastUsedAt).toEqual(expect.any(Number));
      expect(await store.admins.revokeApiKey(key.id)).toMatchObject({ id: key.id });
      expect(await store.admins.findApiKey(hash)).toBeNull();
      const short = { ...wanted, id: newRowId(), hash: newRowId() };
      await store.admins.createApiKey(short, -MINUTE);
      expect(await store.admins.findApiKey(short.hash)).toBeNull();
    });
  });

  describe("the audit log", () => {
    const actor = { kind: "admin", id: "a1", name: "ada@example.com" } as const;

    test("keeps an entry from before the change, and what came of it", async () => {
      const { store } = get();
      const id = newRowId();
      const entry = {
        ...{ id, actor, action: "updateApp", appId: "app1", target: "/apps/app1" },
        requestId: "r1",
      };
      await store.audit.begin(entry);
      const find = async () =>
        (await store.audit.list({ action: "updateApp", after: null, limit: 100 })).find(
          (each) => each.id === id,
        );
      expect(await find()).toMatchObject({ ...entry, outcome: "begun", before: null, after: null });
      await store.audit.finish(id, { outcome: "done", before: '{"a":1}', after: '{"a":2}' });
      expect(await find()).toMatchObject({ outcome: "done", before: '{"a":1}', after: '{"a":2}' });
    });

    test("is read in pages, newest first, by what one looks for", async () => {
      const { store } = get();
      const appId = newRowId();
      const ids = Array.from({ length: 5 }, newRowId);
      for (const id of ids) {
        const entry = { id, actor, action: "disableUser", appId, target: null, requestId: null };
        await store.audit.begin(entry);
      }
      const seen: string[] = [];
      let after: { at: number; id: string } | null = null;
      for (;;) {
        const page = await store.audit.list({ appId, after, limit: 2 });
        seen.push(...page.map(({ id }) => id));
        const last = page.at(-1);
        if (!last) break;
        after = last;
      }
      expect([...seen].sort()).toEqual([...ids].sort());
      const other = await store.audit.list({ appId, actorId: "nobody", after: null, limit: 10 });
      expect(other).toEqual([]);
      const future = { appId, since: (await store.now()) + DAY, after: null, limit: 10 };
      expect(await store.audit.list(future)).toEqual([]);
    });

    test("is kept until somebody says how long: then its oldest lines go first", async () => {
      const { store, advance } = get();
      const appId = newRowId();
      const write = async () => {
        const id = newRowId();
        const actor = { kind: "anyone", id: null, name: null } as const;
        await store.audit.begin({ id, actor, action: "a", appId, target: null, requestId: null });
        return id;
      };
      const first = await write();
      await advance(1000);
      const second = await write();
      await advance(1000);
      const third = await write();
      // Only now: where the database's clock cannot be set, time passes by making rows older.
      const entries = await store.audit.list({ appId, after: null, limit: 10 });
      const secondAt = entries.find(({ id }) => id === second)?.at ?? 0;
      const left = async () =>
        (await store.audit.list({ appId, after: null, limit: 10 })).map(({ id }) => id);
      expect(await left()).toEqual([third, second, first]);
      while ((await store.audit.forget(secondAt - 1, 1)) > 0);
      expect(await left()).toEqual([third, second]);
      await Promise.all([store.audit.forget(secondAt, 100), store.audit.forget(secondAt, 100)]);
      expect(await left()).toEqual([third]);
    });
  });
}
