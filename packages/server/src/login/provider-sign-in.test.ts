import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPerson } from "../providers/testing/person.ts";
import { sentTo } from "./testing/login-world.ts";
import { openProviderLoginWorld, type ProviderLoginWorld } from "./testing/provider-login-world.ts";

let world: ProviderLoginWorld;
beforeAll(async () => {
  world = await openProviderLoginWorld();
});
afterAll(() => world.close());

const codeOf = (url: URL) => url.searchParams.get("code");

describe("a provider on the hosted page", () => {
  test("is a link that works without a script, and ends with a code of this sign-in", async () => {
    const browser = world.browser();
    const page = await browser.open(world.authorizeUrl({ state: "keep%20me" }));
    expect(page.text).toContain("Continue with Acme");
    expect(page.text).not.toContain("Continue with Corp");
    const done = await world.goThrough(browser, await browser.follow(page, "Continue with Acme"));
    const back = sentTo(done);
    expect(back.origin).toBe("https://app.example.com");
    const { status, body } = await world.exchange(codeOf(back));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      authentication_method: "SSO",
      user: { email: "ada@example.com" },
    });
    expect(body).not.toHaveProperty("oauth_tokens");
    expect(body).not.toHaveProperty("organization_id");
  });

  test("is remembered like any sign-in, until it is switched off", async () => {
    const browser = world.browser();
    const page = await browser.open(world.authorizeUrl());
    await world.goThrough(browser, await browser.follow(page, "Continue with Acme"));
    expect(codeOf(sentTo(await browser.open(world.authorizeUrl())))).not.toBeNull();
    await world.change(world.acme.id, { enabled: false });
    expect((await browser.open(world.authorizeUrl())).text).toContain("E-mail address");
    await world.change(world.acme.id, { enabled: true });
  });

  test("declined there: the page says so and offers every way again", async () => {
    const browser = world.browser();
    const page = await browser.open(world.authorizeUrl());
    const left = await browser.follow(page, "Continue with Acme");
    const back = await world.goThrough(browser, left, { declines: true });
    expect(back.status).toBe(200);
    expect(back.text).toContain("You did not sign in at Acme");
    await world.goThrough(browser, await browser.follow(back, "Continue with Acme"));
  });

  test("that hangs is given up within five seconds, and the other ways are untouched", async () => {
    const browser = world.browser();
    const page = await browser.open(world.authorizeUrl());
    const left = await browser.follow(page, "Continue with Acme");
    const callback = await openPerson().goTo(sentTo(left).href);
    world.upstream.answer(() => undefined);
    try {
      const began = Date.now();
      const [refused, done] = await Promise.all([
        browser.open(`${callback.pathname}${callback.search}`),
        world.signIn(world.browser(), "bob@example.com"),
      ]);
      expect(Date.now() - began).toBeLessThan(5000);
      expect(refused.status).toBe(503);
      expect(refused.text).toContain("Acme does not answer right now");
      expect((await browser.follow(refused, "Sign in another way")).text).toContain("E-mail");
      expect(codeOf(done)).not.toBeNull();
    } finally {
      world.upstream.answer(null);
    }
  });
});

describe("an app that sends the browser straight to a provider", () => {
  test.each([
    ["connection_id", () => ({ provider: undefined, connection_id: world.acme.id })],
    ["domain_hint", () => ({ domain_hint: "Corp.example" })],
    [
      "organization_id alone",
      () => ({ provider: undefined, organization_id: world.organizationId }),
    ],
  ])("does so by %s, past the pages", async (_, changes) => {
    const browser = world.browser();
    const page = await browser.open(world.authorizeUrl(changes()));
    expect(sentTo(page).origin).toBe(world.upstream.issuer);
    const back = sentTo(await world.goThrough(browser, page, { login: "cora" }));
    expect((await world.exchange(codeOf(back))).status).toBe(200);
  });

  test("is told of a denial, with its state", async () => {
    const browser = world.browser();
    const page = await browser.open(world.authorizeUrl({ connection_id: world.acme.id }));
    const back = sentTo(await world.goThrough(browser, page, { declines: true }));
    expect(back.origin + back.pathname).toBe("https://app.example.com/callback");
    expect(back.searchParams.get("error")).toBe("access_denied");
    expect(back.searchParams.get("state")).toBe("state-1");
  });

  test.each([
    ["a provider that is not on", { provider: "GoogleOAuth" }],
    ["a name that is none", { provider: "SSO" }],
    ["another app's connection", { connection_id: "conn_00000000000000000000000000" }],
    ["a domain that is none", { domain_hint: "a/b" }],
  ])("is refused %s by redirect", async (_, changes) => {
    const back = sentTo(await world.browser().open(world.authorizeUrl(changes)));
    expect(back.searchParams.get("error")).toBe("invalid_request");
  });

  test("hands scopes and parameters to that provider, none that decide the flow", async () => {
    const url = `${world.authorizeUrl({ connection_id: world.acme.id, login_hint: "ada@example.com" })}&provider_scopes=offline_access&provider_scopes=email&provider_query_params[ui_locales]=de&provider_query_params[redirect_uri]=https://evil.example`;
    const there = sentTo(await world.browser().open(url));
    const asked = there.searchParams;
    expect(asked.get("scope")).toBe("openid email profile offline_access");
    expect(asked.get("ui_locales")).toBe("de");
    expect(asked.get("login_hint")).toBe("ada@example.com");
    expect(asked.getAll("redirect_uri")).toHaveLength(1);
    expect(asked.get("redirect_uri")).toContain("https://sessions.example.com/");
  });

  test("asks nobody silently: prompt=none is login_required", async () => {
    const browser = world.browser();
    const url = world.authorizeUrl({ connection_id: world.acme.id, prompt: "none" });
    const back = sentTo(await browser.open(url));
    expect(back.searchParams.get("error")).toBe("login_required");
  });
});

