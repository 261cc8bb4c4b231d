import { newOrganizationId } from "../../apps/ids.ts";
import { callbackUrl } from "../../providers/callback-url.ts";
import { addProvider, type ProviderInput } from "../../providers/configure-provider.ts";
import { openPerson } from "../../providers/testing/person.ts";
import { CLIENT, type RealProvider, realProvider } from "../../providers/testing/real-provider.ts";
import type { IdentityProvider } from "../../storage/store.ts";
import { type LoginWorld, openLoginWorld, sentTo } from "./login-world.ts";
import type { ShownPage, TestBrowser } from "./test-browser.ts";

export interface TokenAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the tests look at
  readonly body: any;
}

/** The hosted sign-in, an organization, and a real provider that everybody and the organization use. */
export interface ProviderLoginWorld extends LoginWorld {
  readonly upstream: RealProvider;
  /** Of the app. */
  readonly acme: IdentityProvider;
  /** Of the organization, with the domain corp.example. */
  readonly corp: IdentityProvider;
  readonly organizationId: string;
  change(id: string, change: object): Promise<void>;
  /** From a page or address that leads to the provider, to wherever it ends. */
  goThrough(
    browser: TestBrowser,
    page: ShownPage,
    choice?: { login?: string; declines?: boolean },
  ): Promise<ShownPage>;
  /** Exchanges the code that the app was sent, as its server does. */
  exchange(code: string | null, headers?: Readonly<Record<string, string>>): Promise<TokenAnswer>;
  token(body: object): Promise<TokenAnswer>;
}

const PEOPLE = {
  ada: { email: "ada@example.com", email_verified: true, name: "Ada" },
  cora: { email: "cora@corp.example", name: "Cora" },
  cid: { email: "cid@corp.example", name: "Cid" },
  dora: { email: "dora@corp.example", email_verified: true },
  eve: { email: "ada@example.com", email_verified: false },
};

/** RFC 7636 appendix B. */
const VERIFIER = "dBjftJeZ4CVP-mBgE2_s-4rYyWxfKK_2ZyTdRkJ8ZGo";

export async function openProviderLoginWorld(app: object = {}): Promise<ProviderLoginWorld> {
  const upstream = await realProvider(PEOPLE);
  const world = await openLoginWorld({ app, settings: { allowPrivateAddresses: true } });
  const { services } = world;
  const { store } = services;
  const appId = world.app.id;

  async function add(input: Partial<ProviderInput>): Promise<IdentityProvider> {
    const found = await services.directory.find(appId);
    if (!found) throw new TypeError("The app is gone.");
    const added = await addProvider(services, found, {
      preset: "oidc",
      slug: "acme",
      name: "Acme",
      issuer: upstream.issuer,
      clientId: CLIENT.id,
      clientSecret: CLIENT.secret,
      ...input,
    });
    services.providers.forget(appId);
    return added;
  }

  const organizationId = newOrganizationId();
  await store.organizations.create({ id: organizationId, appId, name: "Corp" });
  const acme = await add({});
  const corp = await add({
    slug: "corp",
    name: "Corp",
    organizationId,
    domains: ["corp.example"],
    joinRole: "member",
  });
  const redirectUris = [acme, corp].map((provider) =>
    callbackUrl(services.settings.publicUrl(), provider),
  );
  await upstream.open({ redirectUris });

  async function token(body: object, headers = {}): Promise<TokenAnswer> {
    const request = new Request("https://sessions.example.com/user_management/authenticate", {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({
        client_id: world.app.clientId,
        client_secret: world.apiKey,
        ...body,
      }),
    });
    const answer = await world.fetch(request, { ip: null });
    return { status: answer.status, body: await answer.json() };
  }

  return {
    ...world,
    upstream,
    acme,
    corp,
    organizationId,
    token,
    async change(id, change) {
      const before = await store.providers.find(appId, id);
      if (!before) throw new TypeError(`No provider ${id}.`);
      await store.providers.edit(appId, id, before.version, change);
      services.providers.forget(appId);
    },
    async goThrough(browser, page, choice) {
      const back = await openPerson().goTo(sentTo(page).href, choice);
      return browser.open(`${back.pathname}${back.search}`);
    },
    exchange: (code, headers) =>
      token({ grant_type: "authorization_code", code, code_verifier: VERIFIER }, headers),
    async close() {
      await world.close();
      await upstream.close();
    },
  };
}
