import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CLIENT, type RealProvider, realProvider } from "../../providers/testing/real-provider.ts";
import { type AdminClient, openAdminClient } from "./testing/admin-client.ts";

let client: AdminClient;
let upstream: RealProvider;
let app: string;
beforeAll(async () => {
  client = await openAdminClient({ settings: { allowPrivateAddresses: true } });
  upstream = await realProvider({});
  await upstream.open({ redirectUris: ["https://sessions.example.com/callback"] });
  app = `/apps/${client.server.app.id}`;
});
afterAll(async () => {
  await client.server.close();
  await upstream.close();
});

const SECRET = "a-secret-that-nobody-may-see-again";
let names = 0;
const own = (changes: object = {}) => ({
  preset: "oidc",
  slug: `own-${names++}`,
  issuer: upstream.issuer,
  clientId: CLIENT.id,
  clientSecret: CLIENT.secret,
  ...changes,
});
const add = (body: object) => client.call("editor", "POST", `${app}/providers`, body);

describe("a provider's configuration", () => {
  test("never shows its secret again, in answers, lists and the audit log (ASVS 14.2.6)", async () => {
    const { body } = await add(own({ clientSecret: SECRET }));
    expect(body).toMatchObject({ hasSecret: true, enabled: true, mergeByEmail: false });
    const path = `${app}/providers/${body.id}`;
    const changed = await client.call("editor", "PATCH", path, {
      version: body.version,
      clientSecret: `${SECRET}-2`,
    });
    expect(changed.status).toBe(200);
    const read = await client.call("viewer", "GET", path);
    const list = await client.call("viewer", "GET", `${app}/providers`);
    const log = await client.call("owner", "GET", "/audit-log?limit=20");
    const said = JSON.stringify([body, changed.body, read.body, list.body, log.body]);
    expect(said).not.toContain(SECRET);
    expect(JSON.stringify(log.body)).toContain('"clientSecret":"changed"');
    const { services, app: made } = client.server;
    const row = await services.store.providers.find(made.id, body.id);
    expect(row?.sealedSecret).not.toContain(SECRET);
  });

  test("names the redirect URI to register: one for all presets, one for each other provider", async () => {
    const { body } = await add(own());
    expect(body.redirectUris).toEqual([
      `https://sessions.example.com/api/v1/oauth/callback/${body.id}`,
    ]);
    const list = await client.call("viewer", "GET", `${app}/providers`);
    expect(list.body.redirectUris).toEqual(["https://sessions.example.com/api/v1/oauth/callback"]);
  });

  test("is changed on the version that was read alone", async () => {
    const { body } = await add(own());
    const path = `${app}/providers/${body.id}`;
    const change = (name: string) =>
      client.call("editor", "PATCH", path, { version: body.version, name });
    expect((await change("First")).status).toBe(200);
    expect((await change("Second")).body.code).toBe("changed_meanwhile");
    expect((await client.call("viewer", "GET", path)).body.name).toBe("First");
  });

  const APPLE = { preset: "apple", clientId: "com.example", options: { teamId: "ABCDE12345" } };
  test.each([
    ["an unknown preset", { preset: "myspace" }, "preset"],
    ["a name that a preset has", { slug: "microsoft" }, "slug"],
    ["no name", { slug: undefined }, "slug"],
    ["no issuer", { issuer: undefined }, "issuer"],
    ["an issuer over http", { issuer: "http://id.example.com" }, "issuer"],
    ["an issuer that is a script", { issuer: "javascript:alert(1)" }, "issuer"],
    [
      "the address of the document for the issuer",
      { issuer: "https://id.example.com/.well-known/openid-configuration" },
      "issuer",
    ],
    ["an issuer for a preset that has its own", { preset: "google", slug: undefined }, "issuer"],
    ["an option that is none", { options: { tenant: "x" } }, "options.tenant"],
    ["a missing option", { ...APPLE, slug: undefined, issuer: undefined }, "options.keyId"],
    ["an organization that is none", { organizationId: "org_x" }, "organizationId"],
    ["domains without an organization", { domains: ["corp.example"] }, "domains"],
    ["a role without an organization", { joinRole: "member" }, "joinRole"],
    [
      "a secret that is no key",
      {
        ...APPLE,
        slug: undefined,
        issuer: undefined,
        options: { teamId: "ABCDE12345", keyId: "12345ABCDE" },
      },
      "clientSecret",
    ],
    ["a scope with a space", { scopes: ["a b"] }, "scopes.0"],
    ["an icon that is no address", { iconUrl: "data:image/png;base64,x" }, "iconUrl"],
  ])("is refused with %s, beside the field", async (_, changes, field) => {
    const { status, body } = await add(own(changes));
    expect(status).toBe(400);
    expect(Object.keys(body.fields)).toEqual([field]);
  });

  test("binds a domain to one organization's connection, written as people write it", async () => {
    const { body: org } = await client.call("editor", "POST", `${app}/organizations`, {
      name: "Corp",
    });
    const bound = { organizationId: org.id, domains: ["@Corp.Example", "bücher.example"] };
    const { body } = await add(own(bound));
    expect(body.domains).toEqual(["corp.example", "xn--bcher-kva.example"]);
    const taken = await add(own({ ...bound, domains: ["corp.example"] }));
    expect(taken.body.fields.domains).toContain(body.id);
    for (const wrong of [
      "corp",
      "*.corp.example",
      "ada@corp.example",
      "corp.example/x",
      "1.2.3.4",
    ]) {
      const answer = await add(own({ ...bound, domains: [wrong] }));
      expect(answer.body.fields?.domains, wrong).toContain("is no domain");
    }
  });

  test("is one app's alone", async () => {
    const { body } = await add(own());
    const other = await client.server.addApp();
    for (const method of ["GET", "DELETE"]) {
      const answer = await client.call("owner", method, `/apps/${other.id}/providers/${body.id}`);
      expect(answer.status).toBe(404);
    }
  });

  test("is what the browser protocol's app configuration says", async () => {
    const fetchConfig = async () => {
      const url = `https://sessions.example.com/api/v1/apps/${client.server.app.id}`;
      const headers = { origin: "https://app.example.com" };
      const answer = await client.server.fetch(new Request(url, { headers }), { ip: null });
      return (await answer.json()) as Record<string, unknown>;
    };
    expect(await fetchConfig()).toMatchObject({ github_oauth: false });
    const github = { preset: "github", clientId: "1", clientSecret: "2" };
    const { body: added } = await add(github);
    const { body: named } = await add(own({ slug: "named", name: "Named" }));
    const config = await fetchConfig();
    expect(config).toMatchObject({ github_oauth: true, google_oauth: false });
    expect(config.custom_oauth_providers).toContainEqual({
      enabled: true,
      provider: "custom:named",
      provider_display_name: "Named",
      provider_icon_url: "",
    });
    for (const { id, version } of [added, named]) {
      await client.call("editor", "PATCH", `${app}/providers/${id}`, { version, enabled: false });
    }
    const off = await fetchConfig();
    expect(off.github_oauth).toBe(false);
    expect(JSON.stringify(off.custom_oauth_providers)).not.toContain("custom:named");
  });
});

