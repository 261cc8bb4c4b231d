/**
 * A whole OpenID Connect provider as a process of its own: oidc-provider with its own forms, which take
 * any login. Prints its issuer; answers 503 until it is told its clients.
 */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair } from "jose";
import Provider from "oidc-provider";

let handler: RequestListener = (_, response) => response.writeHead(503).end();
const server = createServer((request, response) => {
  // Its forms ask for a font of another site, and wait for it.
  response.setHeader("content-security-policy", "style-src 'unsafe-inline'");
  handler(request, response);
});

server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.send?.({ issuer });
});

process.on("message", async ({ redirectUris }: { redirectUris: string[] }) => {
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const key = { ...(await exportJWK(privateKey)), kid: "key-1", alg: "RS256", use: "sig" };
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "latchkey",
        token_endpoint_auth_method: "none",
        redirect_uris: redirectUris,
      },
    ],
    jwks: { keys: [key] },
    cookies: { keys: ["a key for the cookies of a test"] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: async () => ({
        sub: id,
        name: id,
        email: `${id}@provider.test`,
        email_verified: true,
      }),
    }),
    features: { devInteractions: { enabled: true } },
  });
  handler = provider.callback();
  process.send?.({ ready: true });
});
