import type { RequestContext } from "../http/context.ts";
import { type IpLimit, limitByIp } from "../http/middleware/ip-limit.ts";
import type { Services } from "../services.ts";

/** Bounds what one network does here; counted with the browser protocol's calls of the same kind. */
export interface LoginLimits {
  mail(context: RequestContext): Promise<unknown>;
  guess(context: RequestContext): Promise<unknown>;
  /** Going off to a provider, which leaves a row behind for ten minutes. */
  leave(context: RequestContext): Promise<unknown>;
  passkey(context: RequestContext): Promise<unknown>;
}

const TEN_MINUTES = 600_000;
const MAIL: IpLimit = { name: "code-init", max: 60, windowMs: TEN_MINUTES };
const LEAVE: IpLimit = { name: "provider-start", max: 120, windowMs: TEN_MINUTES };
const GUESS: IpLimit = { name: "code-check", max: 120, windowMs: TEN_MINUTES };
const PASSKEY: IpLimit = { name: "passkey-init", max: 300, windowMs: TEN_MINUTES };

export function loginLimits({ settings, store }: Services): LoginLimits {
  const limits = settings.limitByIp ? store.limits : null;
  const take = (limit: IpLimit) => {
    const bounded = limitByIp(limits, limit);
    return async (context: RequestContext) => bounded(context, async () => undefined);
  };
  return { mail: take(MAIL), guess: take(GUESS), leave: take(LEAVE), passkey: take(PASSKEY) };
}
