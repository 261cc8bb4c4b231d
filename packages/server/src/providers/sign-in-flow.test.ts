import type { AuthenticatedUser, User } from "@latchkey/core/protocol/browser";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bearer } from "../http/testing/test-page.ts";
import { ORIGIN } from "../http/testing/test-server.ts";
import {
  offer,
  openProviderWorld,
  type ProviderWorld,
  returned,
} from "./testing/provider-world.ts";

const PEOPLE = {
  ada: { email: "Ada@Example.com", email_verified: true, name: "Ada Lovelace" },
  bob: { email: "bob@example.com", email_verified: false, preferred_username: "bob" },
  eve: { name: "Eve" },
};

let world: ProviderWorld;
beforeAll(async () => {
  world = await openProviderWorld({ people: PEOPLE });
});
afterAll(() => world.close());

describe("signing in with a real OpenID Connect provider", () => {
  test("goes there with state, nonce and PKCE, and comes back to the page with its query and three parameters", async () => {
    const page = world.page();
    const begun = await world.begin(page);
    const { searchParams: asked, origin } = new URL(begun.url);
    expect(origin).toBe(world.upstream.issuer);
    expect(Object.fromEntries(asked)).toMatchObject({
      response_type: "code",
      client_id: "latchkey",
      redirect_uri: `https://sessions.example.com/api/v1/oauth/callback/${world.provider.id}`,
      scope: "openid email profile",
      state: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      nonce: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      code_challenge: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      code_challenge_method: "S256",
    });
    const back = await world.comeBack(await world.person().goTo(begun.url));
    expect(back.status).toBe(302);
    const { location, state, provider, code } = returned(back);
    expect(location).toMatch(
      /^https:\/\/app\.example\.com\/after\?tab=1&privy_oauth_state=[^&]+&privy_oauth_provider=custom%3Aacme&privy_oauth_code=[A-Za-z0-9_-]{43}$/,
    );
    expect([state, provider]).toEqual([begun.stateCode, "custom:acme"]);
    const answer = await page.post(
      "/oauth/authenticate",
      offer(code, begun.stateCode, begun.verifier),
    );
    expect(answer.status).toBe(200);
    const { user, is_new_user, token, refresh_token, session_update_action } =
      answer.as<AuthenticatedUser>();
    expect([is_new_user, session_update_action]).toEqual([true, "set"]);
    expect([typeof token, typeof refresh_token]).toEqual(["string", "string"]);
    expect(user.linked_accounts).toHaveLength(2);
    expect(user.linked_accounts).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: "email", address: "ada@example.com" }),
        expect.objectContaining({
          type: "custom:acme",
          subject: "ada",
          email: "ada@example.com",
          name: "Ada Lovelace",
        }),
      ]),
    );
    expect((await page.call("/users/me", { headers: bearer(token) })).status).toBe(200);
  });

  test("finds the same user the next time, by issuer and subject (ASVS 6.8.1)", async () => {
    const first = await world.signIn(world.page(), "eve");
    const second = await world.signIn(world.page(), "eve");
    expect([second.user.id, second.is_new_user]).toEqual([first.user.id, false]);
  });

  test("answers a denial with the word undefined in place of a code", async () => {
    const begun = await world.begin(world.page());
    const back = await world.comeBack(await world.person().goTo(begun.url, { declines: true }));
    expect(returned(back)).toEqual({
      status: 302,
      location: `${ORIGIN}/after?tab=1&privy_oauth_state=${begun.stateCode}&privy_oauth_provider=custom%3Aacme&privy_oauth_code=undefined`,
      state: begun.stateCode,
      provider: "custom:acme",
      code: "undefined",
      error: null,
    });
  });

  test("a repeat with the same Idempotency-Key gets the same session, any other is refused (R6)", async () => {
    const page = world.page();
    const { code, stateCode, verifier } = await world.signInAt(page);
    const body = offer(code, stateCode, verifier);
    const key = { "idempotency-key": "once" };
    const first = await page.post("/oauth/authenticate", body, key);
    const again = await page.post("/oauth/authenticate", body, key);
    expect([first.status, again.status]).toEqual([200, 200]);
    const token = (answer: typeof first) => answer.as<AuthenticatedUser>().refresh_token;
    expect(token(again)).toBe(token(first));
    const other = await page.post("/oauth/authenticate", body);
    expect([other.status, other.code]).toEqual([422, "invalid_credentials"]);
  });

  test("of parallel requests with one code, one begins a session (ASVS 6.5.1)", async () => {
    const page = world.page();
    const { code, stateCode, verifier } = await world.signInAt(page);
    const body = offer(code, stateCode, verifier);
    const answers = await Promise.all([1, 2, 3].map(() => page.post("/oauth/authenticate", body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422, 422]);
  });

  test("with no-signup whoever is not known is told so, and no user is made", async () => {
    const page = world.page();
    const { code, stateCode, verifier } = await world.signInAt(page, "nobody-yet");
    const body = { ...offer(code, stateCode, verifier), mode: "no-signup" };
    const answer = await page.post("/oauth/authenticate", body);
    expect([answer.status, answer.code]).toEqual([404, "user_does_not_exist"]);
  });

  test("a provider that the app does not have or has switched off signs nobody in", async () => {
    const page = world.page();
    const body = {
      provider: "google",
      redirect_to: `${ORIGIN}/`,
      code_challenge: "A".repeat(43),
      state_code: "B".repeat(48),
    };
    const answer = await page.post("/oauth/init", body);
    expect([answer.status, answer.code]).toEqual([403, "disallowed_login_method"]);
  });
});

