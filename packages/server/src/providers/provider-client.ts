/** A provider as openid-client sees it: its metadata, our client there, and how we prove ourselves. */
import { LatchkeyError } from "@latchkey/core/errors";
import * as client from "openid-client";
import { addressProblem } from "../outbound/address-rules.ts";
import { type OutboundFetch, until } from "../outbound/outbound-fetch.ts";
import type { IdentityProvider } from "../storage/store.ts";
import { appleClientSecret } from "./apple-secret.ts";
import type { Preset } from "./preset.ts";
import { issuerOf, presetOf } from "./provider-preset.ts";
import type { Upstream } from "./upstream.ts";

export interface ProviderClientInput {
  readonly upstream: Upstream;
  readonly provider: IdentityProvider;
  /** Null: a public client. */
  readonly secret: string | null;
  /** Ends everything that is asked of the provider. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface ProviderClient {
  readonly config: client.Configuration;
  readonly preset: Preset;
  readonly fetch: OutboundFetch;
}

/** Throws OutboundError, an error of openid-client, or `provider_misconfigured`. */
export async function providerClient(input: ProviderClientInput): Promise<ProviderClient> {
  const { upstream, provider, signal } = input;
  const preset = presetOf(provider);
  const fetch = until(upstream.fetch, signal);
  const metadata = { [client.clockSkew]: Math.round((input.now - Date.now()) / 1000) };
  const authentication = await clientAuthentication(input, preset);
  const config =
    preset.kind === "oidc"
      ? await discover(input, metadata, authentication)
      : new client.Configuration(
          {
            issuer: preset.issuer,
            authorization_endpoint: preset.endpoints.authorization,
            token_endpoint: preset.endpoints.token,
          },
          provider.clientId,
          metadata,
          authentication,
        );
  // Which addresses may be asked is decided by rules of our own, which are stricter.
  client.allowInsecureRequests(config);
  config[client.customFetch] = asCustomFetch(fetch);
  const { authorization_endpoint } = config.serverMetadata();
  const url = URL.parse(authorization_endpoint ?? "");
  const problem = url ? addressProblem(url, upstream.rules) : "is no address";
  if (problem !== null) {
    throw misconfigured(provider, `its authorization_endpoint ${problem}`);
  }
  return { config, preset, fetch };
}

/** By its metadata, as kept; the issuer in it must be the one that was asked for (RFC 8414 section 3.3). */
async function discover(
  { upstream, provider, signal }: ProviderClientInput,
  metadata: Partial<client.ClientMetadata>,
  authentication: client.ClientAuth,
): Promise<client.Configuration> {
  const issuer = URL.parse(issuerOf(provider));
  if (!issuer) throw misconfigured(provider, `its issuer "${issuerOf(provider)}" is no address`);
  // It is part of what identifies an account, which an index has to hold.
  if (issuer.href.length > 500) throw misconfigured(provider, "its issuer is too long");
  const kept: OutboundFetch = async (url) =>
    Response.json(await orAborted(upstream.documents.read(url), signal));
  return client.discovery(issuer, provider.clientId, metadata, authentication, {
    [client.customFetch]: asCustomFetch(kept),
    execute: [client.allowInsecureRequests],
  });
}

async function clientAuthentication(
  { provider, secret, now }: ProviderClientInput,
  { clientAuth }: Preset,
): Promise<client.ClientAuth> {
  if (secret === null) return client.None();
  if (clientAuth === "apple_jwt") {
    const { teamId = "", keyId = "" } = provider.options;
    const { clientId } = provider;
    const jwt = await appleClientSecret({ privateKey: secret, teamId, keyId, clientId, now });
    if (jwt !== null) return client.ClientSecretPost(jwt);
    throw misconfigured(
      provider,
      "its private key cannot be read; paste the whole .p8 file, with its first and last line",
    );
  }
  const basic = client.ClientSecretBasic(secret);
  const post = client.ClientSecretPost(secret);
  return (server, ...rest) => {
    // Where it says nothing, every provider takes basic authentication (RFC 8414 section 2).
    const supported = server.token_endpoint_auth_methods_supported;
    const isBasic =
      clientAuth === "client_secret_basic" && supported?.includes("client_secret_basic") !== false;
    return (isBasic ? basic : post)(server, ...rest);
  };
}

/** What is awaited, or the reason why nobody waits any longer. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((done, fail) => {
    const give = () => fail(signal.reason);
    if (signal.aborted) give();
    signal.addEventListener("abort", give, { once: true });
    promise.then(done, fail).finally(() => signal.removeEventListener("abort", give));
  });
}

function asCustomFetch(fetch: OutboundFetch): client.CustomFetch {
  return (url, { method, headers, body, signal }) =>
    fetch(url, {
      method,
      headers,
      body: body instanceof URLSearchParams || typeof body === "string" ? body : null,
      ...(signal && { signal }),
    });
}

function misconfigured(provider: IdentityProvider, what: string): LatchkeyError {
  return new LatchkeyError(
    "provider_misconfigured",
    500,
    `The provider ${provider.name} cannot be used: ${what}. Correct it in the dashboard and test it there.`,
  );
}
