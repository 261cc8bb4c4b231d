import { crypto } from "@latchkey/core/crypto";
import { mintAccessToken } from "@latchkey/core/tokens/browser-tokens";
import {
  createLatchkeyBackend,
  createPageGuard,
  createSessionProxy,
  markPrivate,
} from "../src/index.ts";

const jwk = await crypto.generateEs256();
const { d: _, ...publicJwk } = jwk;
const signer = { kid: "key-1", privateKey: await crypto.importEs256Private(jwk) };
const issuedAt = Math.floor(Date.now() / 1_000);
const subject = { appId: "app", userId: "did:privy:x", sessionId: "s", issuedAt };
const token = await mintAccessToken({ ...subject, expiresAt: issuedAt + 60 }, signer);

// Not a Response: Node's own reads its body by way of Buffer.
const jwks = {
  status: 200,
  headers: new Headers(),
  text: async () => JSON.stringify({ keys: [{ ...publicJwk, kid: "key-1" }] }),
};
const backend = createLatchkeyBackend({
  appId: "app",
  serverUrl: "https://privy.example.com",
  fetch: async () => jwks as Response,
});
const withKey = createLatchkeyBackend({
  appId: "app",
  verificationKey: await crypto.exportEs256Pem(publicJwk),
});

const request = (cookie: string) =>
  new Request("https://app.example.com/", { headers: { cookie: `privy-token=${cookie}` } });
const statuses = [];
for (const { authenticateRequest } of [backend, withKey]) {
  statuses.push((await authenticateRequest(request(token))).status);
  statuses.push((await authenticateRequest(request(token))).status);
  statuses.push((await authenticateRequest(request(`${token.slice(0, -2)}AA`))).status);
}
const guard = createPageGuard({ backend, sessionHost: "https://privy.example.com" });
const hinted = new Request("https://app.example.com/notes", {
  headers: { cookie: "privy-session=t", accept: "text/html" },
});
const guarded = (await guard.check(hinted)).response?.status;
const proxy = createSessionProxy({
  appId: "app",
  appSecret: "secret",
  serverUrl: "https://sessions.example.net",
  origin: "https://app.example.com",
});
const proxied = await proxy.handle(new Request("https://app.example.com/notes"));
const response = new Response();
markPrivate(response.headers);

const isWebCrypto = (signer.privateKey as object) instanceof CryptoKey;
console.log(
  JSON.stringify({ statuses, guarded, proxied, isWebCrypto, hasBuffer: "Buffer" in globalThis }),
);
