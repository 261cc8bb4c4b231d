import { LatchkeyError } from "@latchkey/core/errors";
import { networkOf } from "@latchkey/core/network";
import type { MiddlewareHandler } from "hono";
import type { LimitStore } from "../../storage/store.ts";
import type { RequestEnv } from "../context.ts";

export interface IpLimit {
  /** Names the counter. */
  readonly name: string;
  readonly max: number;
  readonly windowMs: number;
}

/** Bounds one address's calls over all instances; lifted in development (`limits` null). */
export function limitByIp(
  limits: LimitStore | null,
  limit: IpLimit,
): MiddlewareHandler<RequestEnv> {
  return async (context, next) => {
    const { ip } = context.env;
    // Behind the app's own proxy all have its address; it may limit its visitors by itself.
    const isProxied = Boolean(context.var.caller?.cookies?.pathPrefix);
    if (limits && ip !== null && !isProxied) {
      const taken = await limits.take(
        `ip:${limit.name}:${networkOf(ip)}`,
        limit.max,
        limit.windowMs,
      );
      if (!taken.ok) {
        throw new LatchkeyError(
          "too_many_requests",
          429,
          "Too many requests of this kind from this network. Try again later.",
          { retryAfter: Math.ceil(taken.waitMs / 1000) },
        );
      }
    }
    await next();
  };
}
