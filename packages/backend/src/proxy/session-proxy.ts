/**
 * Answers for the session server under a path of the app's own host: for apps that cannot set DNS
 * records, and so that Safari takes its cookies for the app's own. The app's server sees the refresh
 * token pass by; its cookie is bound to the path.
 */
import { cookieNames } from "@latchkey/core/cookies/cookie-names";
import { requirePrefix } from "../options.ts";
import { markPrivate } from "../private-response.ts";
import { requestHeaders, responseHeaders } from "./headers.ts";

export interface SessionProxyOptions {
  /** The app's id, as `latchkey apps list` shows it. */
  readonly appId: string;
  /** The app's secret: proves that this host's cookies are the app's to set. */
  readonly appSecret: string;
  /** Where the session server answers, such as `https://sessions.example.com`. */
  readonly serverUrl: string;
  /** Origin that browsers reach this app at, such as `https://app.example.com`. */
  readonly origin: string;
  /** The app's `cookiePrefix` setting. Default `privy`. */
  readonly cookiePrefix?: string | undefined;
  /** Default `/__session`. */
  readonly path?: string | undefined;
  /** How long the session server is waited for, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  readonly fetch?: typeof fetch | undefined;
}

export interface SessionProxy {
  /** Where pages call: `serverUrl` of the browser SDK, and `sessionHost` of the page guard. */
  readonly url: string;
  /** The answer, or null for what is not under the path. Never rejects. */
  handle(request: Request): Promise<Response | null>;
}

/** What pages call; an app's server has its own way to the rest. */
const PASSED =
  /^\/(api\/v1\/(apps\/[a-z0-9]+|sessions(\/logout)?|passwordless\/[a-z]+|guest\/authenticate|custom_jwt_account\/[a-z]+|oauth\/(init|authenticate|link|unlink)|passkeys\/[a-z]+(\/init)?|users\/me(\/[a-z_]+)?|analytics_events)|latchkey\/v1\/session|session\/refresh)$/;
const MOST_BYTES = 64 * 1024;

/** Throws a TypeError for options that cannot work. */
export function createSessionProxy(options: SessionProxyOptions): SessionProxy {
  const { appId, appSecret, path = "/__session", timeoutMs = 10_000 } = options;
  if (!appId || !appSecret)
    throw new TypeError("appId and appSecret are needed: latchkey apps list.");
  if (!/^(\/[A-Za-z0-9._-]+)+$/.test(path)) {
    throw new TypeError(`path must be a path such as "/__session", not "${path}".`);
  }
  const names = Object.values({ ...cookieNames(requirePrefix(options.cookiePrefix)) });
  const server = requireOrigin("serverUrl", options.serverUrl);
  const origin = requireOrigin("origin", options.origin);
  if (!origin.startsWith("https://")) {
    throw new TypeError(
      `origin must be https, not "${origin}": browsers keep these cookies there only.`,
    );
  }
  const url = `${origin}${path}`;
  const claim = {
    "x-latchkey-proxy-base": url,
    "x-latchkey-proxy-authorization": `Basic ${btoa(`${appId}:${appSecret}`)}`,
  };

  async function pass(request: Request, target: string): Promise<Response> {
    const hasBody = request.method !== "GET" && request.method !== "HEAD";
    const body = hasBody ? await readAtMost(request, MOST_BYTES) : undefined;
    if (body === null) return refusal(413, "payload_too_large");
    const answer = await (options.fetch ?? fetch)(target, {
      method: request.method,
      headers: requestHeaders(request.headers, claim, names),
      redirect: "manual",
      cache: "no-store",
      signal: AbortSignal.timeout(timeoutMs),
      ...(body && { body }),
    });
    const content = answer.status === 204 ? null : await answer.arrayBuffer();
    return privately(
      new Response(content, { status: answer.status, headers: responseHeaders(answer.headers) }),
    );
  }

  return {
    url,
    async handle(request) {
      const { pathname, search } = new URL(request.url);
      if (pathname !== path && !pathname.startsWith(`${path}/`)) return null;
      const wanted = pathname.slice(path.length);
      if (!PASSED.test(wanted)) return refusal(404, "not_found");
      try {
        return await pass(request, `${server}${wanted}${search}`);
      } catch {
        // Says nothing about any session (rule R5).
        return refusal(503, "session_server_unreachable");
      }
    },
  };
}

/** Null for a longer body, of which no more is kept: anybody can send one. */
async function readAtMost(request: Request, most: number): Promise<Uint8Array<ArrayBuffer> | null> {
  if (Number(request.headers.get("content-length") ?? 0) > most) return null;
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    size += read.value.byteLength;
    if (size > most) {
      await reader?.cancel();
      return null;
    }
    chunks.push(read.value);
  }
  const body = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.byteLength;
  }
  return body;
}

const WORDS = {
  not_found: "Nothing answers here. The session proxy passes on what pages call.",
  payload_too_large: "The body is larger than 64 KB.",
  session_server_unreachable:
    "The session server cannot be reached just now. Try again in a moment.",
} as const;

function refusal(status: number, code: keyof typeof WORDS): Response {
  const headers = {
    "content-type": "application/json",
    ...(status === 503 && { "retry-after": "1" }),
  };
  return privately(new Response(JSON.stringify({ error: WORDS[code], code }), { status, headers }));
}

function privately(response: Response): Response {
  markPrivate(response.headers);
  return response;
}

function requireOrigin(option: string, value: string): string {
  const url = URL.parse(value);
  if (url && /^https?:$/.test(url.protocol) && value.replace(/\/$/, "") === url.origin) {
    return url.origin;
  }
  throw new TypeError(
    `${option} must be an origin such as "https://app.example.com", not "${value}".`,
  );
}
