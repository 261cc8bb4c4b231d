import { base64url } from "@latchkey/core/encoding";
import type { AuthenticatedUser } from "@latchkey/core/protocol/browser";
import { type Answer, openPage, send, type TestPage } from "../../http/testing/test-page.ts";
import {
  ORIGIN,
  openTestServer,
  type TestServer,
  type TestServerOptions,
} from "../../http/testing/test-server.ts";
import type { IdentityProvider } from "../../storage/store.ts";
import { callbackUrl } from "../callback-url.ts";
import { addProvider, type ProviderInput } from "../configure-provider.ts";
import { openPerson, type Person } from "./person.ts";
import { CLIENT, type People, type RealProvider, realProvider } from "./real-provider.ts";

/** What a page keeps of a sign-in while it is away. */
export interface Begun {
  readonly url: string;
  readonly stateCode: string;
  readonly verifier: string;
}

/** What a page comes back with. */
export interface Returned {
  readonly status: number;
  readonly location: string;
  readonly state: string | null;
  readonly provider: string | null;
  readonly code: string | null;
  readonly error: string | null;
}

export interface ProviderWorld {
  readonly server: TestServer;
  readonly upstream: RealProvider;
  readonly provider: IdentityProvider;
  page(): TestPage;
  person(): Person;
  addProvider(input: Partial<ProviderInput>): Promise<IdentityProvider>;
  /** POST /oauth/init as a page does it. */
  begin(page: TestPage, input?: { redirectTo?: string; provider?: string }): Promise<Begun>;
  /** The browser at the callback; the path and query of `url`. */
  comeBack(url: URL, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** All of it, up to the address that the page is loaded at. */
  signInAt(page: TestPage, login?: string, begun?: Begun): Promise<Returned & Begun>;
  /** Moves the server's clock on; the provider's stays. */
  advance(ms: number): void;
  /** All of it. */
  signIn(page: TestPage, login?: string): Promise<AuthenticatedUser>;
  close(): Promise<void>;
}

const PAGE = `${ORIGIN}/after?tab=1`;

const random = () => base64url(crypto.getRandomValues(new Uint8Array(36)));

export async function challengeOf(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return base64url(new Uint8Array(digest));
}

export interface WorldOptions extends TestServerOptions {
  readonly people?: People;
  readonly provider?: Partial<ProviderInput>;
}

/** A server with an app, and a real provider of it, `custom:acme`. */
export async function openProviderWorld(options: WorldOptions = {}): Promise<ProviderWorld> {
  const upstream = await realProvider(options.people ?? {});
  let ahead = 0;
  const server = await openTestServer({
    now: () => Date.now() + ahead,
    ...options,
    settings: { allowPrivateAddresses: true, ...options.settings },
  });
  const { services } = server;

  const world: ProviderWorld = {
    server,
    upstream,
    provider: await add(options.provider ?? {}),
    page: () => openPage(server),
    person: openPerson,
    addProvider: add,
    async begin(page, { redirectTo = PAGE, provider = "custom:acme" } = {}) {
      const [verifier, stateCode] = [random(), random()];
      const answer = await page.post("/oauth/init", {
        provider,
        redirect_to: redirectTo,
        code_challenge: await challengeOf(verifier),
        state_code: stateCode,
      });
      if (answer.status !== 200) throw new TypeError(`Not begun: ${answer.text}`);
      return { url: answer.as<{ url: string }>().url, stateCode, verifier };
    },
    comeBack: (url, headers = {}) =>
      send(server.fetch, `${url.pathname}${url.search}`, {
        headers: { accept: "text/html", ...headers },
      }),
    async signInAt(page, login = "ada", begun) {
      const own = begun ?? (await world.begin(page));
      const back = await world.comeBack(await openPerson().goTo(own.url, { login }));
      return { ...returned(back), ...own };
    },
    async signIn(page, login) {
      const { code, stateCode, verifier } = await world.signInAt(page, login);
      const answer = await page.post("/oauth/authenticate", offer(code, stateCode, verifier));
      if (answer.status !== 200) throw new TypeError(`Not signed in: ${answer.text}`);
      return answer.as<AuthenticatedUser>();
    },
    advance(ms) {
      ahead += ms;
    },
    async close() {
      await server.close();
      await upstream.close();
    },
  };

  async function add(input: Partial<ProviderInput>): Promise<IdentityProvider> {
    const app = await services.directory.find(server.app.id);
    if (!app) throw new TypeError("The app is gone.");
    const added = await addProvider(services, app, {
      preset: "oidc",
      slug: "acme",
      name: "Acme",
      issuer: upstream.issuer,
      clientId: CLIENT.id,
      clientSecret: CLIENT.secret,
      ...input,
    });
    services.providers.forget(app.id);
    return added;
  }

  await upstream.open({
    redirectUris: [callbackUrl(services.settings.publicUrl(), world.provider)],
  });
  return world;
}

export const offer = (code: string | null, stateCode: string, verifier: string) => ({
  authorization_code: code,
  state_code: stateCode,
  code_verifier: verifier,
});

export function returned(answer: Answer): Returned {
  const location = answer.headers.get("location") ?? "";
  const query = URL.parse(location)?.searchParams ?? new URLSearchParams();
  return {
    status: answer.status,
    location,
    state: query.get("privy_oauth_state"),
    provider: query.get("privy_oauth_provider"),
    code: query.get("privy_oauth_code"),
    error: query.get("privy_oauth_error"),
  };
}
