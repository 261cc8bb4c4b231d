import { asClientError, type ErrorDetails, LatchkeyClientError } from "../errors.ts";

/** What went wrong at the provider: `code` is the server's word for it. */
export function providerFailure(code: string, details: ErrorDetails = {}): LatchkeyClientError {
  return new LatchkeyClientError(
    code,
    "The provider could not complete the sign-in. Try again, or another way to sign in.",
    details,
  );
}

/** An answer that the provider failed is one of the server: it is not the server that is away. */
export function throwProviderFailure(error: unknown): never {
  const { code, reason, status, retryAfter, transient } = asClientError(error);
  if (code !== "unavailable" || !reason?.startsWith("provider_")) throw error;
  const details = { retryAfter, transient, cause: error };
  throw providerFailure(reason, { ...details, ...(status !== null && { status }) });
}
