/** Signing in with a token of the app's own login, verified by that login's published keys. */
import { LatchkeyError, unavailable } from "@latchkey/core/errors";
import type { AppSettings } from "@latchkey/core/protocol/app-settings";
import { createRemoteJWKSet, customFetch, errors, jwtVerify } from "jose";
import { OutboundError } from "../outbound/outbound-error.ts";
import type { OutboundFetch } from "../outbound/outbound-fetch.ts";

export type CustomJwtVerifier = (
  settings: NonNullable<AppSettings["customJwt"]>,
  token: string,
) => Promise<string>;

/** Asymmetric only: with a shared secret, whoever verifies could also issue (ASVS 9.1.2). */
const ALGORITHMS = ["ES256", "ES384", "RS256", "PS256", "EdDSA"];
const MAX_SETS = 1000;
/** As imports take it. A database refuses some of the rest, and stores others as one and the same. */
const USER_ID = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,256}$/u;

/** Answers the user id that the token names. Throws `invalid_credentials`, or 503 without keys. */
export function customJwtVerifier(deps: {
  /** Keeps to the deployment's address rules: where the keys are, an app's administrators say. */
  fetch: OutboundFetch;
  now: () => number;
  /** Whether keys may come from this machine over http, as in development. */
  allowLoopback: boolean;
}): CustomJwtVerifier {
  const keySets = new Map<string, ReturnType<typeof createRemoteJWKSet>>();

  function keySet(url: string) {
    // Whoever listens on a port of this machine would choose the keys; and an app's administrators
    // need not be trusted with what is on it (OWASP: SSRF).
    if (!deps.allowLoopback && !url.startsWith("https://")) throw noLoopback();
    const known = keySets.get(url);
    if (known) return known;
    if (keySets.size >= MAX_SETS) keySets.clear();
    const created = createRemoteJWKSet(new URL(url), {
      [customFetch]: (address, { headers, signal }) => deps.fetch(address, { headers, signal }),
      timeoutDuration: 5000,
    });
    keySets.set(url, created);
    return created;
  }

  return async (settings, token) => {
    const keys = keySet(settings.jwksUrl);
    const verified = await jwtVerify(token, keys, {
      algorithms: ALGORITHMS,
      issuer: settings.issuer,
      ...(settings.audience !== null && { audience: settings.audience }),
      requiredClaims: ["exp", settings.userIdClaim],
      currentDate: new Date(deps.now()),
      clockTolerance: 5,
    }).catch((error: unknown) => {
      throw refusal(error);
    });
    const userId = verified.payload[settings.userIdClaim];
    if (typeof userId === "string" && USER_ID.test(userId) && userId.isWellFormed()) return userId;
    throw new LatchkeyError(
      "invalid_credentials",
      401,
      `The token's claim "${settings.userIdClaim}" must be a text of 1 to 256 characters, none of them control characters.`,
    );
  };
}

const noLoopback = () =>
  unavailable(
    "keys_unavailable",
    "customJwt.jwksUrl begins with http://, which this deployment does not take. Serve the keys over https, or let its operator set LATCHKEY_ALLOW_PRIVATE_ADDRESSES=true.",
  );

function refusal(error: unknown): LatchkeyError {
  const ownFault =
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    !(error instanceof errors.JWKSInvalid) &&
    error.code !== "ERR_JOSE_GENERIC";
  if (ownFault) {
    return new LatchkeyError(
      "invalid_credentials",
      401,
      `The token was refused: ${error.message}.`,
      { reason: error.code },
    );
  }
  const isRefused = error instanceof OutboundError && error.reason === "refused";
  return unavailable(
    "keys_unavailable",
    isRefused
      ? "customJwt.jwksUrl is inside this deployment's own network, which it does not ask. Its operator can allow that with LATCHKEY_ALLOW_PRIVATE_ADDRESSES=true."
      : "The keys that verify this app's tokens could not be fetched. Try again.",
    error,
  );
}
