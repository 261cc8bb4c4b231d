import { LatchkeyError } from "@latchkey/core/errors";
import type { MiddlewareHandler } from "hono";
import type { AppDirectory } from "../../apps/app-directory.ts";
import { bearerToken } from "../bearer-token.ts";
import type { RequestEnv } from "../context.ts";

/** For calls of an app's server: its API key as Authorization: Bearer, which also names the app. */
export function requireApiKey(directory: AppDirectory): MiddlewareHandler<RequestEnv> {
  return async (context, next) => {
    const key = bearerToken(context);
    const app = key === null ? null : await directory.findByApiKey(key);
    if (!app) {
      throw new LatchkeyError(
        "unauthorized",
        401,
        "Send the app's API key (sk_…) as Authorization: Bearer.",
      );
    }
    context.set("caller", { app, client: null, origin: null, domain: null, cookies: null });
    await next();
  };
}
