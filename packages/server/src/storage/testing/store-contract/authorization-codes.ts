import { describe, expect, test } from "vitest";
import { newCuid, newServerUserId } from "../../../apps/ids.ts";
import { newRowId } from "../../sql/row-id.ts";
import type { AuthorizationCodeRecord, Store } from "../../store.ts";
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
  tally,
} from "../samples.ts";
import type { StoreWorld } from "../store-world.ts";

async function newUser(store: Store, appId: string, account = newEmail()): Promise<string> {
  const proof = { appId, account, allowSignUp: true, newUser: newUserIds(), maxUsers: null };
  const result = await store.users.proveAccount({ ...proof, codeId: null });
  if (result.kind !== "proven") throw new TypeError(result.kind);
  return result.user.id;
}

async function issue(
  store: Store,
  appId: string,
  userId: string,
  changes: Partial<AuthorizationCodeRecord> = {},
): Promise<string> {
  const id = newRowId();
  await store.authorizationCodes.create({
    id,
    appId,
    userId,
    redirectUri: "https://app.example.com/callback",
    codeChallenge: null,
    authMethod: "email",
    authenticatedAt: 1000,
    organizationId: null,
    impersonator: null,
    sealedTokens: null,
    lifetimeMs: 10 * MINUTE,
    ...changes,
  });
  return id;
}

const exchange = (store: Store, appId: string, codeId: string, replay: string | null = null) =>
  store.sessions.exchangeCode({
    codeId,
    session: newSession(appId, { protocol: "app_server" }),
    replay: replay === null ? null : kept(replay),
  });
const kept = (id: string) => ({
  id,
  requestHash: "hash",
  sealedAnswer: "sealed",
  lifetimeMs: MINUTE,
});

