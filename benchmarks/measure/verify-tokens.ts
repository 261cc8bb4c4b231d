/** Measures ways to verify one access token; told what and how long by the parent process. */
import { createLatchkeyBackend } from "@latchkey/backend";
import { importJWK, type JWK, jwtVerify } from "jose";
import type { VerificationInput, VerificationResult } from "./verification.ts";

type Way = (token: string) => Promise<unknown>;

process.once("message", async (input: VerificationInput) => {
  process.send?.(await measure(input));
});
process.once("disconnect", () => process.exit());

async function measure(input: VerificationInput): Promise<VerificationResult> {
  const { serverUrl, appId } = input;
  const cold = createLatchkeyBackend({ serverUrl, appId, cacheSize: 0 });
  const warm = createLatchkeyBackend({ serverUrl, appId });
  const key = await currentKey(serverUrl, appId);
  const check = { algorithms: ["ES256"], issuer: "privy.io", audience: appId, typ: "JWT" };
  const requests = new Map(
    input.tokens.map((token) => [token, { headers: { authorization: `Bearer ${token}` } }]),
  );
  const ways: Record<keyof VerificationResult, Way> = {
    cold: async (token) => signedIn(await cold.verifyAccessToken(token)),
    cached: async (token) => signedIn(await warm.verifyAccessToken(token)),
    cachedRequest: async (token) =>
      signedIn(await warm.authenticateRequest(requests.get(token) ?? { headers: {} })),
    jose: (token) => jwtVerify(token, key, check),
  };
  const names = Object.keys(ways) as (keyof VerificationResult)[];
  const result = { cold: [], cached: [], cachedRequest: [], jose: [] } as Record<
    keyof VerificationResult,
    number[]
  >;
  // Once uncounted, to fill the cache and to let the code be compiled.
  for (const name of names) await cpuMicros(ways[name], input);
  for (let round = 0; round < input.rounds; round += 1) {
    for (const name of names) result[name].push(await cpuMicros(ways[name], input));
  }
  return result;
}

async function cpuMicros(way: Way, { tokens, measureMs }: VerificationInput): Promise<number> {
  let verified = 0;
  const before = process.cpuUsage();
  const started = performance.now();
  while (performance.now() - started < measureMs) {
    for (const token of tokens) await way(token);
    verified += tokens.length;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / verified;
}

function signedIn(result: { readonly status: string }): void {
  if (result.status !== "signed_in") throw new Error(`a good token was ${result.status}`);
}

async function currentKey(serverUrl: string, appId: string) {
  const response = await fetch(`${serverUrl}/api/v1/apps/${appId}/jwks.json`);
  const { keys } = (await response.json()) as { keys: JWK[] };
  return importJWK(keys[0] as JWK, "ES256");
}
