import { appClientSettings } from "@latchkey/core/protocol/app-settings";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApp } from "../apps/create-app.ts";
import { newAppClientId } from "../apps/ids.ts";
import { openCookieBrowser } from "../http/testing/cookie-browser.ts";
import { basic } from "../http/testing/test-page.ts";
import { ORIGIN, openTestServer, type TestServer } from "../http/testing/test-server.ts";
import { SESSION_HOST, verifyDomain } from "../http/testing/verified-domain.ts";

const PUBLIC_HOST = "sessions.example.net";
let people = 0;
const newAddress = () => `person-${++people}@example.com`;

let clock = Date.now();
let server: TestServer;
let local: string;
let native: string;
let web: string;

beforeAll(async () => {
  server = await openTestServer({
    now: () => clock,
    app: {
      httpOnlyCookies: true,
      allowedOrigins: [
        ORIGIN,
        "https://*.example.com",
        "https://example.org",
        "http://localhost:3000",
      ],
    },
  });
  const addClient = async (settings: object) => {
    const id = newAppClientId();
    await server.services.store.apps.createClient({
      id,
      appId: server.app.id,
      name: "Client",
      settings: JSON.stringify(appClientSettings.parse(settings)),
    });
    return id;
  };
  local = await addClient({ cookies: "disabled", allowedOrigins: ["http://localhost:3000"] });
  native = await addClient({ cookies: "disabled", nativeAppIds: ["com.example.app"] });
  web = await addClient({ allowedOrigins: [ORIGIN, "http://localhost:3000"] });
  await verifyDomain(server, server.app.id);
});
afterAll(() => server.close());

const from = (origin: string | null, clientId?: string, host = SESSION_HOST) =>
  openCookieBrowser(server, { origin, host, ...(clientId && { clientId }) });

const init = (origin: string | null, clientId?: string, host?: string) =>
  from(origin, clientId, host).post("/passwordless/init", { email: newAddress() });

describe("an app whose domain is verified", () => {
  test.each([ORIGIN, "https://shop.example.com"])("works from %s", async (origin) => {
    expect((await init(origin)).status).toBe(200);
    expect((await init(origin, undefined, PUBLIC_HOST)).status).toBe(200);
  });

  test.each(["https://example.org", "http://localhost:3000", "https://example.com.evil.test"])(
    "not from %s, listed or not, and the error names origin and fix",
    async (origin) => {
      for (const host of [SESSION_HOST, PUBLIC_HOST]) {
        const answer = await init(origin, undefined, host);
        expect(answer).toMatchObject({ status: 403, code: "invalid_origin" });
        expect(answer.text).toContain(origin);
        expect(answer.text).toContain("https://example.com and its subdomains");
        expect(answer.text).toContain(`--cookies disabled --origin ${origin}`);
      }
      const config = await from(origin).call(`/apps/${server.app.id}`);
      expect(config.code).toBe("invalid_origin");
    },
  );

  test("not from its own domain, where that is not listed", async () => {
    const answer = await init("https://example.com");
    expect(answer.text).toContain("--add-origin https://example.com");
  });

  test("works from localhost by an app client without cookies, and its tokens are in bodies", async () => {
    const page = from("http://localhost:3000", local, PUBLIC_HOST);
    const { refresh_token } = await page.signIn(newAddress());
    expect(refresh_token).toMatch(/^lk1\./);
    expect((await page.refresh({ refresh_token })).status).toBe(200);
    expect((await page.post("/sessions/logout", { refresh_token })).status).toBe(200);
  });

  test("a client with cookies is bound to the domain, whatever it lists", async () => {
    expect((await init("http://localhost:3000", web)).code).toBe("invalid_origin");
    expect((await init(ORIGIN, web)).status).toBe(200);
  });

  test("a client without cookies and without origins of its own is bound to it too", async () => {
    expect((await init("http://localhost:3000", native)).code).toBe("invalid_origin");
  });
});

