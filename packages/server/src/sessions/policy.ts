/** Lifetimes and windows of a session: app client over app over deployment (session rule R6). */
import type { RefreshPolicy } from "@latchkey/core/sessions/rules";
import type { App, AppClient } from "../apps/app-directory.ts";

/** What the deployment sets where an app does not, in seconds. */
export interface SessionDefaults {
  readonly accessTokenTtl: number;
  readonly refreshWindow: number;
}

export const BROWSER_SESSION_DEFAULTS: SessionDefaults = {
  accessTokenTtl: 3600,
  refreshWindow: 120,
};

export interface SessionPolicy {
  readonly accessTokenTtl: number;
  readonly lifetimeMs: number;
  readonly idleMs: number;
  readonly refresh: RefreshPolicy;
}

export function sessionPolicy(
  app: App,
  client: AppClient | null,
  defaults: SessionDefaults,
): SessionPolicy {
  const { settings } = app;
  const lifetimeMs = (client?.settings.sessionLifetime ?? settings.sessionLifetime) * 1000;
  const idleMs = settings.idleLifetime === null ? lifetimeMs : settings.idleLifetime * 1000;
  return {
    accessTokenTtl: settings.accessTokenTtl ?? defaults.accessTokenTtl,
    lifetimeMs,
    idleMs,
    refresh: {
      windowMs: (settings.refreshWindow ?? defaults.refreshWindow) * 1000,
      lateReplay: settings.lateReplay,
      idleMs,
    },
  };
}