describe("linking", () => {
  test("adds the account to the signed-in user and tells them by mail; unlinking takes it away (ASVS 6.3.7)", async () => {
    const page = world.page();
    const { token } = await page.signIn("linda@example.com");
    const { code, stateCode, verifier } = await world.signInAt(page, "linda");
    const linked = await page.call("/oauth/link", {
      body: offer(code, stateCode, verifier),
      headers: bearer(token),
    });
    expect(linked.status).toBe(200);
    const types = (user: User) => user.linked_accounts.map(({ type }) => type);
    expect(types(linked.as<User>())).toEqual(["email", "custom:acme"]);
    await world.server.services.outbox.drain();
    const told = world.server.mails.filter(({ to }) => to === "linda@example.com");
    expect(told.at(-1)?.subject).toBe("Acme was added to your Test app account");

    const unlinked = await page.call("/oauth/unlink", {
      body: { provider: "custom:acme", subject: "linda" },
      headers: bearer(token),
    });
    expect([unlinked.status, types(unlinked.as<User>())]).toEqual([200, ["email"]]);
    await world.server.services.outbox.drain();
    expect(world.server.mails.at(-1)?.subject).toMatch(/was removed from your Test app account/);
  });

  test("never takes away the last way in", async () => {
    const page = world.page();
    const { token } = await world.signIn(page, "only-here");
    const answer = await page.call("/oauth/unlink", {
      body: { provider: "custom:acme", subject: "only-here" },
      headers: bearer(token),
    });
    expect([answer.status, answer.code]).toEqual([422, "cannot_unlink_sole_account"]);
  });

  test("refuses an account of another user, and a second one of the same provider", async () => {
    await world.signIn(world.page(), "taken");
    const page = world.page();
    const { token } = await page.signIn("zoe@example.com");
    const link = async (login: string) => {
      const { code, stateCode, verifier } = await world.signInAt(page, login);
      return page.call("/oauth/link", {
        body: offer(code, stateCode, verifier),
        headers: bearer(token),
      });
    };
    const taken = await link("taken");
    expect([taken.status, taken.code]).toEqual([422, "linked_to_another_user"]);
    expect((await link("zoe")).status).toBe(200);
    const second = await link("zoe-again");
    expect([second.status, second.code]).toEqual([422, "cannot_link_more_of_type"]);
  });
});