describe("a call that rides on cookies (ASVS 3.5.1)", () => {
  test("needs an Origin, and no other site's", async () => {
    const page = from(ORIGIN);
    await page.signIn(newAddress());
    for (const path of ["/sessions", "/sessions/logout", "/passwordless/init"]) {
      expect((await page.post(path, {}, { origin: undefined })).code).toBe("missing_origin");
      const cross = await page.post(path, {}, { "sec-fetch-site": "cross-site" });
      expect(cross).toMatchObject({ status: 403, code: "invalid_origin" });
    }
    expect(
      (await page.post("/sessions", {}, { origin: "https://evil.example.com.test" })).code,
    ).toBe("invalid_origin");
    expect((await page.refresh()).status).toBe(200);
  });

  test("is taken from browsers without Fetch Metadata by its Origin alone", async () => {
    const page = from(ORIGIN);
    await page.signIn(newAddress());
    expect((await page.refresh({}, { "sec-fetch-site": undefined })).status).toBe(200);
  });
});

describe("a refresh of an app with cookies", () => {
  test("is refused to the app's server by name", async () => {
    for (const host of [SESSION_HOST, PUBLIC_HOST]) {
      const answer = await from(null, undefined, host).refresh(
        { refresh_token: "x" },
        { ...basic(server.app.id, server.secret), origin: ORIGIN },
      );
      expect(answer).toMatchObject({ status: 403, code: "app_credentials_refused" });
    }
  });

  test("is refused without an Origin, but to a native app that its client lists", async () => {
    const refresh_token = (await from(ORIGIN, native, PUBLIC_HOST).signIn(newAddress()))
      .refresh_token;
    const by = (clientId: string | undefined, identifier?: string) =>
      from(null, clientId, PUBLIC_HOST).refresh(
        { refresh_token },
        identifier ? { "x-native-app-identifier": identifier } : {},
      );
    expect((await by(undefined)).code).toBe("missing_origin");
    expect((await by(undefined, "com.example.app")).code).toBe("missing_origin");
    expect((await by(native)).code).toBe("missing_origin");
    expect(await by(native, "com.example.other")).toMatchObject({
      status: 403,
      code: "invalid_native_app_id",
    });
    expect((await by(native, "com.example.app")).status).toBe(200);
  });

  test.each([
    ["nobody has cookies", false, "disabled", 200],
    ["the app's other client has", false, "inherit", 200],
    ["this client has", false, "enabled", 403],
    ["all but this client have", true, "disabled", 403],
    ["all have", true, "inherit", 403],
  ] as const)("without an Origin, where %s", async (_who, httpOnlyCookies, cookies, status) => {
    const app = await server.addApp({ httpOnlyCookies });
    const domain = `d${app.id.slice(0, 20)}.test`;
    const own = newAppClientId();
    await server.services.store.apps.createClient({
      id: own,
      appId: app.id,
      name: "Own",
      settings: JSON.stringify(appClientSettings.parse({ cookies })),
    });
    const at = { appId: app.id, clientId: own, host: PUBLIC_HOST };
    const { refresh_token } = await openCookieBrowser(server, at).signIn(newAddress());
    await verifyDomain(server, app.id, domain);
    clock += 5000;
    const silent = openCookieBrowser(server, { ...at, origin: null });
    expect((await silent.refresh({ refresh_token })).status).toBe(status);
  });

  test("is free in a development app", async () => {
    const { services } = server;

    const { app, appSecret } = await createApp(services.store.apps, {
      name: "Development",
      kind: "development",
      settings: { httpOnlyCookies: true, allowedOrigins: ["http://localhost:3000"] },
    });
    await verifyDomain(server, app.id, "dev.test");
    const page = openCookieBrowser(server, {
      appId: app.id,
      origin: "http://localhost:3000",
      host: PUBLIC_HOST,
    });
    const { refresh_token } = await page.signIn(newAddress());
    const answer = await openCookieBrowser(server, {
      appId: app.id,
      origin: null,
      host: PUBLIC_HOST,
    }).refresh({ refresh_token }, basic(app.id, appSecret));
    expect(answer.status).toBe(200);
  });
});
