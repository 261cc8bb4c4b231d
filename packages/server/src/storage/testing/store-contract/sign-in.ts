import { describe, expect, test } from "vitest";
import { newRowId } from "../../sql/row-id.ts";
import {
  DAY,
  HOUR,
  inParallel,
  MINUTE,
  newApp,
  newCode,
  newEmail,
  newSession,
  signIn,
  signInRequest,
  storeCode,
  tally,
} from "../samples.ts";
import type { StoreWorld } from "../store-world.ts";

export function signInContract(get: () => StoreWorld): void {
  describe("signIn (R6)", () => {
    test("begins a user and a session for an unknown account, at one time", async () => {
      const { store } = get();
      const app = await newApp(store);
      const request = signInRequest(app);
      const { user, session, isNewUser } = await signIn(store, request);
      expect(isNewUser).toBe(true);
      expect(user).toMatchObject({ ...request.newUser, appId: app, isGuest: false });
      expect(user.accounts).toMatchObject([
        { ...request.account, verifiedAt: user.createdAt, latestVerifiedAt: user.createdAt },
      ]);
      expect(session).toMatchObject({
        id: request.session.id,
        userId: user.id,
        generation: 0,
        lateGeneration: null,
        endedAt: null,
        createdAt: user.createdAt,
        movedAt: user.createdAt,
        authenticatedAt: user.createdAt,
      });
      expect((await store.sessions.read(session.id)).session).toMatchObject(session);
      expect(await store.sessions.events(session.id)).toMatchObject([{ type: "signed_in" }]);
    });

    test("ends at whole seconds, which the refresh token carries, idle never after absolute", async () => {
      const { store } = get();
      const app = await newApp(store);
      const times = { lifetimeMs: 90_001, idleMs: 999_999 };
      const request = signInRequest(app, newEmail(), { session: newSession(app, times) });
      const { session } = await signIn(store, request);
      expect(session.absoluteExpiresAt % 1000).toBe(0);
      expect(session.absoluteExpiresAt).toBeLessThanOrEqual(session.createdAt + 90_001);
      expect(session.absoluteExpiresAt).toBeGreaterThan(session.createdAt + 89_000);
      expect(session.idleExpiresAt).toBe(session.absoluteExpiresAt);
    });

    test("finds the user again by any of the accounts, under a new session (ASVS 7.2.4)", async () => {
      const { store, advance } = get();
      const app = await newApp(store);
      const email = newEmail();
      const first = await signIn(store, signInRequest(app, email));
      const custom = { type: "custom_auth", subject: newRowId() };
      await store.users.link(app, first.user.id, custom, null);
      await advance(HOUR);
      const again = await signIn(store, signInRequest(app, custom));
      expect(again.isNewUser).toBe(false);
      expect(again.user.id).toBe(first.user.id);
      expect(again.session.id).not.toBe(first.session.id);
      const account = again.user.accounts.find(({ type }) => type === "custom_auth");
      expect(account?.latestVerifiedAt).toBe(again.session.createdAt);
      expect(account?.firstVerifiedAt).toBeLessThan(again.session.createdAt);
      expect((await store.sessions.read(first.session.id)).session?.endedAt).toBeNull();
    });

    test("keeps apps apart: one address is a user of each", async () => {
      const { store } = get();
      const email = newEmail();
      const [one, two] = [await newApp(store), await newApp(store)];
      const { user } = await signIn(store, signInRequest(one, email));
      const other = await signIn(store, signInRequest(two, email));
      expect(other.isNewUser).toBe(true);
      expect(other.user.id).not.toBe(user.id);
    });

    test("makes no user where that is not asked for", async () => {
      const { store } = get();
      const app = await newApp(store);
      const request = signInRequest(app, newEmail(), { allowSignUp: false });
      expect(await store.sessions.signIn(request)).toEqual({ kind: "no_such_user" });
      expect(await store.users.findByAccount(app, request.account)).toBeNull();
    });

    test("twenty first sign-ins of one address at once make one user and twenty sessions", async () => {
      const world = get();
      const app = await newApp(world.store);
      const email = newEmail();
      const results = await inParallel(20, world, (store) =>
        signIn(store, signInRequest(app, email)),
      );
      expect(new Set(results.map(({ user }) => user.id)).size).toBe(1);
      expect(new Set(results.map(({ session }) => session.id)).size).toBe(20);
      expect(results.filter(({ isNewUser }) => isNewUser)).toHaveLength(1);
      expect(await world.store.users.list(app, { after: null, limit: 10 })).toHaveLength(1);
    });

    test("refuses users beyond the app's number, however many come at once, and lets the known in", async () => {
      const world = get();
      const app = await newApp(world.store);
      const limited = { maxUsers: 5 };
      const results = await inParallel(20, world, (store) =>
        store.sessions.signIn(signInRequest(app, newEmail(), limited)),
      );
      expect(tally(results.map(({ kind }) => kind))).toEqual({ signed_in: 5, too_many_users: 15 });
      expect(await world.store.users.list(app, { after: null, limit: 50 })).toHaveLength(5);
      const [known] = await world.store.users.list(app, { after: null, limit: 1 });
      const [account] = known?.accounts ?? [];
      const again = signInRequest(app, account, limited);
      expect(await world.store.sessions.signIn(again)).toMatchObject({ kind: "signed_in" });
    });

    test("refuses a disabled user and takes one that was enabled again", async () => {
      const { store } = get();
      const app = await newApp(store);
      const request = signInRequest(app);
      const { user } = await signIn(store, request);
      await store.users.setDisabled(app, user.id, true);
      const code = await storeCode(store, newCode(app));
      const again = () =>
        store.sessions.signIn(signInRequest(app, request.account, { codeId: code.id }));
      expect(await again()).toEqual({ kind: "user_disabled" });
      await store.users.setDisabled(app, user.id, false);
      // The refusal was all or nothing: the code is not spent.
      expect(await again()).toMatchObject({ kind: "signed_in", isNewUser: false });
    });

    test("after a deletion the address begins anew", async () => {
      const { store } = get();
      const app = await newApp(store);
      const request = signInRequest(app);
      const { user } = await signIn(store, request);
      expect(await store.users.delete(app, user.id)).toBe(true);
      const again = await signIn(store, signInRequest(app, request.account));
      expect(again).toMatchObject({ isNewUser: true });
      expect(again.user.id).not.toBe(user.id);
    });
  });

  describe("signIn spends a one-time code in the same transaction (ASVS 6.5.1)", () => {
    test("once, under twenty attempts at once", async () => {
      const world = get();
      const app = await newApp(world.store);
      const code = await storeCode(world.store, newCode(app));
      const results = await inParallel(20, world, (store) =>
        store.sessions.signIn(signInRequest(app, newEmail(), { codeId: code.id })),
      );
      expect(tally(results.map(({ kind }) => kind))).toEqual({ signed_in: 1, code_spent: 19 });
      // Who came too late left nothing behind.
      expect(await world.store.users.list(app, { after: null, limit: 50 })).toHaveLength(1);
    });

    test("not one that ran out meanwhile, nor an unknown one", async () => {
      const { store, advance } = get();
      const app = await newApp(store);
      const code = await storeCode(store, newCode(app));
      await advance(10 * MINUTE);
      for (const codeId of [code.id, "unknown"]) {
        const request = signInRequest(app, newEmail(), { codeId });
        expect(await store.sessions.signIn(request)).toEqual({ kind: "code_spent" });
        expect(await store.users.findByAccount(app, request.account)).toBeNull();
        expect((await store.sessions.read(request.session.id)).session).toBeNull();
      }
    });
  });

  describe("signIn keeps an answer for a repeat (R6)", () => {
    const newReplay = () => ({
      id: newRowId(),
      requestHash: newRowId(),
      sealedAnswer: newRowId(),
      lifetimeMs: MINUTE,
    });

    test("while it lives", async () => {
      const { store, advance } = get();
      const app = await newApp(store);
      const replay = newReplay();
      expect(await store.sessions.findReplay(replay.id)).toBeNull();
      await signIn(store, signInRequest(app, newEmail(), { replay }));
      expect(await store.sessions.findReplay(replay.id)).toEqual({
        requestHash: replay.requestHash,
        sealedAnswer: replay.sealedAnswer,
      });
      await advance(MINUTE);
      expect(await store.sessions.findReplay(replay.id)).toBeNull();
    });

    test("and none for a sign-in that was refused", async () => {
      const { store } = get();
      const app = await newApp(store);
      const replay = newReplay();
      await store.sessions.signIn(signInRequest(app, newEmail(), { replay, codeId: "unknown" }));
      expect(await store.sessions.findReplay(replay.id)).toBeNull();
    });

    test("takes the key anew once it has run out, purged or not", async () => {
      const { store, advance } = get();
      const app = await newApp(store);
      const [replay, later] = [newReplay(), newReplay()];
      await signIn(store, signInRequest(app, newEmail(), { replay }));
      await advance(DAY);
      const again = { ...later, id: replay.id };
      await signIn(store, signInRequest(app, newEmail(), { replay: again }));
      expect(await store.sessions.findReplay(replay.id)).toMatchObject({
        requestHash: later.requestHash,
      });
    });

    test("of two sign-ins with one live key begins one, and says of the other that it repeats", async () => {
      const world = get();
      const app = await newApp(world.store);
      const replay = newReplay();
      const results = await inParallel(20, world, (store) =>
        store.sessions.signIn(signInRequest(app, newEmail(), { replay })),
      );
      expect(tally(results.map(({ kind }) => kind))).toEqual({ signed_in: 1, repeated: 19 });
      expect(await world.store.users.list(app, { after: null, limit: 50 })).toHaveLength(1);
    });
  });
}
