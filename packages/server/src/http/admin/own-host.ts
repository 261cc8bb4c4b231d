import { LatchkeyError } from "@latchkey/core/errors";
import { isLoopbackInBrowsers } from "@latchkey/core/loopback";
import type { MiddlewareHandler } from "hono";
import type { Services } from "../../services.ts";
import type { RequestEnv } from "../context.ts";

/**
 * The dashboard and its API answer on the deployment's own host only, never on an app's domain:
 * what runs there could act in the administrator's name (ASVS 3.5.4).
 */
export function ownHost({ settings }: Services): MiddlewareHandler<RequestEnv> {
  return async (context, next) => {
    const asked = new URL(context.req.url);
    const own = new URL(settings.publicUrl());
    const isOwn =
      asked.host === own.host ||
      (isLoopbackInBrowsers(own.hostname) && isLoopbackInBrowsers(asked.hostname));
    if (isOwn) return next();
    throw new LatchkeyError(
      "misdirected_request",
      421,
      `The dashboard and its API answer at ${own.origin} only.`,
    );
  };
}
