/** The provider's code against who it is (RFC 6749 section 4.1.3, OpenID Connect Core section 3.1.3). */
import * as client from "openid-client";
import { OutboundError } from "../outbound/outbound-error.ts";
import type { OutboundFetch } from "../outbound/outbound-fetch.ts";
import type { Flow } from "./flow.ts";
import { verifySignature } from "./id-token.ts";
import type { ProviderIdentity, ProviderTokens } from "./identity.ts";
import type { OAuth2Preset, OidcPreset } from "./preset.ts";
import { orAborted, type ProviderClient } from "./provider-client.ts";
import { identityOfClaims, identityOfProfile, joinedName, withUserinfo } from "./read-identity.ts";
import type { Upstream } from "./upstream.ts";

export interface ExchangeInput {
  readonly upstream: Upstream;
  readonly client: ProviderClient;
  readonly flow: Flow;
  readonly state: string;
  /** What came back with the browser, checked to stand there once each. */
  readonly params: URLSearchParams;
  readonly signal: AbortSignal;
  readonly now: number;
}

export interface Exchanged {
  readonly identity: ProviderIdentity;
  readonly tokens: ProviderTokens;
}

type Tokens = Awaited<ReturnType<typeof client.authorizationCodeGrant>>;

/** Throws OutboundError, or an error of openid-client or jose. */
export async function exchangeCode(input: ExchangeInput): Promise<Exchanged> {
  const { client: provider, flow, params, state } = input;
  const { preset, config } = provider;
  const url = new URL(flow.callbackUrl);
  // GitHub and its like have no issuer in the sense of RFC 9207; whoever sends one is told apart by it.
  const names = preset.kind === "oidc" ? ["code", "state", "iss"] : ["code", "state"];
  for (const name of names) {
    const value = params.get(name);
    if (value !== null) url.searchParams.set(name, value);
  }
  const tokens = await client.authorizationCodeGrant(config, url, {
    expectedState: state,
    idTokenExpected: preset.kind === "oidc",
    ...(flow.nonce !== null && { expectedNonce: flow.nonce }),
    ...(flow.verifier !== null && { pkceCodeVerifier: flow.verifier }),
  });
  const identity =
    preset.kind === "oidc"
      ? await oidcIdentity(input, preset, tokens)
      : await profileIdentity(provider.fetch, preset, tokens.access_token);
  return { identity, tokens: readTokens(tokens, input.now) };
}

async function oidcIdentity(
  { upstream, client: { config }, signal, params }: ExchangeInput,
  preset: OidcPreset,
  tokens: Tokens,
): Promise<ProviderIdentity> {
  const { jwks_uri, userinfo_endpoint } = config.serverMetadata();
  const claims = tokens.claims();
  if (!claims || !tokens.id_token || !jwks_uri) {
    throw new ProfileError("the provider publishes no keys");
  }
  const verified = verifySignature(upstream.documents, jwks_uri, tokens.id_token);
  await orAborted(verified, signal);
  // Many say who it is in the ID token and what they are called elsewhere.
  const isShort = claims.email === undefined || claims.name === undefined;
  const more =
    isShort && userinfo_endpoint
      ? await client.fetchUserInfo(config, tokens.access_token, claims.sub)
      : {};
  const { vouchesForEmail } = preset;
  const identity = identityOfClaims(withUserinfo(claims, more, vouchesForEmail), vouchesForEmail);
  if (!identity) throw new ProfileError("the ID token names nobody");
  return identity.name === null ? { ...identity, name: nameOfForm(params) } : identity;
}

/** Apple sends a name with the first consent, in the form and unsigned: good for showing, nothing else. */
function nameOfForm(params: URLSearchParams): string | null {
  try {
    const { name } = JSON.parse(params.get("user") ?? "{}");
    return joinedName(name?.firstName, name?.lastName);
  } catch {
    return null;
  }
}

/** What the provider answers tells nothing about anybody. */
class ProfileError extends Error {
  override readonly name = "ProfileError";
  readonly code = "no_identity";
}

async function profileIdentity(
  fetch: OutboundFetch,
  preset: OAuth2Preset,
  accessToken: string,
): Promise<ProviderIdentity> {
  const { profile, issuer, vouchesForEmail } = preset;
  const [own, addresses] = await Promise.all([
    readApi(fetch, profile.url, accessToken),
    // Who consented to the profile alone has no list; then there is no address.
    profile.emailList
      ? readApi(fetch, profile.emailList.url, accessToken).catch((error: unknown) => {
          if (error instanceof ProfileError) return null;
          throw error;
        })
      : null,
  ]);
  const identity = identityOfProfile(issuer, profile, vouchesForEmail, own, addresses);
  if (identity) return identity;
  throw new ProfileError("the profile names nobody");
}

async function readApi(fetch: OutboundFetch, url: string, accessToken: string): Promise<unknown> {
  const response = await fetch(url, {
    headers: {
      accept: "application/json",
      authorization: `Bearer ${accessToken}`,
      // GitHub refuses who does not say what they are.
      "user-agent": "latchkey",
    },
  });
  if (response.status >= 500 || response.status === 429) {
    throw new OutboundError("network", `${url} answered ${response.status}`);
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.status === 200 && body !== null) return body;
  throw new ProfileError(`${url} answered ${response.status}`);
}

function readTokens(tokens: Tokens, now: number): ProviderTokens {
  return {
    accessToken: tokens.access_token,
    expiresIn: tokens.expires_in ?? null,
    refreshToken: tokens.refresh_token ?? null,
    scopes: (tokens.scope ?? "").split(/[\s,]+/).filter(Boolean),
    issuedAt: now,
  };
}
