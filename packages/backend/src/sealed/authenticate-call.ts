/** POST /user_management/authenticate, and which of its answers proves what. */
import { TERMINAL_GRANT_ERROR } from "@latchkey/core/protocol/app-server";
import type { SealedSession } from "@latchkey/core/sealed/sealed-session";
import { answeredSession } from "./answered-session.ts";
import { within } from "./within.ts";

export type AuthenticateOutcome =
  | { readonly kind: "session"; readonly session: SealedSession }
  /** HTTP 400 with the JSON error `invalid_grant`: the only answer that ends a session. */
  | { readonly kind: "terminal"; readonly message: string }
  /** Declined for a reason that is no statement about the session. */
  | { readonly kind: "refused"; readonly code: string; readonly message: string }
  /** `retryAfter` in seconds. */
  | { readonly kind: "unavailable"; readonly message: string; readonly retryAfter: number };

export interface AuthenticateCall {
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
}

const MOST_RETRY_AFTER = 60;
/** Of these no client can say that they are about the request: proxies and limits answer so too. */
const NOT_A_REFUSAL = [401, 404, 405, 407, 408, 421, 425, 426, 429];

/**
 * Never rejects. A connection that breaks is tried once more: the server answers a repeated refresh
 * alike, and a repeated code by its `Idempotency-Key`.
 */
export async function authenticateCall(
  { url, fetch, timeoutMs }: AuthenticateCall,
  body: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<AuthenticateOutcome> {
  const abort = new AbortController();
  const attempt = async () => {
    const response = await fetch(url, {
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
      redirect: "manual",
      cache: "no-store",
      signal: abort.signal,
    });
    return judge(response, await response.text(), url);
  };
  const twice = attempt().catch((error: unknown) => {
    if (abort.signal.aborted) throw error;
    return attempt();
  });
  const outcome = await within(
    timeoutMs,
    twice.catch((error: unknown) => failed(`${url} cannot be reached: ${wordsOf(error)}`)),
  );
  if (outcome) return outcome;
  abort.abort();
  return failed(`${url} gave no answer within ${timeoutMs} ms.`);
}

function judge(response: Response, text: string, url: string): AuthenticateOutcome {
  const { status } = response;
  const body = isJson(response) ? parse(text) : undefined;
  if (status === 200) {
    const session = answeredSession(body);
    if (session) return { kind: "session", session };
    return failed(`${url} answered 200 with something else than a session.`);
  }
  const code = [body?.error, body?.code].find((each) => typeof each === "string");
  const message = [body?.error_description, body?.message, code].find(
    (each) => typeof each === "string",
  );
  if (status === 400 && body?.error === TERMINAL_GRANT_ERROR) {
    return { kind: "terminal", message: String(message) };
  }
  if (status >= 400 && status < 500 && !NOT_A_REFUSAL.includes(status) && code !== undefined) {
    if (code !== "invalid_client") return { kind: "refused", code, message: String(message) };
  }
  return failed(
    `${url} answered ${status}${message === undefined ? " with no error of the protocol" : `: ${message}`}`,
    response.headers.get("retry-after"),
  );
}

function failed(message: string, retryAfter: string | null = null): AuthenticateOutcome {
  const seconds = Math.ceil(Number(retryAfter));
  const known = Number.isFinite(seconds) && seconds > 0;
  return {
    kind: "unavailable",
    message,
    retryAfter: known ? Math.min(seconds, MOST_RETRY_AFTER) : 1,
  };
}

const isJson = ({ headers }: Response) =>
  /^application\/json\b/i.test(headers.get("content-type") ?? "");

function parse(text: string): Record<string, string | undefined> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null
      ? (value as Record<string, string | undefined>)
      : undefined;
  } catch {
    return undefined;
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
