/**
 * Everything that can go wrong in this client. None of these says that the session is over: the
 * session ends by sign-out or by the server's typed terminal answer, never by an error (rule R5).
 *
 * Codes made here:
 * - `unavailable` no usable answer: network failure, time limit, 5xx, HTML, unreadable JSON
 * - `invalid_configuration` appId or serverUrl is missing or malformed
 * - `superseded` a later sign-in or sign-out overtook this one
 *
 * Every other code is the server's own, such as `invalid_credentials` or `too_many_requests`.
 */
export class LatchkeyClientError extends Error {
  override readonly name = "LatchkeyClientError";
  declare readonly code: string;
  /** HTTP status, or null when there was no answer. */
  declare readonly status: number | null;
  /** The server's typed cause, such as `revoked`, where it gave one. */
  declare readonly reason: string | null;
  /** Seconds to wait before the next try, where the server said so. */
  declare readonly retryAfter: number | null;
  /** Whether the same call may well work in a moment. */
  declare readonly transient: boolean;

  constructor(code: string, message: string, { cause, ...details }: ErrorDetails = {}) {
    super(message, { cause });
    Object.assign(this, { ...NO_DETAILS, ...details, code });
  }
}

export interface ErrorDetails {
  readonly status?: number;
  readonly reason?: string | null;
  readonly retryAfter?: number | null;
  readonly transient?: boolean;
  readonly cause?: unknown;
}

const NO_DETAILS = { status: null, reason: null, retryAfter: null, transient: false };

export function unavailable(message: string, details: ErrorDetails = {}): LatchkeyClientError {
  return new LatchkeyClientError("unavailable", message, { transient: true, ...details });
}

export function asClientError(error: unknown): LatchkeyClientError {
  return error instanceof LatchkeyClientError
    ? error
    : unavailable(`Unexpected: ${String(error)}`, { cause: error });
}