describe("what comes back is good", () => {
  async function atReturn() {
    const browser = world.browser();
    const page = await browser.open(world.authorizeUrl({ connection_id: world.acme.id }));
    const callback = await openPerson().goTo(sentTo(page).href);
    const answer = await browser.request(`${callback.pathname}${callback.search}`);
    return { browser, callback, url: answer.location ?? "" };
  }

  test("in the browser that began it alone (login CSRF, ASVS 10.1.2)", async () => {
    const { url, browser } = await atReturn();
    const victim = world.browser();
    await victim.open(world.authorizeUrl());
    const refused = await victim.open(url);
    expect(refused.status).toBe(400);
    expect(refused.text).toContain("begun elsewhere");
    expect(victim.cookies.has("__Host-latchkey-sign-in")).toBe(false);
    // It is still good where it belongs.
    expect(codeOf(sentTo(await browser.open(url)))).not.toBeNull();
  });

  test("for the sign-in that it was for: another's proof is refused in one's own", async () => {
    const [mine, other] = [await atReturn(), await atReturn()];
    const mixed = new URL(mine.url, "https://sessions.example.com");
    const proof = new URL(other.url, mixed).searchParams.get("provider_code") ?? "";
    mixed.searchParams.set("provider_code", proof);
    const refused = await mine.browser.open(mixed.href);
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining("is over")]);
  });

  test("once: the state and the proof", async () => {
    const { browser, url, callback } = await atReturn();
    expect(codeOf(sentTo(await browser.open(url)))).not.toBeNull();
    for (const again of [url, `${callback.pathname}${callback.search}`]) {
      const refused = await browser.open(again);
      expect(refused.status).toBe(400);
      expect(refused.text).toContain("This sign-in is over");
    }
  });

  test("and leads nowhere but to the app, whatever is added to it", async () => {
    const { browser, url } = await atReturn();
    const more = "&redirect_uri=https://evil.example&return_to=//evil.example&connection=x";
    const back = sentTo(await browser.open(`${url}${more}`));
    expect(back.origin).toBe("https://app.example.com");
  });

  test("for nobody who is locked", async () => {
    const first = await atReturn();
    const code = codeOf(sentTo(await first.browser.open(first.url)));
    const { body } = await world.exchange(code);
    const { store } = world.services;
    const user = await store.profiles.findByServerId(world.app.id, body.user.id);
    await store.users.setDisabled(world.app.id, user?.id ?? "", true);
    const second = await atReturn();
    const refused = await second.browser.open(second.url);
    expect(refused.text).toContain("This account is locked");
    await store.users.setDisabled(world.app.id, user?.id ?? "", false);
  });
});

describe("an unverified address at a provider", () => {
  test("takes over nobody's account", async () => {
    const browser = world.browser();
    const page = await browser.open(world.authorizeUrl({ connection_id: world.acme.id }));
    const back = sentTo(await world.goThrough(browser, page, { login: "eve" }));
    const { body } = await world.exchange(codeOf(back));
    const ada = await world.signIn(world.browser(), "ada@example.com");
    const { body: owner } = await world.exchange(codeOf(ada));
    expect(body.user.id).not.toBe(owner.user.id);
    expect(body.user.email).toBe("");
  });
});
