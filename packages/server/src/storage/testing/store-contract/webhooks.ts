import { describe, expect, test } from "vitest";
import { newMembershipId, newOrganizationId } from "../../../apps/ids.ts";
import { newRowId } from "../../sql/row-id.ts";
import { sqlStore } from "../../sql/sql-store.ts";
import type { AfterAttempt, ClaimedDelivery, StoredSession, WebhookEndpoint } from "../../store.ts";
import {
  DAY,
  HOUR,
  inParallel,
  MINUTE,
  newApp,
  newCode,
  newEmail,
  newSession,
  newUserIds,
  signIn,
  signInRequest,
  storeCode,
} from "../samples.ts";
import type { StoreWorld } from "../store-world.ts";
import { newCustomAccount } from "./users.ts";

const LEASE = MINUTE;
const result = { status: 500, error: null, answer: "no", durationMs: 5 };
const RETRY: AfterAttempt = { kind: "retry", inMs: HOUR };
const FAILED: AfterAttempt = { kind: "failed", disable: null };

export function webhookContract(get: () => StoreWorld): void {
  async function endpointOf(app: string, events: readonly string[] = []): Promise<WebhookEndpoint> {
    const { webhooks } = get().store;
    const id = `ep_${newRowId()}`;
    const url = "https://hooks.example.com/";
    const made = { id, appId: app, url, description: "", events, sealedSecret: "sealed" };
    expect(await webhooks.createEndpoint(made, 100)).toBe(true);
    return (await webhooks.findEndpoint(app, id)) as WebhookEndpoint;
  }
  const typesAt = async ({ id }: WebhookEndpoint) => {
    const rows = await get().store.webhooks.deliveries(id, { after: null, limit: 100 });
    return rows.map(({ type }) => type).sort();
  };
  /** Everything due, of these endpoints: other tests' rows are due too. */
  async function claimOf(
    endpoints: readonly WebhookEndpoint[],
    options: { readonly perEndpoint?: number; readonly limit?: number } = {},
    store = get().store,
  ): Promise<ClaimedDelivery[]> {
    const claimed = await store.webhooks.claim({
      limit: 1000,
      perEndpoint: 1000,
      running: new Map(),
      leaseMs: LEASE,
      ...options,
    });
    const ids = endpoints.map(({ id }) => id);
    return claimed.filter(({ endpoint }) => ids.includes(endpoint.id));
  }
  const finish = (claimed: ClaimedDelivery | undefined, after: AfterAttempt, failingMs = DAY) =>
    get().store.webhooks.finish(claimed as ClaimedDelivery, result, after, failingMs);

  describe("webhooks", () => {
    test("are written with what happened, for each endpoint that takes the type", async () => {
      const { store } = get();
      const app = await newApp(store);
      const [all, some] = [await endpointOf(app), await endpointOf(app, ["user.deleted"])];
      const account = newEmail();
      const { user, session } = await signIn(store, signInRequest(app, account));
      const custom = newCustomAccount();
      await store.users.link(app, user.id, custom, null);
      await store.users.replaceAccount({
        appId: app,
        id: user.id,
        from: account,
        to: newEmail(),
        codeId: null,
        sid: session.id,
      });
      await store.users.unlink(app, user.id, custom, session.id);
      await store.sessions.end(session.id, "logout");
      await store.users.setDisabled(app, user.id, true);
      await store.users.setDisabled(app, user.id, false);
      const other = newSession(app);
      await signIn(
        store,
        signInRequest(app, (await account2(app, user.id)) as never, { session: other }),
      );
      await store.users.delete(app, user.id);
      expect(await typesAt(all)).toEqual(
        [
          "user.created",
          "user.authenticated",
          "session.created",
          "user.linked_account",
          "user.updated_account",
          "user.unlinked_account",
          "session.ended",
          "user.disabled",
          "user.enabled",
          "user.authenticated",
          "session.created",
          "user.deleted",
          "session.revoked",
        ].sort(),
      );
      expect(await typesAt(some)).toEqual(["user.deleted"]);
      const [claimed] = await claimOf([some]);
      expect(claimed?.event).toMatchObject({
        appId: app,
        happening: { type: "user.deleted", user: { id: user.id, accounts: [{ type: "email" }] } },
      });
    });

    const account2 = async (app: string, id: string) => {
      const [account] = (await get().store.users.find(app, id))?.accounts ?? [];
      return account && { type: account.type, subject: account.subject };
    };

    test("tell of reuse, once, and cost a refresh that goes on nothing: no read, no write", async () => {
      const { store, db, advance } = get();
      const app = await newApp(store);
      const endpoint = await endpointOf(app);
      const { session } = await signIn(store, signInRequest(app));
      const asked: string[] = [];
      const note = <A extends { compile(): { sql: string } } | { sql: string }>(query: A): A => {
        asked.push("sql" in query ? query.sql : query.compile().sql);
        return query;
      };
      const watched = sqlStore({
        ...db,
        all: (query) => db.all(note(query)),
        first: (query) => db.first(note(query)),
        write: (query) => db.write(note(query)),
        transaction: (work, options) =>
          db.transaction(
            (tx) =>
              work({
                now: tx.now,
                all: (query) => tx.all(note(query)),
                first: (query) => tx.first(note(query)),
              }),
            options,
          ),
      });
      const present = async (presented: number) => {
        const { session: stored, now } = await store.sessions.read(session.id);
        const { tokenHash, ...before } = stored as StoredSession;
        const policy = { windowMs: MINUTE, lateReplay: "forgive_once", idleMs: DAY } as const;
        return watched.sessions.refresh({
          before,
          tokenHash,
          presented,
          now,
          policy,
          currentKid: "kid-2",
          predicted: "reuse",
          requireClock: () => {},
        });
      };
      for (let generation = 0; generation < 3; generation++) {
        await advance(2 * MINUTE);
        expect((await present(generation))?.outcome).toBe("moved");
      }
      expect(asked.filter((statement) => statement.includes("webhook"))).toEqual([]);
      expect((await present(0))?.outcome).toBe("reuse");
      await present(0);
      const told = (await typesAt(endpoint)).filter((type) => type.startsWith("session."));
      expect(told).toEqual(["session.created", "session.reuse_detected"]);
    });

    test("tell of organizations, members and invitations, and never of an invitation's token", async () => {
      const { store } = get();
      const app = await newApp(store);
      const endpoint = await endpointOf(app);
      const organizationId = newOrganizationId();
      await store.organizations.create({ id: organizationId, appId: app, name: "Engines" });
      await store.organizations.update(app, organizationId, { name: "Engines Ltd" });
      const { user } = await signIn(store, signInRequest(app));
      const id = newMembershipId();
      const member = { id, appId: app, organizationId, userId: user.id, roles: ["member"] };
      await store.organizations.addMember(member);
      await store.organizations.changeMembership(app, id, { roles: ["admin"] });
      await store.organizations.removeMembership(app, id);
      const invite = () =>
        store.invitations.create({
          id: `invitation_${newRowId()}`,
          appId: app,
          email: newEmail().subject,
          organizationId,
          role: null,
          inviterUserId: null,
          sealedToken: "the sealed token",
          tokenHash: newRowId(),
          lifetimeMs: DAY,
        });
      for (const end of ["accept", "revoke"] as const) {
        const made = await invite();
        if (made.kind !== "created") throw new TypeError(made.kind);
        if (end === "revoke") await store.invitations.revoke(app, made.invitation.id);
        else {
          const joining = {
            userId: user.id,
            membershipId: newMembershipId(),
            defaultRole: "member",
          };
          await store.invitations.accept(app, made.invitation.id, joining);
        }
      }
      await store.organizations.delete(app, organizationId);
      expect((await typesAt(endpoint)).filter((type) => !/^(user|session)\./.test(type))).toEqual([
        "invitation.accepted",
        "invitation.created",
        "invitation.created",
        "invitation.revoked",
        "organization.created",
        "organization.deleted",
        "organization.updated",
        "organization_membership.created",
        "organization_membership.created",
        "organization_membership.deleted",
        "organization_membership.updated",
      ]);
      expect(JSON.stringify(await claimOf([endpoint]))).not.toContain("the sealed token");
    });

    test("tell of an address that was proven at last, and of none that was proven before", async () => {
      const { store } = get();
      const app = await newApp(store);
      const endpoint = await endpointOf(app, ["user.updated_account"]);
      const account = newEmail();
      const created = await store.profiles.create(app, {
        ids: newUserIds(),
        email: account.subject,
        verified: false,
        profile: {},
        passwordHash: null,
      });
      if (created.kind !== "created") throw new TypeError(created.kind);
      const { id } = created.user;
      for (let times = 0; times < 2; times++) {
        const code = await storeCode(store, newCode(app));
        const proof = { appId: app, id, email: account.subject, codeId: code.id };
        expect(await store.profiles.verifyEmail(proof)).not.toBeNull();
      }
      await signIn(store, signInRequest(app, account));
      expect(await typesAt(endpoint)).toEqual(["user.updated_account"]);
    });

    test("are written for nobody where no endpoint takes them, and not when the change is undone", async () => {
      const { store, db } = get();
      const app = await newApp(store);
      const events = () =>
        db.all(db.build.selectFrom("webhook_events").selectAll().where("app_id", "=", app));
      await signIn(store, signInRequest(app));
      const endpoint = await endpointOf(app, ["user.created"]);
      const { url, ...off } = { url: endpoint.url, enabled: false };
      const disabled = await store.webhooks.updateEndpoint(endpoint, off);
      await signIn(store, signInRequest(app));
      expect(await events()).toEqual([]);
      await store.webhooks.updateEndpoint(disabled as WebhookEndpoint, { url, enabled: true });
      const spent = signInRequest(app, newEmail(), { codeId: "no such code" });
      expect(await store.sessions.signIn(spent)).toEqual({ kind: "code_spent" });
      expect(await events()).toEqual([]);
      await signIn(store, signInRequest(app));
      expect((await events()).map(({ type }) => type)).toEqual(["user.created"]);
    });

    test("are taken by one server each, however many look at once", async () => {
      const world = get();
      const app = await newApp(world.store);
      const endpoint = await endpointOf(app, ["user.created"]);
      for (let count = 0; count < 12; count++) await signIn(world.store, signInRequest(app));
      const rounds = await inParallel(6, world, (store) => claimOf([endpoint], {}, store));
      const ids = rounds.flat().map(({ delivery }) => delivery.id);
      expect(ids).toHaveLength(12);
      expect(new Set(ids).size).toBe(12);
      expect(await claimOf([endpoint])).toEqual([]);
    });

    test("of one endpoint never fill the round: others get their turn", async () => {
      const { store } = get();
      const app = await newApp(store);
      const slow = await endpointOf(app, ["user.created"]);
      for (let count = 0; count < 8; count++) await signIn(store, signInRequest(app));
      const other = await newApp(store);
      const quick = await endpointOf(other, ["user.created"]);
      await signIn(store, signInRequest(other));
      const first = await claimOf([slow, quick], { perEndpoint: 3 });
      const at = (endpoint: WebhookEndpoint) =>
        first.filter((each) => each.endpoint.id === endpoint.id).length;
      expect([at(slow), at(quick)]).toEqual([3, 1]);
      const running = new Map([[slow.id, 3]]);
      const options = { limit: 1000, perEndpoint: 3, running, leaseMs: LEASE };
      const second = await store.webhooks.claim(options);
      expect(second.filter((each) => each.endpoint.id === slow.id)).toEqual([]);
    });

    test("of a server that died are taken again after its lease, and it finishes nothing any more", async () => {
      const { store, advance } = get();
      const app = await newApp(store);
      const endpoint = await endpointOf(app, ["user.created"]);
      await signIn(store, signInRequest(app));
      const [dead] = await claimOf([endpoint]);
      expect(await claimOf([endpoint])).toEqual([]);
      await advance(LEASE);
      const [alive] = await claimOf([endpoint]);
      expect(alive?.delivery.id).toBe(dead?.delivery.id);
      expect(await finish(dead, FAILED)).toBe(false);
      expect(await finish(alive, { kind: "delivered" })).toBe(true);
      const delivery = await store.webhooks.findDelivery(endpoint.id, dead?.delivery.id ?? "");
      expect(delivery).toMatchObject({ state: "delivered", dueAt: null, tries: 1 });
      // Both attempts were made, and the log says so.
      expect(await store.webhooks.attempts(dead?.delivery.id ?? "")).toHaveLength(2);
    });

    test("are tried again when it is time, and from the beginning when somebody asks", async () => {
      const { store, advance } = get();
      const app = await newApp(store);
      const endpoint = await endpointOf(app, ["user.created"]);
      await signIn(store, signInRequest(app));
      const [first] = await claimOf([endpoint]);
      await finish(first, RETRY);
      expect(await claimOf([endpoint])).toEqual([]);
      await advance(HOUR);
      const [second] = await claimOf([endpoint]);
      expect(second?.delivery.tries).toBe(1);
      await finish(second, FAILED);
      const id = first?.delivery.id ?? "";
      const failed = await store.webhooks.findDelivery(endpoint.id, id);
      expect(failed?.state).toBe("failed");
      const later = (failed?.createdAt ?? 0) + 1;
      expect(await store.webhooks.resendFailed(endpoint.id, later)).toBe(0);
      expect(await store.webhooks.resendFailed(endpoint.id, later - 1)).toBe(1);
      expect((await claimOf([endpoint])).map(({ delivery }) => delivery.tries)).toEqual([0]);
    });

    test("turn an endpoint off that says it is gone, and give up what waits for it", async () => {
      const { store } = get();
      const app = await newApp(store);
      const endpoint = await endpointOf(app, ["user.created"]);
      await signIn(store, signInRequest(app));
      await signIn(store, signInRequest(app));
      const [first] = await claimOf([endpoint], { perEndpoint: 1 });
      await finish(first, { kind: "failed", disable: "gone" });
      const off = await store.webhooks.findEndpoint(app, endpoint.id);
      expect(off).toMatchObject({ enabled: false, disabledReason: "gone" });
      expect(await claimOf([endpoint])).toEqual([]);
      const log = await store.webhooks.deliveries(endpoint.id, { after: null, limit: 10 });
      expect(log.map(({ state }) => state)).toEqual(["failed", "failed"]);
      const on = await store.webhooks.updateEndpoint(off as WebhookEndpoint, { enabled: true });
      expect(on).toMatchObject({ enabled: true, disabledReason: null, failingAt: null });
    });

    test("turn an endpoint off that accepted nothing for long, never one that recovered", async () => {
      const { store, advance } = get();
      const app = await newApp(store);
      const endpoint = await endpointOf(app, ["user.created"]);
      const next = async (after: AfterAttempt) => {
        await signIn(store, signInRequest(app));
        const [claimed] = await claimOf([endpoint]);
        await finish(claimed, after, 5 * DAY);
        return (await store.webhooks.findEndpoint(app, endpoint.id)) as WebhookEndpoint;
      };
      expect((await next(FAILED)).enabled).toBe(true);
      await advance(4 * DAY);
      expect(await next({ kind: "delivered" })).toMatchObject({ enabled: true, failingAt: null });
      await advance(2 * DAY);
      expect((await next(FAILED)).enabled).toBe(true);
      await advance(5 * DAY);
      expect(await next(RETRY)).toMatchObject({ enabled: true });
      expect(await next(FAILED)).toMatchObject({ enabled: false, disabledReason: "failing" });
    });

    test("keep nobody's change out: who edits what was edited meanwhile is told", async () => {
      const { store } = get();
      const app = await newApp(store);
      const endpoint = await endpointOf(app);
      expect(await store.webhooks.updateEndpoint(endpoint, { description: "one" })).not.toBeNull();
      expect(await store.webhooks.updateEndpoint(endpoint, { description: "two" })).toBeNull();
    });

    test("are gone with their endpoint, and one that was on its way harms nothing", async () => {
      const { store } = get();
      const app = await newApp(store);
      const endpoint = await endpointOf(app, ["user.created"]);
      await signIn(store, signInRequest(app));
      const [claimed] = await claimOf([endpoint]);
      expect(await store.webhooks.deleteEndpoint(await newApp(store), endpoint.id)).toBe(false);
      expect(await store.webhooks.deleteEndpoint(app, endpoint.id)).toBe(true);
      expect(await finish(claimed, FAILED)).toBe(false);
      expect(await store.webhooks.findDelivery(endpoint.id, claimed?.delivery.id ?? "")).toBeNull();
    });

    test("are forgotten after 30 days, with what they say about users", async () => {
      const { store, advance, db } = get();
      const app = await newApp(store);
      const endpoint = await endpointOf(app, ["user.created"]);
      await signIn(store, signInRequest(app));
      const [claimed] = await claimOf([endpoint]);
      await finish(claimed, { kind: "delivered" });
      const left = async () => {
        while ((await store.purging.purge(1000)) > 0);
        const events = db.build.selectFrom("webhook_events").selectAll();
        return [
          (await typesAt(endpoint)).length,
          (await db.all(events.where("app_id", "=", app))).length,
          (await store.webhooks.attempts(claimed?.delivery.id ?? "")).length,
        ];
      };
      await advance(30 * DAY - MINUTE);
      expect(await left()).toEqual([1, 1, 1]);
      await advance(2 * MINUTE);
      expect(await left()).toEqual([0, 0, 0]);
    });
  });
}
