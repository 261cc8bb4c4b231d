import type { AuthenticatedUser } from "@latchkey/core/protocol/browser";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bearer, openPage, send } from "../http/testing/test-page.ts";
import { ORIGIN } from "../http/testing/test-server.ts";
import { openPerson } from "./testing/person.ts";
import {
  challengeOf,
  offer,
  openProviderWorld,
  type ProviderWorld,
  returned,
} from "./testing/provider-world.ts";

const PEOPLE = {
  ada: { email: "ada@example.com", email_verified: true },
  mallory: { email: "victim@example.com", email_verified: false },
  verified: { email: "victim@example.com", email_verified: true },
};

let world: ProviderWorld;
beforeAll(async () => {
  world = await openProviderWorld({ people: PEOPLE });
});
afterAll(() => world.close());

const PAGE_HEADERS = () => ({ "privy-app-id": world.server.app.id, origin: ORIGIN });

describe("login CSRF", () => {
  test("an attacker's own return, put into a victim's browser, signs nobody in: code and state are the page's that began (ASVS 10.1.2)", async () => {
    const attacker = await world.signInAt(world.page(), "ada");
    const victim = world.page();
    const theirs = await world.begin(victim);
    // The page compares the state by itself; a page that did not is stopped here.
    const wrongState = await victim.post(
      "/oauth/authenticate",
      offer(attacker.code, theirs.stateCode, theirs.verifier),
    );
    expect([wrongState.status, wrongState.code]).toEqual([400, "oauth_state_mismatch"]);
    const wrongVerifier = await victim.post(
      "/oauth/authenticate",
      offer(attacker.code, attacker.stateCode, theirs.verifier),
    );
    expect([wrongVerifier.status, wrongVerifier.code]).toEqual([400, "invalid_pkce_parameters"]);
  });
});

describe("code injection", () => {
  test("a stolen code of ours is worth nothing without the verifier, and goes on being good for its page (RFC 7636)", async () => {
    const page = world.page();
    const { code, stateCode, verifier } = await world.signInAt(page, "ada");
    for (const guess of ["A".repeat(43), await challengeOf(verifier)]) {
      const stolen = await world.page().post("/oauth/authenticate", offer(code, stateCode, guess));
      expect([stolen.status, stolen.code]).toEqual([400, "invalid_pkce_parameters"]);
    }
    const own = await page.post("/oauth/authenticate", offer(code, stateCode, verifier));
    expect(own.status).toBe(200);
  });

  test("a code of the provider's for another sign-in is refused: nonce and PKCE are of the one that was begun", async () => {
    const victim = await openPerson().goTo((await world.begin(world.page())).url);
    const begun = await world.begin(world.page());
    const own = await openPerson().goTo(begun.url, { login: "mallory" });
    own.searchParams.set("code", victim.searchParams.get("code") ?? "");
    const back = returned(await world.comeBack(own));
    expect([back.code, back.error]).toEqual(["undefined", "provider_error"]);
  });

  test("a code is of its app and app client alone", async () => {
    const other = await world.server.addApp();
    const { code, stateCode, verifier } = await world.signInAt(world.page(), "ada");
    const answer = await openPage(world.server, { appId: other.id }).post(
      "/oauth/authenticate",
      offer(code, stateCode, verifier),
    );
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.code).not.toBe(undefined);
    await world.server.services.store.apps.createClient({
      id: "client-other",
      appId: world.server.app.id,
      name: "Other",
      settings: "{}",
    });
    const mine = await world.signInAt(world.page(), "ada");
    world.advance(5001);
    const stolen = await world
      .page()
      .post("/oauth/authenticate", offer(mine.code, mine.stateCode, mine.verifier), {
        "privy-client-id": "client-other",
      });
    expect([stolen.status, stolen.code]).toEqual([422, "invalid_credentials"]);
  });

  test("without PKCE and state of the page nothing is begun", async () => {
    const body = { provider: "custom:acme", redirect_to: `${ORIGIN}/` };
    const good = { code_challenge: "A".repeat(43), state_code: "B".repeat(48) };
    for (const weak of [
      {},
      { ...good, code_challenge: "" },
      { ...good, code_challenge: "plain-text-of-a-verifier" },
      { ...good, state_code: "short" },
      { ...good, state_code: "a b\r\nset-cookie: x=y".padEnd(20) },
    ]) {
      const answer = await world.page().post("/oauth/init", { ...body, ...weak });
      expect([answer.status, answer.code]).toEqual([400, "invalid_pkce_parameters"]);
    }
  });
});

