import { describe, expect, test } from "vitest";
import { newRowId } from "../../sql/row-id.ts";
import type { NewAccount, NewPasskey, PasskeyChallenge } from "../../store.ts";
import { DAY, inParallel, MINUTE, newApp, signIn, signInRequest, tally } from "../samples.ts";
import type { StoreWorld } from "../store-world.ts";

const PASSKEY: NewPasskey = {
  rpId: "example.com",
  publicKey: "cose",
  counter: 1,
  backupEligible: true,
  backedUp: false,
  transports: ["internal"],
  aaguid: "00000000-0000-0000-0000-000000000000",
};

const newPasskey = (changes: Partial<NewPasskey> = {}): NewAccount => ({
  type: "passkey",
  subject: newRowId(),
  data: { authenticator_name: "Phone" },
  passkey: { ...PASSKEY, ...changes },
});

const newChallenge = (appId: string): PasskeyChallenge => ({
  id: newRowId(),
  appId,
  clientId: "client",
  purpose: "link",
  userId: "user",
  rpId: "example.com",
  origin: "https://example.com",
  binding: null,
});

export function passkeyContract(get: () => StoreWorld): void {
  describe("passkeys", () => {
    test("of any number of answers to a challenge one is taken, with what it was given out for", async () => {
      const { store } = get();
      const appId = await newApp(store);
      const challenge = newChallenge(appId);
      await store.passkeys.createChallenge({ ...challenge, lifetimeMs: 10 * MINUTE });
      expect(await store.passkeys.spendChallenge(await newApp(store), challenge.id)).toBeNull();
      const spent = await inParallel(6, get(), ({ passkeys }) =>
        passkeys.spendChallenge(appId, challenge.id),
      );
      expect(spent.filter((each) => each !== null)).toEqual([challenge]);
    });

    test("a challenge that has run out is taken by nobody, and is purged", async () => {
      const { store, advance } = get();
      const appId = await newApp(store);
      const challenge = newChallenge(appId);
      await store.passkeys.createChallenge({ ...challenge, lifetimeMs: MINUTE });
      await advance(MINUTE);
      expect(await store.passkeys.spendChallenge(appId, challenge.id)).toBeNull();
      while ((await store.purging.purge(1000)) > 0);
      await advance(-DAY);
      expect(await store.passkeys.spendChallenge(appId, challenge.id)).toBeNull();
      await advance(DAY);
    });

    test("a sign-up keeps account and passkey together, and happens to a credential once", async () => {
      const { store } = get();
      const appId = await newApp(store);
      const account = newPasskey();
      const { user } = await signIn(store, signInRequest(appId, account));
      expect(user.accounts).toMatchObject([{ subject: account.subject, data: account.data }]);
      expect(await store.passkeys.find(appId, account.subject)).toEqual({
        ...PASSKEY,
        credentialId: account.subject,
        userId: user.id,
        name: "Phone",
        createdAt: user.createdAt,
        lastUsedAt: null,
        regressedAt: null,
      });
      const again = await store.sessions.signIn(signInRequest(appId, account));
      expect(again).toEqual({ kind: "account_taken" });
      const { type, subject } = account;
      const known = await signIn(store, signInRequest(appId, { type, subject }));
      expect([known.user.id, known.isNewUser]).toEqual([user.id, false]);
    });

    test("a user has up to twenty, and they go with their accounts", async () => {
      const { store } = get();
      const appId = await newApp(store);
      const first = newPasskey();
      const { user } = await signIn(store, signInRequest(appId, first));
      const link = (account: NewAccount) => store.users.link(appId, user.id, account, null);
      for (let i = 1; i < 20; i++) expect((await link(newPasskey())).kind).toBe("linked");
      expect((await link(newPasskey())).kind).toBe("cannot_link_more_of_type");
      expect(await store.passkeys.ofUser(appId, user.id)).toHaveLength(20);
      await store.users.unlink(appId, user.id, first);
      expect(await store.passkeys.find(appId, first.subject)).toBeNull();
      await store.users.delete(appId, user.id);
      expect(await store.passkeys.ofUser(appId, user.id)).toEqual([]);
    });

    test("of uses with one counter, one is the first (WebAuthn section 6.1.1)", async () => {
      const { store } = get();
      const appId = await newApp(store);
      const account = newPasskey();
      await signIn(store, signInRequest(appId, account));
      const use = (counter: number, from = store) =>
        from.passkeys.recordUse(appId, account.subject, { counter, backedUp: true });
      const results = await inParallel(6, get(), (from) => use(2, from));
      expect(tally(results)).toEqual({ recorded: 1, regressed: 5 });
      const kept = await store.passkeys.find(appId, account.subject);
      expect(kept).toMatchObject({
        counter: 2,
        backedUp: true,
        lastUsedAt: expect.any(Number),
        regressedAt: expect.any(Number),
      });
      expect([await use(0), await use(3)]).toEqual(["regressed", "recorded"]);
      const gone = store.passkeys.recordUse(appId, newRowId(), { counter: 1, backedUp: false });
      expect(await gone).toBe("gone");
    });

    test("a name is changed by its user only", async () => {
      const { store } = get();
      const appId = await newApp(store);
      const account = newPasskey();
      const { user } = await signIn(store, signInRequest(appId, account));
      const { user: other } = await signIn(store, signInRequest(appId));
      const rename = (userId: string) =>
        store.passkeys.rename(appId, userId, account.subject, "Blue key");
      expect([await rename(other.id), await rename(user.id)]).toEqual([false, true]);
      const renamed = await store.users.find(appId, user.id);
      expect(renamed?.accounts[0]?.data).toEqual({ authenticator_name: "Blue key" });
    });
  });
}
