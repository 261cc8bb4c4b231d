import type { ErrorBody } from "@latchkey/core/protocol/browser";
import { LatchkeyClientError, unavailable } from "./errors.ts";

export interface ApiRequest {
  /** Stands before the path. Default `/api/v1`, the browser protocol's. */
  readonly root?: string;
  /** Sent as JSON by POST. Without one the request is a GET. */
  readonly body?: Readonly<Record<string, unknown>>;
  readonly bearer?: string | undefined;
  /** Gets the answer of the first request again when that was lost. */
  readonly idempotencyKey?: string;
  /** Lets the request outlive the page. */
  readonly keepalive?: boolean;
}

export interface ApiAnswer<T> {
  readonly body: T;
  /** The server's time in milliseconds by its Date header, or null. */
  readonly date: number | null;
}

/** Statuses, besides 5xx, after which the same request may well work. */
const TRANSIENT = [408, 425, 429];

/**
 * One request of the browser protocol.
 *
 * @throws LatchkeyClientError for everything but a JSON object with a 2xx status: the server's own
 * code where it answered a 4xx with one, else `unavailable`.
 */
export async function callApi<T>(
  fetch: typeof globalThis.fetch,
  url: string,
  headers: Readonly<Record<string, string>>,
  { body, bearer, idempotencyKey, keepalive }: ApiRequest,
): Promise<ApiAnswer<T>> {
  const method = body ? "POST" : "GET";
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method,
      credentials: "include",
      // A cached answer would teach a wrong time.
      cache: "no-store",
      keepalive: !!keepalive,
      headers: {
        ...headers,
        ...(body && { "content-type": "application/json" }),
        ...(idempotencyKey && { "idempotency-key": idempotencyKey }),
        ...(bearer && { authorization: `Bearer ${bearer}` }),
      },
      body: body ? JSON.stringify(body) : null,
    });
    text = await response.text();
  } catch (cause) {
    throw unavailable(
      `${method} ${url} failed: no server, or one that refuses this page's origin.`,
      { cause },
    );
  }
  const json = parseObject(text);
  const { ok, status, headers: answered } = response;
  if (ok && (json || !text)) {
    return { body: (json ?? {}) as T, date: Date.parse(answered.get("date") ?? "") || null };
  }
  const { error, code, cause } = (json ?? {}) as Partial<ErrorBody>;
  const details = {
    status,
    transient: ok || status >= 500 || TRANSIENT.includes(status),
    // In seconds; the form with a date is not used by this protocol.
    retryAfter: Number(answered.get("retry-after")) || null,
  };
  if (code && error && status < 500) {
    throw new LatchkeyClientError(code, error, { ...details, reason: cause ?? null });
  }
  throw unavailable(`${method} ${url} answered ${status}: ${error ?? "unexpected"}`, {
    ...details,
    reason: code ?? null,
  });
}

function parseObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}
