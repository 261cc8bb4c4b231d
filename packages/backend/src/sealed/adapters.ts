/** A few lines for each framework of Node, and for Hono. None of them is needed to be installed. */
import { type HeaderResponse, setSessionHeaders } from "./node-headers.ts";
import { withSessionHeaders } from "./session-headers.ts";
import type { SessionManager } from "./session-manager.ts";
import type { SessionRequest, SessionResult } from "./session-result.ts";

/** `req` of node:http and of what is built on it. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Express shortens `url` below a mounted router and keeps the whole here. */
  readonly originalUrl?: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly socket?: object | null | undefined;
}

/** `res` of node:http and of what is built on it. */
export interface NodeResponse extends HeaderResponse {
  statusCode: number;
  end(body?: string): unknown;
}

/** The web-standard Request, without its body: sessions need none of it. */
export function toWebRequest(req: NodeRequest): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(req.headers)) {
    if (value === undefined || name.startsWith(":")) continue;
    headers.set(name, Array.isArray(value) ? value.join(name === "cookie" ? "; " : ", ") : value);
  }
  const isTls = (req.socket as { encrypted?: boolean } | null | undefined)?.encrypted === true;
  const scheme = isTls ? "https" : "http";
  const host = headers.get("host") || authorityOf(req);
  const path = req.originalUrl ?? req.url ?? "/";
  // A path may begin with two slashes, which would read as a host.
  const url = URL.parse(`${scheme}://${host}${path.startsWith("/") ? path : "/"}`);
  // A Request takes no user name, and a Host that has one is no host.
  const isPlain = url !== null && url.username === "" && url.password === "";
  return new Request(isPlain ? url : `${scheme}://localhost/`, { headers });
}

/** Of HTTP/2, which has no Host. */
function authorityOf({ headers }: NodeRequest): string {
  const authority = headers[":authority"];
  return typeof authority === "string" ? authority : "localhost";
}

/** Sends what `handleCallback` or `signOut` answered. */
export async function sendWebResponse(res: NodeResponse, response: Response): Promise<void> {
  res.statusCode = response.status;
  for (const [name, value] of response.headers) {
    if (name !== "set-cookie") res.setHeader(name, value);
  }
  setSessionHeaders(res, response.headers);
  res.end(await response.text());
}

const AWAY = "The session server cannot be reached just now. Please try again in a moment.\n";

/** Express and connect: the result is `req.auth`, and 503 where it is `unavailable`. */
export function expressSession(manager: SessionManager) {
  return async (
    req: NodeRequest & { auth?: SessionResult },
    res: NodeResponse,
    next: (error?: unknown) => void,
  ): Promise<void> => {
    try {
      const auth = await manager.getSession(toWebRequest(req));
      setSessionHeaders(res, auth.headers);
      req.auth = auth;
      if (auth.status !== "unavailable") return next();
      res.statusCode = 503;
      res.setHeader("retry-after", String(auth.retryAfter));
      res.end(AWAY);
    } catch (error) {
      next(error);
    }
  };
}

interface FastifyReplyLike {
  readonly raw: NodeResponse;
  code(status: number): unknown;
  header(name: string, value: string): unknown;
  send(body: string): unknown;
}

/** Fastify, for `addHook("onRequest", …)`: the result is `request.auth`. */
export function fastifySession(manager: SessionManager) {
  return async (
    request: { readonly raw: NodeRequest; auth?: SessionResult },
    reply: FastifyReplyLike,
  ): Promise<unknown> => {
    const auth = await manager.getSession(toWebRequest(request.raw));
    setSessionHeaders(reply.raw, auth.headers);
    request.auth = auth;
    if (auth.status !== "unavailable") return undefined;
    reply.code(503);
    reply.header("retry-after", String(auth.retryAfter));
    reply.send(AWAY);
    return reply;
  };
}

interface HonoContextLike {
  readonly req: { readonly raw: SessionRequest };
  res: Response;
  set(name: "auth", value: SessionResult): void;
}

/** Hono: the result is `c.get("auth")`. */
export function honoSession(manager: SessionManager) {
  return async (context: HonoContextLike, next: () => Promise<void>): Promise<void> => {
    const auth = await manager.getSession(context.req.raw);
    context.set("auth", auth);
    if (auth.status !== "unavailable") await next();
    else {
      const headers = { "retry-after": String(auth.retryAfter) };
      context.res = new Response(AWAY, { status: 503, headers });
    }
    // Replaced whole: Hono merges the headers of a response into the one before.
    const answer = withSessionHeaders(context.res, auth.headers);
    context.res = undefined as unknown as Response;
    context.res = answer;
  };
}
