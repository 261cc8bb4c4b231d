import { crypto, type PrivateJwk, type SigningKey } from "@latchkey/core/crypto";
import {
  mintAccessToken,
  mintIdentityToken,
  mintSessionServerToken,
  type SessionSubject,
} from "@latchkey/core/tokens/browser-tokens";
import { createLatchkeyBackend, type LatchkeyBackendOptions } from "../src/index.ts";

export const APP_ID = "cm0app00000000000000000a1";
export const SERVER_URL = "https://privy.example.com";
export const JWKS_URL = `${SERVER_URL}/api/v1/apps/${APP_ID}/jwks.json`;
export const USER_ID = "did:privy:cm0user000000000000000001";
export const START = 1_800_000_000_000;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** A session server as seen over the network, with a clock that both sides read. */
export function createSessionServer() {
  const made = new Map<string, { jwk: PrivateJwk; privateKey: SigningKey }>();
  const published = new Set<string>();
  let respond: ((url: string, init?: RequestInit) => Promise<Response>) | undefined;

  async function make(kid: string) {
    const jwk = await crypto.generateEs256();
    const key = { jwk, privateKey: await crypto.importEs256Private(jwk) };
    made.set(kid, key);
    return key;
  }

  function privateJwk(kid: string): PrivateJwk {
    const key = made.get(kid);
    if (!key) throw new Error(`There is no key "${kid}": publish it first.`);
    return key.jwk;
  }

  const server = {
    now: START,
    /** Every request for the JWKS so far. */
    requests: 0,

    pass(ms: number) {
      server.now += ms;
    },
    /** Makes the key on first mention, also anew after `replace`. */
    async publish(kid: string) {
      if (!made.has(kid)) await make(kid);
      published.add(kid);
    },
    withdraw(kid: string) {
      published.delete(kid);
    },
    /** Another key under the same name. */
    async replace(kid: string) {
      await make(kid);
    },
    async signer(kid: string) {
      const { privateKey } = made.get(kid) ?? (await make(kid));
      return { kid, privateKey };
    },
    jwks() {
      const keys = [...published].map((kid) => {
        const { kty, crv, x, y } = privateJwk(kid);
        return { kty, crv, x, y, kid, alg: "ES256", use: "sig" };
      });
      return { keys };
    },
    pem: (kid: string) => crypto.exportEs256Pem(privateJwk(kid)),
    /** Answers like this until `recover`. */
    fail(answer: (url: string, init?: RequestInit) => Promise<Response>) {
      respond = answer;
    },
    recover() {
      respond = undefined;
    },
    async fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
      const url = input instanceof Request ? input.url : String(input);
      server.requests += 1;
      if (respond) return respond(url, init);
      if (url !== JWKS_URL) return new Response("Not found", { status: 404 });
      return Response.json(server.jwks());
    },

    subject(more: Partial<SessionSubject> = {}): SessionSubject {
      const issuedAt = Math.floor(server.now / 1_000);
      return {
        appId: APP_ID,
        userId: USER_ID,
        sessionId: "session-1",
        issuedAt,
        expiresAt: issuedAt + 3_600,
        ...more,
      };
    },
    async accessToken(kid = "key-1", more: Partial<SessionSubject> = {}) {
      return mintAccessToken(server.subject(more), await server.signer(kid));
    },
    async sessionServerToken(kid = "key-1") {
      return mintSessionServerToken(server.subject(), await server.signer(kid));
    },
    async identityToken(kid = "key-1") {
      const details = { createdAt: 1, linkedAccounts: [{ type: "email", lv: 1 }] };
      return mintIdentityToken({ ...server.subject(), ...details }, await server.signer(kid));
    },

    backend(more: Partial<LatchkeyBackendOptions> = {}) {
      const options = { appId: APP_ID, serverUrl: SERVER_URL, fetch: server.fetch, ...more };
      return createLatchkeyBackend({
        now: () => server.now,
        ...options,
      } as LatchkeyBackendOptions);
    },
  };
  return server;
}

export type SessionServer = ReturnType<typeof createSessionServer>;

export const refused = () => Promise.reject(new TypeError("fetch failed: ECONNREFUSED"));
export const answering = (body: string, status = 200, type = "text/html") => {
  return async () => new Response(body, { status, headers: { "content-type": type } });
};

/** Lets background work that needs no timer finish. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** A promise that the test resolves when it wants to. */
export function deferred<T>() {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settleIt) => {
    resolve = settleIt;
  });
  return { promise, resolve };
}