export function authorizationCodeContract(get: () => StoreWorld): void {
  describe("exchangeCode (R6)", () => {
    test("begins a session with what the code says of user, time, organization and impersonator", async () => {
      const { store } = get();
      const app = await newApp(store);
      const user = await newUser(store, app);
      const impersonator = { email: "operator@example.com", reason: "Ticket" };
      const organizationId = "org_1";
      const code = await issue(store, app, user, { impersonator, organizationId });
      expect(await store.sessions.events(code)).toMatchObject([{ type: "impersonation_allowed" }]);
      const result = await exchange(store, app, code);
      expect(result).toMatchObject({
        kind: "signed_in",
        user: { id: user },
        session: { userId: user, authenticatedAt: 1000, impersonator, organizationId },
      });
      if (result.kind !== "signed_in") return;
      const events = await store.sessions.events(result.session.id);
      expect(events.map(({ type }) => type).sort()).toEqual(["impersonation_began", "signed_in"]);
      const { session } = await store.sessions.read(result.session.id);
      expect(session).toMatchObject({ impersonator, organizationId });
    });

    test("of twenty at once lets one win, and leaves none of a code used twice (RFC 6749 4.1.2)", async () => {
      const world = get();
      const app = await newApp(world.store);
      const code = await issue(world.store, app, await newUser(world.store, app));
      const results = await inParallel(20, world, (store) => exchange(store, app, code));
      expect(tally(results.map(({ kind }) => kind))).toEqual({ signed_in: 1, code_spent: 19 });
      const won = results.find((result) => result.kind === "signed_in");
      if (won?.kind !== "signed_in") return;
      const { session } = await world.store.sessions.read(won.session.id);
      expect(session?.endReason).toBe("revoked");
    });

    test("of twenty equal ones with one Idempotency-Key lets one win and revokes nothing", async () => {
      const world = get();
      const app = await newApp(world.store);
      const code = await issue(world.store, app, await newUser(world.store, app));
      const replay = newRowId();
      const results = await inParallel(20, world, (store) => exchange(store, app, code, replay));
      expect(tally(results.map(({ kind }) => kind))).toEqual({ signed_in: 1, repeated: 19 });
      const won = results.find((result) => result.kind === "signed_in");
      if (won?.kind !== "signed_in") return;
      expect((await world.store.sessions.read(won.session.id)).session?.endedAt).toBeNull();
    });

    test("refused for a key that is taken, or for its user, spends nothing", async () => {
      const { store } = get();
      const app = await newApp(store);
      const user = await newUser(store, app);
      const [first, second] = [await issue(store, app, user), await issue(store, app, user)];
      const replay = newRowId();
      expect((await exchange(store, app, first, replay)).kind).toBe("signed_in");
      expect((await exchange(store, app, second, replay)).kind).toBe("repeated");
      await store.users.setDisabled(app, user, true);
      expect((await exchange(store, app, second)).kind).toBe("user_disabled");
      await store.users.setDisabled(app, user, false);
      // What was proven before somebody threw the user out begins nothing any more.
      expect((await exchange(store, app, second)).kind).toBe("code_expired");
      const third = await issue(store, app, user);
      await store.users.delete(app, user);
      expect((await exchange(store, app, third)).kind).toBe("no_such_user");
    });

    test("takes a code until it expires; unknown ones revoke nothing", async () => {
      const { store, advance } = get();
      const app = await newApp(store);
      const code = await issue(store, app, await newUser(store, app));
      await advance(10 * MINUTE + 1);
      expect((await exchange(store, app, code)).kind).toBe("code_expired");
      expect((await exchange(store, app, newRowId())).kind).toBe("code_expired");
    });

    test("a used code is remembered for a day, so that a late second use still revokes", async () => {
      const { store, advance } = get();
      const app = await newApp(store);
      const code = await issue(store, app, await newUser(store, app));
      const first = await exchange(store, app, code);
      await advance(12 * HOUR);
      await store.purging.purge(1000);
      expect((await exchange(store, app, code)).kind).toBe("code_spent");
      if (first.kind !== "signed_in") throw new TypeError(first.kind);
      expect((await store.sessions.read(first.session.id)).session?.endReason).toBe("revoked");
      await advance(2 * DAY);
      await store.purging.purge(1000);
      expect(await store.authorizationCodes.find(code)).toBeNull();
    });
  });

  describe("proveAccount", () => {
    test("makes one user for parallel proofs of one new address, and spends the code with it", async () => {
      const world = get();
      const app = await newApp(world.store);
      const account = newEmail();
      const ids = await inParallel(10, world, (store) => newUser(store, app, account));
      expect(new Set(ids).size).toBe(1);
      const code = await storeCode(world.store, newCode(app));
      const proof = {
        appId: app,
        account,
        allowSignUp: false,
        newUser: newUserIds(),
        maxUsers: null,
      };
      const prove = () => world.store.users.proveAccount({ ...proof, codeId: code.id });
      expect(await prove()).toMatchObject({
        kind: "proven",
        isNewUser: false,
        user: { id: ids[0] },
      });
      expect((await prove()).kind).toBe("code_spent");
    });

    test("takes a password away that was set before anybody proved the address", async () => {
      const { store } = get();
      const app = await newApp(store);
      const { subject: email } = newEmail();
      const created = await store.profiles.create(app, {
        ids: { id: newCuid(), serverId: newServerUserId() },
        email,
        verified: false,
        profile: {},
        passwordHash: "$hash",
      });
      if (created.kind !== "created") throw new TypeError(created.kind);
      expect(await store.passwords.find(created.user.id)).toEqual({ hash: "$hash" });
      expect(await newUser(store, app, { type: "email", subject: email })).toBe(created.user.id);
      expect(await store.passwords.find(created.user.id)).toBeNull();
      await store.passwords.set(created.user.id, "$own");
      await newUser(store, app, { type: "email", subject: email });
      expect(await store.passwords.find(created.user.id)).toEqual({ hash: "$own" });
    });
  });

  describe("shared sign-ins", () => {
    test("are found until they end, expire, or their user has another address", async () => {
      const { store, advance } = get();
      const app = await newApp(store);
      const account = newEmail();
      const userId = await newUser(store, app, account);
      const begin = async () => {
        const signIn = { id: newRowId(), appId: app, userId, account, authMethod: "email" };
        await store.signIns.begin({ ...signIn, lifetimeMs: DAY });
        return signIn.id;
      };
      const [ended, lasting] = [await begin(), await begin()];
      expect(await store.signIns.find(lasting)).toMatchObject({ userId, account });
      await store.signIns.end(ended);
      expect(await store.signIns.find(ended)).toBeNull();
      const to = newEmail();
      await store.users.replaceAccount({
        appId: app,
        id: userId,
        from: account,
        to,
        codeId: null,
        sid: null,
      });
      expect(await store.signIns.find(lasting)).toBeNull();
      const other = newEmail();
      const again = await newUser(store, app, other);
      const signIn = { id: newRowId(), appId: app, userId: again, account: other };
      await store.signIns.begin({ ...signIn, authMethod: "email", lifetimeMs: DAY });
      await advance(DAY + 1);
      expect(await store.signIns.find(signIn.id)).toBeNull();
    });

    test("begin for nobody who is disabled or gone, whatever runs beside it (R6)", async () => {
      const world = get();
      for (const end of ["setDisabled", "delete"] as const) {
        for (let round = 0; round < 6; round++) {
          const app = await newApp(world.store);
          const account = newEmail();
          const userId = await newUser(world.store, app, account);
          const begin = (store: Store) => {
            const signIn = { id: newRowId(), appId: app, userId, account, authMethod: "email" };
            return store.signIns.begin({ ...signIn, lifetimeMs: DAY });
          };
          const [begun] = await Promise.all([
            inParallel(4, world, begin),
            end === "delete"
              ? world.other.users.delete(app, userId)
              : world.other.users.setDisabled(app, userId, true),
          ]);
          if (end === "setDisabled") await world.store.users.setDisabled(app, userId, false);
          for (const record of begun) {
            if (record) expect(await world.store.signIns.find(record.id)).toBeNull();
          }
          if (end === "delete") expect(await begin(world.store)).toBeNull();
          else {
            await world.store.users.setDisabled(app, userId, true);
            expect(await begin(world.store)).toBeNull();
          }
        }
      }
    });

    test("are worth less than a session revoked since, and not less than one signed out of", async () => {
      const { store, advance } = get();
      const app = await newApp(store);
      const account = newEmail();
      const { user, session } = await signIn(store, signInRequest(app, account));
      const { session: second } = await signIn(store, signInRequest(app, account));
      const before = await store.now();
      await advance(1000);
      await store.sessions.end(session.id, "logout");
      expect(await store.signIns.wasThrownOut(user.id, before)).toBe(false);
      await store.sessions.end(second.id, "revoked");
      expect(await store.signIns.wasThrownOut(user.id, before)).toBe(true);
      await advance(1000);
      expect(await store.signIns.wasThrownOut(user.id, await store.now())).toBe(false);
      expect(await store.signIns.wasThrownOut(newRowId(), 0)).toBe(false);
    });

    test("end with a changed password and with every session of the user", async () => {
      const { store } = get();
      const app = await newApp(store);
      const account = newEmail();
      const { user, session } = await signIn(store, signInRequest(app, account));
      const begin = async () => {
        const signIn = { id: newRowId(), appId: app, userId: user.id, account };
        await store.signIns.begin({ ...signIn, authMethod: "email", lifetimeMs: DAY });
        return signIn.id;
      };
      const id = await begin();
      await store.passwords.set(user.id, "$first");
      expect(await store.signIns.find(id)).not.toBeNull();
      await store.passwords.set(user.id, "$second");
      expect(await store.signIns.find(id)).toBeNull();
      expect((await store.sessions.read(session.id)).session?.endReason).toBe("revoked");
      const next = await begin();
      await store.sessions.endAllOfUser(user.id, "revoked");
      expect(await store.signIns.find(next)).toBeNull();
    });
  });
}
