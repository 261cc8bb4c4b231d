import { describe, expect, test } from "vitest";
import { newRowId } from "../../sql/row-id.ts";
import type { DeviceExchangeResult, Store } from "../../store.ts";
import { inParallel, MINUTE, newApp, newEmail, newSession, newUserIds, tally } from "../samples.ts";
import type { StoreWorld } from "../store-world.ts";

const SECOND = 1000;

async function newGrant(store: Store, appId: string) {
  const grant = { id: newRowId(), userCode: newRowId() };
  const created = await store.deviceGrants.create({
    ...grant,
    appId,
    userAgent: "television",
    ip: "192.0.2.7",
    intervalMs: 5 * SECOND,
    lifetimeMs: 10 * MINUTE,
  });
  expect(created).toBe(true);
  return grant;
}

async function newUser(store: Store, appId: string): Promise<string> {
  const proof = { appId, account: newEmail(), allowSignUp: true, newUser: newUserIds() };
  const result = await store.users.proveAccount({ ...proof, maxUsers: null, codeId: null });
  if (result.kind !== "proven") throw new TypeError(result.kind);
  return result.user.id;
}

const replayOf = (id: string) => ({
  id,
  requestHash: "hash",
  sealedAnswer: "sealed",
  lifetimeMs: MINUTE,
});

export function deviceGrantContract(get: () => StoreWorld): void {
  const poll = (
    appId: string,
    id: string,
    replay: string | null = null,
    store = get().store,
  ): Promise<DeviceExchangeResult> =>
    store.deviceGrants.exchange({
      id,
      session: newSession(appId, { protocol: "app_server" }),
      replay: replay === null ? null : replayOf(replay),
    });

  async function approve(id: string, userId: string): Promise<boolean> {
    const authenticatedAt = await get().store.now();
    const decision = { kind: "approved", userId, authMethod: "password", authenticatedAt } as const;
    return get().store.deviceGrants.decide(id, decision);
  }

  describe("device grants (RFC 8628)", () => {
    test("begin one session for the user who approved, however many polls arrive at once", async () => {
      const { store, other } = get();
      const app = await newApp(store);
      const user = await newUser(store, app);
      const { id } = await newGrant(store, app);
      expect(await poll(app, id)).toEqual({ kind: "pending" });
      expect(await approve(id, user)).toBe(true);
      const results = await inParallel(6, { store, other }, (each) => poll(app, id, null, each));
      expect(tally(results.map(({ kind }) => kind))).toEqual({ signed_in: 1, code_spent: 5 });
      expect(results.find(({ kind }) => kind === "signed_in")).toMatchObject({
        user: { id: user },
        session: { authMethod: "password", impersonator: null },
      });
    });

    test("are slowed down by five seconds each time that a device asks too soon (section 3.5)", async () => {
      const { store, advance } = get();
      const app = await newApp(store);
      const { id } = await newGrant(store, app);
      expect((await poll(app, id)).kind).toBe("pending");
      await advance(5 * SECOND);
      expect((await poll(app, id)).kind).toBe("pending");
      await advance(2 * SECOND);
      expect((await poll(app, id)).kind).toBe("too_fast");
      await advance(5 * SECOND);
      expect((await poll(app, id)).kind).toBe("too_fast");
      await advance(15 * SECOND);
      expect((await poll(app, id)).kind).toBe("pending");
    });

    test("are decided once, and not after their time", async () => {
      const { store, advance } = get();
      const app = await newApp(store);
      const user = await newUser(store, app);
      const [denied, late] = [await newGrant(store, app), await newGrant(store, app)];
      expect(await store.deviceGrants.findPending({ userCode: denied.userCode })).toEqual({
        id: denied.id,
        appId: app,
        userAgent: "television",
        ip: "192.0.2.7",
      });
      expect(await store.deviceGrants.decide(denied.id, { kind: "denied" })).toBe(true);
      expect(await approve(denied.id, user)).toBe(false);
      expect(await store.deviceGrants.findPending({ userCode: denied.userCode })).toBeNull();
      expect((await poll(app, denied.id)).kind).toBe("denied");
      await advance(10 * MINUTE + SECOND);
      expect(await store.deviceGrants.findPending({ id: late.id })).toBeNull();
      expect(await approve(late.id, user)).toBe(false);
      expect((await poll(app, late.id)).kind).toBe("code_expired");
    });

    test("of another app, or unknown, are not there; one user code names one grant", async () => {
      const { store } = get();
      const [app, other] = [await newApp(store), await newApp(store)];
      const { id, userCode } = await newGrant(store, app);
      expect((await poll(other, id)).kind).toBe("unknown");
      expect((await poll(app, newRowId())).kind).toBe("unknown");
      const twin = { id: newRowId(), appId: app, userCode, userAgent: null, ip: null };
      const times = { intervalMs: SECOND, lifetimeMs: MINUTE };
      expect(await store.deviceGrants.create({ ...twin, ...times })).toBe(false);
    });

    test("a poll repeated with its Idempotency-Key is told so (R6)", async () => {
      const { store } = get();
      const app = await newApp(store);
      const { id } = await newGrant(store, app);
      await approve(id, await newUser(store, app));
      const key = newRowId();
      expect((await poll(app, id, key)).kind).toBe("signed_in");
      expect((await poll(app, id, key)).kind).toBe("repeated");
      expect((await poll(app, id, newRowId())).kind).toBe("code_spent");
    });

    test("begin nothing for a user who was disabled, deleted or signed out everywhere meanwhile", async () => {
      const { store, advance } = get();
      const app = await newApp(store);
      const approved = async () => {
        const user = await newUser(store, app);
        const { id } = await newGrant(store, app);
        await approve(id, user);
        return { user, id };
      };
      const disabled = await approved();
      await store.users.setDisabled(app, disabled.user, true);
      expect((await poll(app, disabled.id)).kind).toBe("user_disabled");
      const deleted = await approved();
      await store.users.delete(app, deleted.user);
      expect((await poll(app, deleted.id)).kind).toBe("unknown");
      const twice = await approved();
      await poll(app, twice.id);
      const { id } = await newGrant(store, app);
      await approve(id, twice.user);
      await advance(SECOND);
      await store.sessions.endAllOfUser(twice.user, "revoked");
      expect((await poll(app, id)).kind).toBe("code_expired");
    });
  });
}
