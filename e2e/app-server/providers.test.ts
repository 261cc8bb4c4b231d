/** Providers by the vendor's unmodified node SDK, and by a browser without scripts. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { consentAt, type ProviderProcess, startProvider } from "../oauth/provider-process.ts";
import { launchChromium } from "../support/chromium.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { CALLBACK, COOKIE_PASSWORD, openWorkOS } from "./workos.ts";

let server: DevServer;
let provider: ProviderProcess;
let connectionId: string;

beforeAll(async () => {
  [server, provider] = await Promise.all([startDevServer(), startProvider()]);
  const { app_id: appId } = server.credentials;
  const add = (...args: string[]) => server.latchkey(...args, "--return-tokens");
  await provider.addTo(appId, add, [server.url]);
  const list = await server.latchkey("providers", "list", appId);
  connectionId = /conn_[a-z0-9]{26}/.exec(list)?.[0] ?? "";
});
afterAll(async () => {
  await provider?.stop();
  await server?.stop();
});

test("connectionId leads to the provider without a script, and the answer has its tokens once", async () => {
  const workos = openWorkOS(server);
  const pkce = await workos.pkce.generate();
  const url = workos.userManagement.getAuthorizationUrl({
    connectionId,
    redirectUri: CALLBACK,
    state: "a state",
    codeChallenge: pkce.codeChallenge,
    codeChallengeMethod: "S256",
    providerScopes: ["offline_access"],
    providerQueryParams: { ui_locales: "en" },
  });
  const browser = await launchChromium();
  try {
    const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
    const asked = page.waitForRequest(/\/auth\?/);
    await page.goto(url);
    const query = new URL((await asked).url()).searchParams;
    expect(query.get("scope")).toContain("offline_access");
    expect(query.get("ui_locales")).toBe("en");
    await page.route(`${CALLBACK}*`, (route) => route.fulfill({ body: "back" }));
    await consentAt(page, "ada").catch(() => undefined);
    await page.waitForURL(`${CALLBACK}*`);
    const back = new URL(page.url());
    expect(back.searchParams.get("state")).toBe("a state");
    const answer = await workos.userManagement.authenticateWithCode({
      code: back.searchParams.get("code") ?? "",
      codeVerifier: pkce.codeVerifier,
      session: { sealSession: true, cookiePassword: COOKIE_PASSWORD },
    });
    expect(answer.authenticationMethod).toBe("SSO");
    expect(answer.user).toMatchObject({ email: "ada@provider.test" });
    expect(answer.oauthTokens).toMatchObject({
      accessToken: expect.any(String),
      scopes: expect.arrayContaining(["openid"]),
    });
    const session = workos.userManagement.loadSealedSession({
      sessionData: answer.sealedSession ?? "",
      cookiePassword: COOKIE_PASSWORD,
    });
    const refreshed = await session.refresh();
    expect(refreshed.authenticated).toBe(true);
    const { data } = await workos.userManagement.listSessions(answer.user.id);
    expect(data.map(({ authMethod }) => authMethod)).toEqual(["sso"]);
  } finally {
    await browser.close();
  }
});

test("an address of an organization's domain is sso_required, with what to send the browser to", async () => {
  const { userManagement, organizations } = openWorkOS(server);
  const { id } = await organizations.createOrganization({ name: "Corp" });
  const { app_id: appId } = server.credentials;
  const fixed = ["--slug", "corp", "--client-id", "latchkey", "--public"];
  const bound = ["--organization", id, "--domain", "corp.test"];
  const issuer = ["--issuer", provider.issuer];
  const made = await server.latchkey(
    "providers",
    "add",
    appId,
    "oidc",
    ...fixed,
    ...bound,
    ...issuer,
  );
  const corp = /conn_[a-z0-9]{26}/.exec(made)?.[0];
  const refusal = () =>
    userManagement
      .authenticateWithPassword({ email: "cora@corp.test", password: "wrong wrong wrong" })
      .catch((error: unknown) => error);
  // A running server follows within five seconds.
  await expect.poll(refusal, { timeout: 10_000 }).toMatchObject({ code: "sso_required" });
  expect(await refusal()).toMatchObject({
    status: 400,
    rawData: { connection_ids: [corp], email: "cora@corp.test" },
  });
  const { url } = await fetch(
    userManagement.getAuthorizationUrl({ organizationId: id, redirectUri: CALLBACK }),
    { redirect: "manual" },
  ).then((answer) => ({ url: new URL(answer.headers.get("location") ?? "") }));
  expect(url.origin).toBe(provider.issuer);
});
