import { describe, expect, test } from "vitest";
import { newRowId } from "../../sql/row-id.ts";
import type { CompletePendingResult, PendingSignIn, Store, User } from "../../store.ts";
import {
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
  tally,
} from "../samples.ts";
import type { StoreWorld } from "../store-world.ts";

const SECOND = 1000;

/** Whoever has a password and an address that nobody has proven. */
async function unproven(store: Store, appId: string): Promise<{ user: User; email: string }> {
  const email = newEmail().subject;
  const result = await store.profiles.create(appId, {
    ids: newUserIds(),
    email,
    verified: false,
    profile: {},
    passwordHash: "hash",
  });
  if (result.kind !== "created") throw new TypeError(result.kind);
  return { user: result.user, email };
}

const replayOf = (id: string) => ({
  id,
  requestHash: "hash",
  sealedAnswer: "sealed",
  lifetimeMs: MINUTE,
});

export function signInStepContract(get: () => StoreWorld): void {
  async function wait(waitsFor: PendingSignIn["waitsFor"] = "email_verification") {
    const { store } = get();
    const app = await newApp(store);
    const { user, email } = await unproven(store, app);
    const id = newRowId();
    const of = { appId: app, userId: user.id, email, waitsFor };
    await store.pendingSignIns.create({
      ...of,
      id,
      authMethod: "password",
      lifetimeMs: 10 * MINUTE,
    });
    return { ...of, id };
  }
  const complete = (
    { appId, id }: Pick<PendingSignIn, "appId" | "id">,
    more: { codeId?: string; organizationId?: string; replay?: string } = {},
    store = get().store,
  ): Promise<CompletePendingResult> =>
    store.pendingSignIns.complete({
      id,
      codeId: more.codeId ?? null,
      organizationId: more.organizationId ?? null,
      session: newSession(appId, { protocol: "app_server" }),
      replay: more.replay === undefined ? null : replayOf(more.replay),
    });

  describe("a pending sign-in", () => {
    test("proves the address, keeps its password and begins one session, whoever races", async () => {
      const { store, other } = get();
      const pending = await wait();
      const code = await storeCode(store, newCode(pending.appId));
      const results = await inParallel(6, { store, other }, (each) =>
        complete(pending, { codeId: code.id }, each),
      );
      expect(tally(results.map(({ kind }) => kind))).toEqual({ signed_in: 1, code_expired: 5 });
      expect(results.find(({ kind }) => kind === "signed_in")).toMatchObject({
        user: { id: pending.userId, accounts: [{ isVerified: true }] },
        session: { authMethod: "password", organizationId: null },
      });
      expect(await store.passwords.find(pending.userId)).toEqual({ hash: "hash" });
    });

    test("goes on waiting when its code was spent: nothing of it happens", async () => {
      const { store } = get();
      const pending = await wait();
      expect((await complete(pending, { codeId: "spent" })).kind).toBe("code_spent");
      expect(await store.pendingSignIns.find(pending.appId, pending.id)).toMatchObject(pending);
      const code = await storeCode(store, newCode(pending.appId));
      expect((await complete(pending, { codeId: code.id })).kind).toBe("signed_in");
      expect(await store.pendingSignIns.find(pending.appId, pending.id)).toBeNull();
    });

    test("begins in the organization that was chosen, and is repeated with its key (R6)", async () => {
      const pending = await wait("organization_selection");
      const replay = newRowId();
      const first = await complete(pending, { organizationId: "org_1", replay });
      expect(first).toMatchObject({ session: { organizationId: "org_1" } });
      expect((await complete(pending, { replay })).kind).toBe("repeated");
      expect((await complete(pending)).kind).toBe("code_expired");
    });

    test("is over after its time, in another app, and once the user was signed out everywhere", async () => {
      const { store, advance } = get();
      const [late, foreign, thrown] = [await wait(), await wait(), await wait()];
      const appId = await newApp(store);
      expect((await complete({ ...foreign, appId })).kind).toBe("code_expired");
      expect(await store.pendingSignIns.find(appId, foreign.id)).toBeNull();
      const account = { type: "email", subject: thrown.email };
      await signIn(store, signInRequest(thrown.appId, account));
      await advance(SECOND);
      await store.sessions.endAllOfUser(thrown.userId, "revoked");
      expect((await complete(thrown)).kind).toBe("code_expired");
      await advance(10 * MINUTE);
      expect((await complete(late)).kind).toBe("code_expired");
    });

    test("of a disabled user, or of one with another address by now, begins nothing", async () => {
      const { store } = get();
      const [disabled, moved] = [await wait(), await wait()];
      await store.users.setDisabled(disabled.appId, disabled.userId, true);
      expect((await complete(disabled)).kind).toBe("user_disabled");
      const change = { profile: {}, verified: null, passwordHash: null };
      const email = newEmail().subject;
      await store.profiles.update(moved.appId, moved.userId, { ...change, email });
      const code = await storeCode(store, newCode(moved.appId));
      expect((await complete(moved, { codeId: code.id })).kind).toBe("no_such_user");
    });
  });

  describe("a password reset", () => {
    async function begin() {
      const { store } = get();
      const app = await newApp(store);
      const { user, email } = await unproven(store, app);
      const make = async () => {
        const tokenHash = newRowId();
        const reset = { id: newRowId(), appId: app, userId: user.id, email, sealedToken: "sealed" };
        const made = await store.passwordResets.create({ ...reset, tokenHash, lifetimeMs: HOUR });
        return { tokenHash, reset: made };
      };
      return { app, user, make };
    }
    const redeem = (appId: string, tokenHash: string, store = get().store) =>
      store.passwordResets.redeem({ appId, tokenHash, passwordHash: "next" });

    test("is redeemed once, whoever races, and voids the others of its user", async () => {
      const { store, other } = get();
      const { app, user, make } = await begin();
      const [first, second] = [await make(), await make()];
      expect(await store.passwordResets.find(app, first.reset.id)).toEqual(first.reset);
      expect(await store.passwordResets.findByToken(first.tokenHash)).toEqual(first.reset);
      const results = await inParallel(6, { store, other }, (each) =>
        redeem(app, first.tokenHash, each),
      );
      expect(tally(results.map(({ kind }) => kind))).toEqual({ reset: 1, invalid_token: 5 });
      expect(await store.passwords.find(user.id)).toEqual({ hash: "next" });
      expect(await redeem(app, second.tokenHash)).toEqual({ kind: "invalid_token" });
      expect(await store.passwordResets.findByToken(second.tokenHash)).toBeNull();
    });

    test("is none after an hour, in another app, or for a disabled user", async () => {
      const { store, advance } = get();
      const { app, user, make } = await begin();
      const { tokenHash } = await make();
      expect((await redeem(await newApp(store), tokenHash)).kind).toBe("invalid_token");
      await store.users.setDisabled(app, user.id, true);
      expect((await redeem(app, tokenHash)).kind).toBe("user_disabled");
      await store.users.setDisabled(app, user.id, false);
      await advance(HOUR + SECOND);
      expect((await redeem(app, tokenHash)).kind).toBe("invalid_token");
      expect(await store.passwords.find(user.id)).toEqual({ hash: "hash" });
    });
  });

  test("a mailed code is found by its id, app and kind", async () => {
    const { store } = get();
    const app = await newApp(store);
    const { user, email } = await unproven(store, app);
    const of = { id: newRowId(), appId: app, userId: user.id, email, sealedCode: "sealed" };
    const made = await store.mailedCodes.create({ ...of, kind: "magic_auth", lifetimeMs: MINUTE });
    expect(made.expiresAt - made.createdAt).toBe(MINUTE);
    expect(await store.mailedCodes.find(app, "magic_auth", of.id)).toEqual(made);
    expect(await store.mailedCodes.find(app, "email_verification", of.id)).toBeNull();
    expect(await store.mailedCodes.find(await newApp(store), "magic_auth", of.id)).toBeNull();
  });
}