describe("the test of a provider says", () => {
  async function tested(changes: object) {
    const { body } = await add(own(changes));
    const answer = await client.call("editor", "POST", `${app}/providers/${body.id}/test`);
    expect(answer.status).toBe(200);
    const { works, findings } = answer.body as {
      works: boolean;
      findings: { check: string; result: string; text: string }[];
    };
    return { works, text: findings.map((each) => `${each.result}: ${each.text}`).join("\n") };
  }

  /** A provider whose document says what `document` makes of a good one. */
  async function testedAgainst(document: (issuer: string) => object | string, status = 200) {
    const server = createServer((request, response) => {
      const { port } = server.address() as AddressInfo;
      const issuer = `http://127.0.0.1:${port}`;
      if (request.url?.endsWith("/jwks")) return response.end(JSON.stringify({ keys: [{}] }));
      const body = document(issuer);
      response.writeHead(status, { "content-type": "application/json", location: "/elsewhere" });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    try {
      return await tested({ issuer: `http://127.0.0.1:${port}` });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }
  const good = (issuer: string) => ({
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    code_challenge_methods_supported: ["S256"],
  });

  test("that everything is good", async () => {
    const { works, text } = await tested({});
    expect(works).toBe(true);
    expect(text).toContain("good: The provider takes the client id and secret.");
    expect(text).not.toMatch(/^(wrong|warning|unknown)/m);
  });

  test("that the secret is wrong", async () => {
    const { works, text } = await tested({ clientSecret: SECRET });
    expect(works).toBe(false);
    expect(text).toContain("wrong: The provider does not take this client id and secret");
  });

  test("that nothing is there", async () => {
    const { works, text } = await tested({ issuer: "http://127.0.0.1:9" });
    expect(works).toBe(false);
    expect(text).toContain("could not be reached: nothing listens there");
  });

  test.each([
    ["another issuer", (i: string) => ({ ...good(i), issuer: `${i}/` }), "the same to the last"],
    ["no issuer", () => ({}), "names no issuer"],
    ["no document", () => "<html>", "not a JSON document"],
    [
      "no S256",
      (i: string) => ({ ...good(i), code_challenge_methods_supported: ["plain"] }),
      "need S256",
    ],
    [
      "silence about PKCE",
      (i: string) => ({ ...good(i), code_challenge_methods_supported: undefined }),
      "warning: The provider does not say whether it knows PKCE",
    ],
    [
      "a plain endpoint",
      (i: string) => ({ ...good(i), token_endpoint: "http://id.example/token" }),
      "which is not https",
    ],
    [
      "no keys' address",
      (i: string) => ({ ...good(i), jwks_uri: undefined }),
      "no usable jwks_uri",
    ],
  ])("that the provider's document has %s", async (_, document, words) => {
    expect((await testedAgainst(document)).text).toContain(words);
  });

  test.each([
    [404, "answered 404"],
    [302, "redirects to /elsewhere"],
  ])("that the document's address answers %i", async (status, words) => {
    expect((await testedAgainst(good, status)).text).toContain(words);
  });

  test("that its address is inside the network, where the operator does not allow that (SSRF)", async () => {
    const closed = await openAdminClient();
    try {
      const path = `/apps/${closed.server.app.id}/providers`;
      const { body } = await closed.call("editor", "POST", path, own());
      const before = upstream.requestsTo("/.well-known/openid-configuration");
      const answer = await closed.call("editor", "POST", `${path}/${body.id}/test`);
      expect(answer.body.works).toBe(false);
      expect(answer.body.findings[0].text).toContain("no https address of the public internet");
      expect(upstream.requestsTo("/.well-known/openid-configuration")).toBe(before);
    } finally {
      await closed.server.close();
    }
  });
});
