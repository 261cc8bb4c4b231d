import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newMembershipId, newOrganizationId } from "../apps/ids.ts";
import { sentTo } from "./testing/login-world.ts";
import { openProviderLoginWorld, type ProviderLoginWorld } from "./testing/provider-login-world.ts";

let world: ProviderLoginWorld;
beforeAll(async () => {
  world = await openProviderLoginWorld({ passwordAuth: true });
});
afterAll(() => world.close());

const codeOf = (url: URL) => url.searchParams.get("code");

/** Types the address on the first page; the page that follows. */
async function typeAddress(email: string) {
  const browser = world.browser();
  const page = await browser.submit(await browser.open(world.authorizeUrl()), { email });
  return { browser, page };
}

/** By the organization's connection, to the end. */
async function signInAtCorp(login: string, changes = {}) {
  const browser = world.browser();
  const url = world.authorizeUrl({ connection_id: world.corp.id, ...changes });
  return world.goThrough(browser, await browser.open(url), { login });
}

describe("an address of an organization's domain", () => {
  test("is sent to its connection by a page that needs no script, and begins there", async () => {
    const { browser, page } = await typeAddress("Cora@Corp.example");
    expect(page.text).toContain("You sign in at Corp");
    // A form's redirects are held to form-action; a new navigation is not.
    expect(page.html).toMatch(/<meta http-equiv="refresh" content="0; url=\/login\/provider\?/);
    const there = await browser.follow(page, "Continue with Corp");
    expect(sentTo(there).searchParams.get("login_hint")).toBe("cora@corp.example");
    const back = sentTo(await world.goThrough(browser, there, { login: "cora" }));
    const { body } = await world.exchange(codeOf(back));
    expect(body).toMatchObject({
      authentication_method: "SSO",
      organization_id: world.organizationId,
      user: { email: "cora@corp.example", email_verified: true },
    });
    const sessions = await world.services.store.sessions.ofUser(
      world.app.id,
      (await world.services.store.profiles.findByServerId(world.app.id, body.user.id))?.id ?? "",
      { before: null, after: null, limit: 5, order: "desc" },
    );
    expect(sessions.items.map(({ authMethod }) => authMethod)).toEqual(["sso"]);
  });

  test.each(["password", "urn:workos:oauth:grant-type:magic-auth:code"])(
    "is answered sso_required by the grant %s, whether anybody has it or not",
    async (grant_type) => {
      for (const email of ["cora@corp.example", "nobody@corp.example"]) {
        const { status, body } = await world.token({
          grant_type,
          email,
          password: "correct horse battery",
          code: "123456",
        });
        expect({ status, body }).toEqual({
          status: 400,
          body: {
            error: "sso_required",
            error_description: expect.stringContaining("connection_id"),
            connection_ids: [world.corp.id],
            email,
          },
        });
      }
      const free = await world.token({
        ...{ grant_type, email: "ada@example.com" },
        ...{ password: "wrong wrong wrong", code: "123456" },
      });
      expect(free.body.code).toMatch(/^invalid_/);
    },
  );

  test("is sent there too when it was proven another way, and was signed in before", async () => {
    await world.change(world.corp.id, { domains: [] });
    const browser = world.browser();
    expect(codeOf(await world.signIn(browser, "cid@corp.example"))).not.toBeNull();
    await world.change(world.corp.id, { domains: ["corp.example"] });
    const page = await browser.open(world.authorizeUrl());
    expect(page.location).toBeNull();
    expect(page.text).toContain("E-mail address");
    const moved = await world.goThrough(
      browser,
      await browser.open(world.authorizeUrl({ connection_id: world.acme.id })),
      { login: "dora" },
    );
    // By the app's own provider, which vouches for the address too.
    expect(moved.text).toContain("You sign in at Corp");
  });

  test("signs in as before while its connection is off", async () => {
    await world.change(world.corp.id, { enabled: false });
    const { page } = await typeAddress("someone@corp.example");
    expect(page.text).toContain("someone@corp.example");
    await world.change(world.corp.id, { enabled: true });
  });
});

describe("an organization's connection", () => {
  test("makes whoever it signs in a member where it says so, and else admits members alone", async () => {
    const { store } = world.services;
    await world.change(world.corp.id, { joinRole: null });
    const refused = await signInAtCorp("eve");
    expect(refused.status).toBe(403);
    expect(refused.text).toContain("This account is not a member");
    await world.change(world.corp.id, { joinRole: "admin" });
    const back = sentTo(await signInAtCorp("eve"));
    const { body } = await world.exchange(codeOf(back));
    expect(body.organization_id).toBe(world.organizationId);
    const user = await store.profiles.findByServerId(world.app.id, body.user.id);
    const membership = await store.organizations.membershipOf(
      world.app.id,
      user?.id ?? "",
      world.organizationId,
    );
    expect(membership).toMatchObject({ roles: ["admin"], status: "active" });
    // It vouches for no domain but its own: the address stays unproven, and somebody else's.
    expect(body.user.email).toBe("");

    await store.organizations.changeMembership(world.app.id, membership?.id ?? "", {
      status: "inactive",
    });
    expect((await signInAtCorp("eve")).text).toContain("This account is not a member");
  });

  test("leads to another organization only who belongs to that one too", async () => {
    const { store } = world.services;
    const other = newOrganizationId();
    await store.organizations.create({ id: other, appId: world.app.id, name: "Other" });
    const refused = await signInAtCorp("cora", { organization_id: other });
    expect(refused.text).toContain("This account is not a member");
    const user = await store.users.findByAccount(world.app.id, {
      type: "email",
      subject: "cora@corp.example",
    });
    await store.organizations.addMember({
      ...{ id: newMembershipId(), appId: world.app.id, organizationId: other },
      ...{ userId: user?.id ?? "", roles: ["member"] },
    });
    const back = sentTo(await signInAtCorp("cora", { organization_id: other }));
    expect((await world.exchange(codeOf(back))).body.organization_id).toBe(other);
  });

  test("is offered on the page where its organization is asked for", async () => {
    const browser = world.browser();
    const url = world.authorizeUrl({ organization_id: world.organizationId });
    expect((await browser.open(url)).text).toContain("Continue with Corp");
  });
});

describe("the provider's tokens", () => {
  test("are handed to the app where its configuration says so, once more to a repeat, sealed between", async () => {
    await world.change(world.acme.id, { returnTokens: true });
    const browser = world.browser();
    const page = await browser.open(world.authorizeUrl({ connection_id: world.acme.id }));
    const back = sentTo(await world.goThrough(browser, page));
    const { store } = world.services;
    const headers = { "idempotency-key": "once" };
    const first = await world.exchange(codeOf(back), headers);
    expect(first.body.oauth_tokens).toEqual({
      provider: "SSO",
      access_token: expect.stringMatching(/^.{20,}$/),
      refresh_token: "",
      expires_at: expect.any(Number),
      scopes: expect.arrayContaining(["openid", "email"]),
    });
    const lifetime = first.body.oauth_tokens.expires_at - Date.now() / 1000;
    expect(lifetime).toBeGreaterThan(500);
    expect(lifetime).toBeLessThan(601);
    const again = await world.exchange(codeOf(back), headers);
    expect(again.body.oauth_tokens).toEqual(first.body.oauth_tokens);
    const refreshed = await world.token({
      grant_type: "refresh_token",
      refresh_token: first.body.refresh_token,
    });
    expect(refreshed.body).not.toHaveProperty("oauth_tokens");
    await world.change(world.acme.id, { returnTokens: false });
    expect(await store.providers.find(world.app.id, world.acme.id)).toMatchObject({
      returnTokens: false,
    });
  });
});