describe("state replay", () => {
  test("a return after ten minutes is too late, and so is a code after two", async () => {
    const slow = await openPerson().goTo((await world.begin(world.page())).url);
    world.advance(600_000);
    expect((await world.comeBack(slow)).status).toBe(400);
    world.advance(-600_000);
    const page = world.page();
    const { code, stateCode, verifier } = await world.signInAt(page);
    world.advance(120_000);
    const late = await page.post("/oauth/authenticate", offer(code, stateCode, verifier));
    world.advance(-120_000);
    expect([late.status, late.code]).toEqual([422, "invalid_credentials"]);
  });

  test("a return is good once; a second one ends on a page of ours", async () => {
    const begun = await world.begin(world.page());
    const callback = await openPerson().goTo(begun.url);
    expect(returned(await world.comeBack(callback)).code).toHaveLength(43);
    const again = await world.comeBack(callback);
    expect([again.status, again.headers.get("location")]).toEqual([400, null]);
    expect(again.text).toContain("oauth_state_mismatch");
    expect(again.text).toContain(`<a class="button" href="${ORIGIN}/">Back to Test app</a>`);
    expect(again.headers.get("content-type")).toMatch(/^text\/html/);
  });

  test("a return of several at once is good once", async () => {
    const begun = await world.begin(world.page());
    const callback = await openPerson().goTo(begun.url);
    const answers = await Promise.all([1, 2, 3].map(() => world.comeBack(callback)));
    expect(answers.map(({ status }) => status).sort()).toEqual([302, 400, 400]);
  });

  test("what is no state of ours, or there twice, tells nobody anything", async () => {
    for (const query of [
      "",
      "?code=x",
      "?state=x&code=x",
      `?state=${"A".repeat(43)}&code=x`,
      `?state=${"A".repeat(43)}&state=${"A".repeat(43)}`,
      "?error=access_denied",
    ]) {
      const answer = await send(world.server.fetch, `/api/v1/oauth/callback${query}`);
      expect([answer.status, answer.code]).toEqual([400, "oauth_state_mismatch"]);
    }
  });

  test("whatever looks at a link before the person follows it does not use it up", async () => {
    const begun = await world.begin(world.page());
    const callback = await openPerson().goTo(begun.url);
    const looked = await send(world.server.fetch, `${callback.pathname}${callback.search}`, {
      method: "HEAD",
    });
    expect(looked.headers.get("location")).toBeNull();
    expect(returned(await world.comeBack(callback)).code).toHaveLength(43);
  });
});

describe("mixed-up issuer", () => {
  test("an answer with another issuer's name is refused (RFC 9207)", async () => {
    const begun = await world.begin(world.page());
    const callback = await openPerson().goTo(begun.url);
    expect(callback.searchParams.get("iss")).toBe(world.upstream.issuer);
    callback.searchParams.set("iss", "https://accounts.google.com");
    const back = returned(await world.comeBack(callback));
    expect([back.code, back.error]).toEqual(["undefined", "provider_error"]);
  });

  test("an answer without the issuer's name is refused, where the provider always says it", async () => {
    const begun = await world.begin(world.page());
    const callback = await openPerson().goTo(begun.url);
    callback.searchParams.delete("iss");
    expect(returned(await world.comeBack(callback)).error).toBe("provider_error");
  });

  test("the answer of one provider to a question that was put to another never reaches the other: each has a callback of its own (RFC 9700 section 4.4.2.2)", async () => {
    const other = await world.addProvider({ slug: "other", issuer: world.upstream.issuer });
    // A malicious provider sends the browser on to an honest one, with its own state.
    const malicious = await world.begin(world.page(), { provider: other.slug });
    const honest = await world.begin(world.page());
    const state = new URL(malicious.url).searchParams.get("state") ?? "";
    const callback = await openPerson().goTo(honest.url);
    callback.searchParams.set("state", state);
    const before = world.upstream.requestsTo("/token");
    const back = returned(await world.comeBack(callback));
    expect([back.code, back.error]).toEqual(["undefined", "oauth_state_mismatch"]);
    expect(world.upstream.requestsTo("/token")).toBe(before);
  });
});

describe("open redirect", () => {
  test("/oauth/init sends nobody to a page that the app does not allow", async () => {
    for (const redirectTo of [
      "https://evil.example/",
      "https://app.example.com.evil.example/",
      "https://app.example.com@evil.example/",
      "javascript:alert(1)",
      "//evil.example",
      "http://app.example.com/",
    ]) {
      const answer = await world.page().post("/oauth/init", {
        provider: "custom:acme",
        redirect_to: redirectTo,
        code_challenge: "A".repeat(43),
        state_code: "B".repeat(48),
      });
      expect([answer.status, answer.code]).toEqual([400, "return_not_allowed"]);
    }
  });

  test("the callback judges the page once more, and takes no address from the query", async () => {
    const begun = await world.begin(world.page());
    const callback = await openPerson().goTo(begun.url);
    callback.searchParams.set("redirect_to", "https://evil.example/");
    callback.searchParams.set("redirect_uri", "https://evil.example/");
    const { location } = returned(await world.comeBack(callback));
    expect(new URL(location).origin).toBe(ORIGIN);

    const { services, app } = world.server;
    const late = await world.begin(world.page());
    const stale = await openPerson().goTo(late.url);
    const { settings } = (await services.directory.find(app.id)) ?? { settings: null };
    const set = (allowedOrigins: string[]) =>
      services.store.apps.updateSettings(app.id, JSON.stringify({ ...settings, allowedOrigins }));
    await set(["https://elsewhere.example.com"]);
    world.advance(5001);
    const refused = await world.comeBack(stale);
    await set([ORIGIN]);
    world.advance(5001);
    expect([refused.status, refused.headers.get("location")]).toEqual([400, null]);
    expect(refused.text).toContain("return_not_allowed");
  });

  test("a page of another origin cannot begin a sign-in of the app", async () => {
    const evil = openPage(world.server, { origin: "https://evil.example" });
    const answer = await evil.post("/oauth/init", {
      provider: "custom:acme",
      redirect_to: `${ORIGIN}/`,
      code_challenge: "A".repeat(43),
      state_code: "B".repeat(48),
    });
    expect([answer.status, answer.code]).toEqual([403, "invalid_origin"]);
  });
});

