/** What a page offers for a session: the code that it came back with, and proof that the code is its own. */
import { crypto } from "@latchkey/core/crypto";
import { base64url, utf8 } from "@latchkey/core/encoding";
import { LatchkeyError } from "@latchkey/core/errors";
import type { App, AppClient } from "../apps/app-directory.ts";
import type { MasterKey } from "../keys/master-key.ts";
import type { IdentityProvider, Store } from "../storage/store.ts";
import { notOffered, stateMismatch } from "./finish-flow.ts";
import type { ProviderIdentity, ProviderTokens } from "./identity.ts";
import { findProof } from "./proof.ts";

export interface Offer {
  readonly app: App;
  readonly client: AppClient | null;
  readonly code: string;
  readonly stateCode: string;
  /** PKCE, of the page (RFC 7636). */
  readonly verifier: string;
}

export interface OfferedProof {
  readonly provider: IdentityProvider;
  readonly identity: ProviderIdentity;
  /** Null where the app is not handed them. */
  readonly tokens: ProviderTokens | null;
  readonly stepId: string;
}

export interface OfferDeps {
  readonly store: Pick<Store, "providers" | "providerSteps">;
  readonly master: MasterKey;
}

/** RFC 7636 sections 4.1 and 4.2. */
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
const STATE = /^[A-Za-z0-9._~-]{16,256}$/;

/** Throws `invalid_pkce_parameters`: without them a code would be good for whoever gets hold of it. */
export function requirePkce(given: {
  readonly codeChallenge: string;
  readonly stateCode: string;
}): void {
  if (!CHALLENGE.test(given.codeChallenge)) {
    throw badPkce("code_challenge must be the SHA-256 of a code verifier, base64url (S256)");
  }
  if (!STATE.test(given.stateCode)) {
    throw badPkce("state_code must be 16 to 256 random characters, base64url");
  }
}

/**
 * The proof behind the code; it is not spent. `evenUsed`: for a repeat of the request that spent it.
 *
 * @throws LatchkeyError `oauth_state_mismatch`, `invalid_pkce_parameters`, `invalid_credentials` (no
 * such code of this app and app client, or it was used or is too old), `disallowed_login_method`
 */
export async function offeredProof(
  deps: OfferDeps,
  { app, client, code, stateCode, verifier }: Offer,
  options: { readonly evenUsed?: boolean } = {},
): Promise<OfferedProof> {
  if (!VERIFIER.test(verifier)) {
    throw badPkce("code_verifier must have 43 to 128 letters, digits and signs of - . _ ~");
  }
  const proof = await findProof(deps, code, options);
  const purpose = proof?.purpose;
  const isOwn = proof?.step.appId === app.id && purpose?.kind === "browser";
  if (!isOwn || purpose.clientId !== (client?.id ?? null)) throw wrongOAuthCode();
  if (purpose.stateCode !== stateCode) throw stateMismatch();
  if (purpose.codeChallenge !== (await challengeOf(verifier))) {
    throw badPkce("code_verifier is not the one of this sign-in's code_challenge");
  }
  const provider = await deps.store.providers.find(app.id, proof.step.providerId);
  if (!provider?.enabled) throw notOffered(provider ?? { name: "this provider" });
  return { provider, identity: proof.identity, tokens: proof.tokens, stepId: proof.step.id };
}

/** One answer for a code that was used, ran out, is of somebody else or was never ours. */
export function wrongOAuthCode(): LatchkeyError {
  return new LatchkeyError(
    "invalid_credentials",
    422,
    "This authorization code is not good: it was used already, is older than two minutes, or is of another app or app client. Begin the sign-in again.",
  );
}

const challengeOf = async (verifier: string): Promise<string> =>
  base64url(await crypto.sha256(utf8(verifier)));

const badPkce = (what: string): LatchkeyError =>
  new LatchkeyError("invalid_pkce_parameters", 400, `${what}.`);
