/**
 * oidc-provider's refresh_token grant as it is fastest with rotation: everything in memory, a
 * public client, a JWT access token and an ID token, both ES256.
 */
import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";
import type { SeedsAnswer } from "../processes/usage.ts";
import { memoryAdapter } from "./memory-adapter.ts";

const port = Number(process.env.PORT);
const resource = "urn:example:api";
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

const provider = new Provider(`http://127.0.0.1:${port}`, {
  adapter: memoryAdapter,
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig", alg: "ES256" }] },
  cookies: { keys: ["benchmark"] },
  clients: [
    {
      client_id: "bench",
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      redirect_uris: ["https://app.example.com/callback"],
      id_token_signed_response_alg: "ES256",
    },
  ],
  rotateRefreshToken: true,
  ttl: { RefreshToken: 30 * 86_400, Grant: 30 * 86_400, AccessToken: 3600, IdToken: 3600 },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  features: {
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resource,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: "api",
        accessTokenFormat: "jwt",
        jwt: { sign: { alg: "ES256" } },
      }),
    },
  },
});

async function newSession(accountId: string): Promise<string> {
  const client = await provider.Client.find("bench");
  if (!client) throw new Error("the client is not registered");
  const grant = new provider.Grant({ accountId, clientId: client.clientId });
  grant.addOIDCScope("openid offline_access");
  grant.addResourceScope(resource, "api");
  return new provider.RefreshToken({
    client,
    accountId,
    grantId: await grant.save(),
    scope: "openid offline_access api",
    resource,
    gty: "authorization_code",
    iiat: Math.floor(Date.now() / 1000),
    claims: {},
    rotations: 0,
    expiresWithSession: false,
  }).save();
}

const tokens: string[] = [];
for (let index = 0; index < Number(process.env.SESSIONS); index += 1) {
  tokens.push(await newSession(`user-${index}`));
}
provider.listen(port, "127.0.0.1");
process.send?.({ kind: "seeds", tokens } satisfies SeedsAnswer);