describe("requests into the deployment's own network (SSRF)", () => {
  const begin = (other: ProviderWorld) =>
    other.page().post("/oauth/init", {
      provider: "custom:acme",
      redirect_to: `${ORIGIN}/`,
      code_challenge: "A".repeat(43),
      state_code: "B".repeat(48),
    });

  test("a provider inside of it is never asked, unless the operator allows it", async () => {
    const guarded = await openProviderWorld({ settings: { allowPrivateAddresses: false } });
    const answer = await begin(guarded);
    expect([answer.status, answer.code]).toEqual([500, "provider_misconfigured"]);
    expect(guarded.upstream.requestsTo("/.well-known/openid-configuration")).toBe(0);
    await guarded.close();
  });

  test("a provider whose document names endpoints elsewhere sends neither the browser nor this server there", async () => {
    const lying = await openProviderWorld();
    for (const endpoint of [
      "http://10.0.0.1/authorize",
      "javascript:alert(1)",
      "file:///etc/passwd",
    ]) {
      lying.upstream.answer((_, response) => {
        response.writeHead(200, { "content-type": "application/json" });
        const { issuer } = lying.upstream;
        const document = { issuer, authorization_endpoint: endpoint, token_endpoint: endpoint };
        response.end(JSON.stringify(document));
      });
      lying.advance(11 * 60_000);
      const answer = await begin(lying);
      expect([endpoint, answer.status, answer.code]).toEqual([
        endpoint,
        500,
        "provider_misconfigured",
      ]);
    }
    await lying.close();
  });
});

describe("account takeover", () => {
  test("by an unverified address: it joins nobody, and becomes no address of anybody (ASVS 6.8.1)", async () => {
    const victim = await world.page().signIn("victim@example.com");
    const attacker = await world.signIn(world.page(), "mallory");
    expect(attacker.user.id).not.toBe(victim.user.id);
    expect(attacker.user.linked_accounts.map(({ type }) => type)).toEqual(["custom:acme"]);
  });

  test("by a vouched address, where the app does not let addresses merge: a user of their own, without the address", async () => {
    const victim = await world.page().signIn("victim@example.com");
    const other = await world.signIn(world.page(), "verified");
    expect(other.user.id).not.toBe(victim.user.id);
    expect(other.user.linked_accounts.map(({ type }) => type)).toEqual(["custom:acme"]);
  });

  test("by linking into another's session: without an access token nothing is linked", async () => {
    const { code, stateCode, verifier } = await world.signInAt(world.page(), "linker");
    const answer = await send(world.server.fetch, "/api/v1/oauth/link", {
      body: offer(code, stateCode, verifier),
      headers: PAGE_HEADERS(),
    });
    expect([answer.status, answer.code]).toEqual([401, "missing_access_token"]);
  });

  test("by unlinking another's account", async () => {
    const owner = await world.signIn(world.page(), "owner");
    const thief = world.page();
    const { token } = await thief.signIn("thief@example.com");
    const answer = await thief.call("/oauth/unlink", {
      body: { provider: "custom:acme", subject: "owner" },
      headers: bearer(token),
    });
    expect([answer.status, answer.code]).toEqual([400, "invalid_data"]);
    const again = await world.signIn(world.page(), "owner");
    expect(again.user.id).toBe(owner.user.id);
  });

  test("by a provider put in another's place: the same name with another issuer finds nobody", async () => {
    const before: AuthenticatedUser = await world.signIn(world.page(), "ada");
    const { services, app } = world.server;
    const account = before.user.linked_accounts.find(({ type }) => type === "custom:acme");
    expect(account).toMatchObject({ subject: "ada" });
    const impostor = { type: "custom:acme", subject: "https://evil.example ada" };
    expect(await services.store.users.findByAccount(app.id, impostor)).toBeNull();
    const bare = { type: "custom:acme", subject: "ada" };
    expect(await services.store.users.findByAccount(app.id, bare)).toBeNull();
  });
});
