import { describe, expect, test } from "vitest";
import { newRowId } from "../../sql/row-id.ts";
import type { Store } from "../../store.ts";
import { MINUTE, newApp, newEmail, newSession, signIn, signInRequest } from "../samples.ts";
import type { StoreWorld } from "../store-world.ts";

export function outstandingCodeContract(get: () => StoreWorld): void {
  /** A signed-in user with a password, and authorization codes that nobody has exchanged yet. */
  async function begin() {
    const { store, advance } = get();
    const appId = await newApp(store);
    const email = newEmail();
    const { user, session } = await signIn(store, signInRequest(appId, email));
    await store.passwords.set(user.id, "hash 1");
    const issue = async () => {
      const id = newRowId();
      await store.authorizationCodes.create({
        id,
        appId,
        userId: user.id,
        redirectUri: "https://app.example.com/callback",
        codeChallenge: null,
        authMethod: "email",
        authenticatedAt: session.authenticatedAt,
        organizationId: null,
        impersonator: null,
        sealedTokens: null,
        lifetimeMs: 10 * MINUTE,
      });
      return id;
    };
    const exchange = (from: Store, codeId: string) =>
      from.sessions.exchangeCode({
        codeId,
        session: newSession(appId, { protocol: "app_server" }),
        replay: null,
      });
    const codes = [await issue(), await issue()] as const;
    await advance(1000);
    return { appId, email, user, codes, exchange };
  }

  describe("codes issued before the user's sessions were ended", () => {
    const enders = {
      "disabled and enabled again": async (store: Store, app: string, id: string) => {
        await store.users.setDisabled(app, id, true);
        await store.users.setDisabled(app, id, false);
      },
      "revoked all": (store: Store, _app: string, id: string) =>
        store.sessions.endAllOfUser(id, "revoked"),
      "a new password": (store: Store, _app: string, id: string) =>
        store.passwords.set(id, "hash 2"),
    };

    test.each(Object.entries(enders))(
      "begin none after it, also while it runs: %s",
      async (_name, end) => {
        const { store, other } = get();
        for (let round = 0; round < 5; round++) {
          const { appId, email, user, codes, exchange } = await begin();
          const [raced] = await Promise.all([
            exchange(store, codes[0]),
            end(other, appId, user.id),
          ]);
          if (raced.kind === "signed_in") {
            const { session } = await store.sessions.read(raced.session.id);
            expect(session?.endedAt).not.toBeNull();
          }
          expect((await exchange(store, codes[1])).kind).toBe("code_expired");
          expect((await signIn(store, signInRequest(appId, email))).user.id).toBe(user.id);
        }
      },
    );

    test("begin theirs when the user has only signed out elsewhere", async () => {
      const { store } = get();
      const { codes, exchange, appId, email } = await begin();
      const { session } = await signIn(store, signInRequest(appId, email));
      await store.sessions.end(session.id, "logout");
      expect((await exchange(store, codes[0])).kind).toBe("signed_in");
    });
  });
}
