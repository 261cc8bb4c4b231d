import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair } from "jose";
import Provider, { type Configuration } from "oidc-provider";

/** What the provider tells of a person, by what they type as login. */
export type People = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface RealProvider {
  readonly issuer: string;
  /** Registers the deployment's client; before, the provider answers 503. */
  open(client: { readonly redirectUris: readonly string[] }): Promise<void>;
  /** New keys, and none of the old ones. */
  rotateKeys(): Promise<void>;
  /** What it answers instead from now on; null: what it is. */
  answer(instead: RequestListener | null): void;
  /** How often this path of it was asked for. */
  requestsTo(path: string): number;
  close(): Promise<void>;
}

export const CLIENT = { id: "latchkey", secret: "a secret of the provider's, of 32 characters" };

/** A whole OpenID Connect provider on a port of this machine: oidc-provider, with its own forms. */
export async function realProvider(people: People): Promise<RealProvider> {
  let handler: RequestListener = (_, response) => response.writeHead(503).end();
  let instead: RequestListener | null = null;
  const requests: string[] = [];
  let redirectUris: readonly string[] = [];
  const server = createServer((request, response) => {
    requests.push(new URL(request.url ?? "/", issuer).pathname);
    (instead ?? handler)(request, response);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function build(): Promise<void> {
    const { privateKey } = await generateKeyPair("RS256", { extractable: true });
    const kid = `key-${crypto.randomUUID()}`;
    const key = { ...(await exportJWK(privateKey)), kid, alg: "RS256", use: "sig" };
    const configuration: Configuration = {
      clients: [
        {
          client_id: CLIENT.id,
          client_secret: CLIENT.secret,
          redirect_uris: [...redirectUris],
        },
      ],
      jwks: { keys: [key] },
      cookies: { keys: ["a key for cookies of the test"] },
      claims: {
        openid: ["sub"],
        email: ["email", "email_verified"],
        profile: ["name", "preferred_username", "picture"],
      },
      findAccount: (_, id) => ({
        accountId: id,
        claims: async () => ({ sub: id, ...people[id] }),
      }),
      features: { devInteractions: { enabled: true } },
      ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 60 },
    };
    handler = new Provider(issuer, configuration).callback();
  }

  return {
    issuer,
    async open(client) {
      redirectUris = client.redirectUris;
      await build();
    },
    rotateKeys: build,
    answer(listener) {
      instead = listener;
    },
    requestsTo: (path) => requests.filter((each) => each === path).length,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
