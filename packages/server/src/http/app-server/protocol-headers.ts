import type { LatchkeyError } from "@latchkey/core/errors";
import type { AppServerErrorBody, OAuthErrorBody } from "@latchkey/core/protocol/app-server";
import type { MiddlewareHandler } from "hono";
import type { RequestEnv } from "../context.ts";

/** Where the app-server protocol answers, from the root of the origin. */
export const APP_SERVER_PATHS = [
  "/user_management/*",
  "/sso/*",
  "/organizations",
  "/organizations/*",
  "/authorization/*",
  "/sdk/*",
  "/api_keys/*",
];

const OAUTH_PATHS: ReadonlySet<string> = new Set([
  "/user_management/authenticate",
  "/user_management/authorize/device",
]);

/**
 * 5xx and yet no failure of ours: what is answered to a refresh so that no client ends a session by
 * it, and what a sign-in provider did.
 */
export const CALLERS_FAULTS: ReadonlySet<string> = new Set([
  "invalid_client",
  "client_mismatch",
  "provider_unavailable",
  "provider_misconfigured",
]);

/** Every error on these paths, unknown ones included, is JSON in the protocol's shape. */
export function appServerErrors(): MiddlewareHandler<RequestEnv> {
  return async (context, next) => {
    context.set("errorBody", OAUTH_PATHS.has(context.req.path) ? oauthError : plainError);
    await next();
  };
}

export function plainError({ code, message }: LatchkeyError): AppServerErrorBody {
  return { code: code === "invalid_data" ? "invalid_request_parameters" : code, message };
}

const OAUTH_CODES: Readonly<Record<string, string>> = {
  invalid_data: "invalid_request",
  internal_error: "server_error",
};

/** RFC 6749 section 5.2. */
function oauthError({ code, message }: LatchkeyError): OAuthErrorBody {
  return { error: OAUTH_CODES[code] ?? code, error_description: message };
}
