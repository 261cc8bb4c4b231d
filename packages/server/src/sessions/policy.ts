/** Lifetimes and windows of a session: app client over app over deployment (session rule R6). */
import type { RefreshPolicy } from "@latchkey/core/sessions/rules";
import type { App, AppClient } from "../apps/app-directory.ts";

/** What the deployment sets where an app does not, in seconds. */
export interface SessionDefaults {
  /** Null takes the protocol's own: 3,600 in the browser protocol, 900 in the app-server protocol. */
  readonly accessTokenTtl: number | null;
  readonly refreshWindow: number;
}

const BROWSER_ACCESS_TOKEN_TTL = 3600;
const APP_SERVER_ACCESS_TOKEN_TTL = 900;

export const BROWSER_SESSION_DEFAULTS: SessionDefaults = {
  accessTokenTtl: BROWSER_ACCESS_TOKEN_TTL,
  refreshWindow: 120,
};

export interface SessionPolicy {
  readonly accessTokenTtl: number;
  readonly lifetimeMs: number;
  readonly idleMs: number;
  readonly refresh: RefreshPolicy;
}

/** The browser protocol's. */
export function sessionPolicy(
  app: App,
  client: AppClient | null,
  defaults: SessionDefaults,
): SessionPolicy {
  const { settings } = app;
  return policyOf(app, defaults, {
    accessTokenTtl: settings.accessTokenTtl ?? defaults.accessTokenTtl ?? BROWSER_ACCESS_TOKEN_TTL,
    lifetime: client?.settings.sessionLifetime ?? settings.sessionLifetime,
  });
}

/** The app-server protocol's. */
export function appServerPolicy(app: App, defaults: SessionDefaults): SessionPolicy {
  const { settings } = app;
  return policyOf(app, defaults, {
    accessTokenTtl:
      settings.appServerAccessTokenTtl ?? defaults.accessTokenTtl ?? APP_SERVER_ACCESS_TOKEN_TTL,
    lifetime: settings.appServerSessionLifetime,
  });
}

function policyOf(
  { settings }: App,
  defaults: SessionDefaults,
  { accessTokenTtl, lifetime }: { accessTokenTtl: number; lifetime: number },
): SessionPolicy {
  const idleMs = (settings.idleLifetime ?? lifetime) * 1000;
  return {
    accessTokenTtl,
    lifetimeMs: lifetime * 1000,
    idleMs,
    refresh: {
      windowMs: (settings.refreshWindow ?? defaults.refreshWindow) * 1000,
      lateReplay: settings.lateReplay,
      idleMs,
    },
  };
}
