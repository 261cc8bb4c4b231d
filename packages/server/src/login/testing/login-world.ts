import { crypto } from "@latchkey/core/crypto";
import { base64url, utf8 } from "@latchkey/core/encoding";
import { createApp } from "../../apps/create-app.ts";
import {
  openTestServer,
  type TestServer,
  type TestServerOptions,
} from "../../http/testing/test-server.ts";
import { exchangeAuthorizationCode } from "../../sessions/authorization-codes.ts";
import { appServerPolicy } from "../../sessions/policy.ts";
import { openBrowser, type ShownPage, type TestBrowser } from "./test-browser.ts";

export const CALLBACK = "https://app.example.com/callback";
export const OTHER_CALLBACK = "https://other.example.com/auth/callback";
export const SIGNED_OUT = "https://app.example.com/bye";

/** PKCE of RFC 7636 appendix B. */
const VERIFIER = "dBjftJeZ4CVP-mBgE2_s-4rYyWxfKK_2ZyTdRkJ8ZGo";
const challengeOf = async (verifier: string) => base64url(await crypto.sha256(utf8(verifier)));

export interface LoginWorld extends TestServer {
  /** Addresses as an app's SDK makes them; undefined leaves a parameter out. */
  authorizeUrl(changes?: Readonly<Record<string, string | undefined>>): string;
  browser(options?: Parameters<typeof openBrowser>[1]): TestBrowser;
  /** Another app, with its own callback. */
  otherApp(settings?: object, name?: string): Promise<{ id: string; clientId: string }>;
  /** Exchanges a code as an app's server does; the id of the session that it began. */
  beginSession(code: string, appId?: string): Promise<string>;
  /** Signs in by mailed code; where the browser was sent at the end. */
  signIn(browser: TestBrowser, email: string, url?: string): Promise<URL>;
}

export async function openLoginWorld(options: TestServerOptions = {}): Promise<LoginWorld> {
  const server = await openTestServer({
    ...options,
    app: {
      redirectUris: [CALLBACK],
      logoutUris: [SIGNED_OUT],
      allowedOrigins: ["https://app.example.com"],
      ...options.app,
    },
  });
  const challenge = await challengeOf(VERIFIER);

  function authorizeUrl(changes: Readonly<Record<string, string | undefined>> = {}): string {
    const all = {
      client_id: server.app.clientId,
      redirect_uri: CALLBACK,
      response_type: "code",
      provider: "authkit",
      state: "state-1",
      code_challenge: challenge,
      code_challenge_method: "S256",
      ...changes,
    };
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(all))
      if (value !== undefined) query.set(name, value);
    return `/user_management/authorize?${query}`;
  }

  return {
    ...server,
    authorizeUrl,
    browser: (browserOptions) => openBrowser(server.fetch, browserOptions),
    async otherApp(settings = {}, name = "Other app") {
      const { app } = await createApp(server.services.store.apps, {
        name,
        kind: "production",
        settings: { redirectUris: [OTHER_CALLBACK], sharedSignIn: true, ...settings },
      });
      return { id: app.id, clientId: app.clientId };
    },
    async beginSession(code, appId = server.app.id) {
      const { services } = server;
      const app = await services.directory.find(appId);
      if (!app) throw new TypeError(`No app ${appId}.`);
      const result = await exchangeAuthorizationCode(services, {
        app,
        code,
        codeVerifier: VERIFIER,
        redirectUri: null,
        clientAuthenticated: true,
        policy: appServerPolicy(app, services.settings.sessions),
        userAgent: null,
        ip: null,
        repeatable: null,
      });
      if (result.kind === "exchanged") return result.signedIn.session.id;
      throw new TypeError(`The code was refused: ${result.reason}.`);
    },
    async signIn(browser, email, url = authorizeUrl()) {
      const first = await browser.open(url);
      const second = await browser.submit(first, { email });
      const done = await browser.submit(second, { code: await server.codeFor(email) });
      return sentTo(done);
    },
  };
}

/** The other site that a browser was sent to. */
export function sentTo(page: ShownPage): URL {
  if (page.location === null) {
    throw new TypeError(`Not sent on: ${page.status} ${page.text}`);
  }
  return new URL(page.location, page.url);
}
