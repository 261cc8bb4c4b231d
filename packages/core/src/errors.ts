/**
 * The one error class. `code` is stable API; `message` says what was wrong and what to do;
 * both are safe to show to the caller. What must stay private goes in `cause`.
 */
export class LatchkeyError extends Error {
  override readonly name = "LatchkeyError";
  readonly code: string;
  /** HTTP status that a server answers with. */
  readonly status: number;
  /** Seconds after which a repeat makes sense; becomes Retry-After. */
  readonly retryAfter: number | undefined;
  /** Typed reason within the code, such as why a session is over. */
  readonly reason: string | undefined;
  /** What is wrong with each field of what was sent, by its path. */
  readonly fields: Readonly<Record<string, string>> | undefined;

  constructor(
    code: string,
    status: number,
    message: string,
    options: {
      cause?: unknown;
      retryAfter?: number;
      reason?: string;
      fields?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = status;
    this.retryAfter = options.retryAfter;
    this.reason = options.reason;
    this.fields = options.fields;
  }
}

/**
 * Something under us failed (database, disk, key store, mail relay). Never a statement about the
 * session: clients keep their state and try again (session rule R5).
 */
export function unavailable(code: string, message: string, cause?: unknown): LatchkeyError {
  return new LatchkeyError(code, 503, message, { cause, retryAfter: 1 });
}
