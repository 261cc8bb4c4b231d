import { LatchkeyError } from "@latchkey/core/errors";
import type { MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import type { RequestEnv } from "../context.ts";

/** What Hono calls the method of a middleware. */
const MIDDLEWARE = "ALL";

/** Nothing has a name with such a character, and PostgreSQL refuses to be asked for NUL. */
const CONTROL = /\p{Cc}|%(?:[01][0-9a-f]|7f)/iu;

interface Route {
  readonly method: string;
  readonly path: string;
}

/**
 * Answers what nothing is mounted for: 404, or 405 with the methods that the path has (RFC 9110
 * section 15.5.6), before anything asks for an app or a secret.
 *
 * @param routes of the whole app, read when one is missed
 */
export function requireKnownRoute(routes: () => readonly Route[]): MiddlewareHandler<RequestEnv> {
  return (context, next) => {
    if (CONTROL.test(context.req.path)) throw nothingHere(context.req.method, context.req.path);
    if (matchedRoutes(context).some(({ method }) => method !== MIDDLEWARE)) return next();
    const { method, path } = context.req;
    const methods = methodsOf(routes(), path);
    if (methods.length === 0) throw nothingHere(method, path);
    context.header("allow", methods.join(", "));
    if (method === "OPTIONS") return Promise.resolve(context.body(null, 204));
    throw new LatchkeyError(
      "method_not_allowed",
      405,
      `${method} does not answer at ${shown(path)}. Use ${methods.filter((each) => each !== "OPTIONS" && each !== "HEAD").join(" or ")}.`,
    );
  };
}

export function nothingHere(method: string, path: string): LatchkeyError {
  return new LatchkeyError(
    "not_found",
    404,
    `Nothing answers to ${method} ${shown(path)}. Check the path; the reference lists all of them.`,
  );
}

function methodsOf(routes: readonly Route[], path: string): string[] {
  const own = routes.filter((route) => route.method !== MIDDLEWARE && matches(route.path, path));
  const methods = new Set(own.map((route) => route.method));
  if (methods.has("GET")) methods.add("HEAD");
  if (methods.size > 0) methods.add("OPTIONS");
  return [...methods].sort();
}

/** Knows the two kinds of pattern that this app uses: `/users/:id` and `/demo/*`. */
function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.at(-1) !== "*" && wanted.length !== given.length) return false;
  return wanted.every(
    (part, index) =>
      part === "*" || (part.startsWith(":") ? Boolean(given[index]) : part === given[index]),
  );
}

const shown = (path: string): string => (path.length > 200 ? `${path.slice(0, 200)}…` : path);
