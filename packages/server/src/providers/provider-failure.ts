/** What went wrong at a provider, as an error that says who can do something about it. */
import { LatchkeyError, unavailable } from "@latchkey/core/errors";
import * as client from "openid-client";
import { OutboundError } from "../outbound/outbound-error.ts";
import type { IdentityProvider } from "../storage/store.ts";

/**
 * `provider_unavailable` (503) when it does not answer, is slow, or says itself that it fails;
 * `provider_error` (400) when what it answers cannot be believed or it refuses us. The provider's own
 * words stay in `cause`, for the log.
 */
export function providerFailure(provider: IdentityProvider, error: unknown): LatchkeyError {
  if (error instanceof LatchkeyError) return error;
  const outbound = causes(error).find(
    (each): each is OutboundError => each instanceof OutboundError,
  );
  if (outbound?.reason === "refused") {
    return new LatchkeyError(
      "provider_misconfigured",
      500,
      `The provider ${provider.name} is at an address that this server may not ask. Its operator can allow private addresses with LATCHKEY_ALLOW_PRIVATE_ADDRESSES.`,
      { cause: error },
    );
  }
  if (outbound || isAbort(error) || saysUnavailable(error)) {
    return unavailable(
      "provider_unavailable",
      `${provider.name} does not answer right now. Try again in a moment, or sign in another way.`,
      error,
    );
  }
  const reason = reasonOf(error);
  return new LatchkeyError(
    "provider_error",
    400,
    `${provider.name} answered something that this sign-in cannot rely on. Begin again; if it stays so, the provider has to be set up anew.`,
    { cause: error, ...(reason !== null && { reason }) },
  );
}

/**
 * What went wrong and what that came of, in words for the log: never what the provider answered, which
 * may have tokens in it.
 */
export function failureTrail(error: unknown): string {
  const words = causes(error).map((each) => {
    const { name, message, code } = each as Error & { readonly code?: unknown };
    return `${name}${typeof code === "string" ? ` ${code}` : ""}: ${message}`;
  });
  return words.join(" < ").slice(0, 2000);
}

/** The error, and what it came of. */
function causes(error: unknown): unknown[] {
  const found: unknown[] = [];
  for (let each = error; each instanceof Error && found.length < 8; each = each.cause) {
    found.push(each);
  }
  return found;
}

const isAbort = (error: unknown): boolean =>
  causes(error).some(
    (each) =>
      (each as Error).name === "TimeoutError" ||
      (each as Error).name === "AbortError" ||
      (each as { code?: unknown }).code === "OAUTH_TIMEOUT",
  );

/** RFC 6749 section 4.1.2.1, and statuses of servers that are overloaded or fail. */
function saysUnavailable(error: unknown): boolean {
  if (error instanceof client.AuthorizationResponseError) return isTemporary(error.error);
  if (error instanceof client.ResponseBodyError) {
    return error.status >= 500 || error.status === 429 || isTemporary(error.error);
  }
  const response = (error as { cause?: unknown } | null)?.cause;
  return response instanceof Response && (response.status >= 500 || response.status === 429);
}

const isTemporary = (code: string): boolean =>
  code === "temporarily_unavailable" || code === "server_error";

/** A stable word for logs and tests; never a claim's value. */
function reasonOf(error: unknown): string | null {
  if (error instanceof client.ResponseBodyError) return word(error.error);
  if (error instanceof client.AuthorizationResponseError) return word(error.error);
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? word(code) : null;
}

const word = (text: string): string | null => (/^[A-Za-z0-9_.-]{1,64}$/.test(text) ? text : null);
