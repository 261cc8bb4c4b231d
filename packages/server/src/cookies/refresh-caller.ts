/** Who may refresh, where an app has its refresh tokens in cookies. */
import { LatchkeyError } from "@latchkey/core/errors";
import type { App, AppClient } from "../apps/app-directory.ts";
import type { ActiveDomain } from "../domains/active-domain.ts";
import { hasCookiesOn } from "./cookie-mode.ts";

export interface RefreshCaller {
  readonly app: App;
  readonly client: AppClient | null;
  readonly domain: ActiveDomain | null;
  readonly origin: string | null;
  /** The header x-native-app-identifier. */
  readonly nativeAppId: string | null;
  /** The header Authorization. */
  readonly authorization: string | null;
}

/**
 * Throws for callers that are no page of the app: its server, which never refreshes in a user's
 * place, and programs that are not among the client's native apps. Development apps are free.
 */
export function requireRefreshCaller(caller: RefreshCaller): void {
  const { app, client, domain, origin, nativeAppId, authorization } = caller;
  if (app.kind === "development") return;
  if (/^Basic /i.test(authorization ?? "")) {
    throw new LatchkeyError(
      "app_credentials_refused",
      403,
      "An app's server cannot refresh a user's session with the app's secret: only the user's browser or native app can. Send the browser to your refresh page, or to /session/refresh of the session host.",
    );
  }
  if (domain === null || origin !== null) return;
  const hasCookies = hasCookiesOn(app, client);
  if (!hasCookies && !hasCookiesOn(app, null)) return;
  if (client !== null && !hasCookies && nativeAppId !== null) {
    if (client.settings.nativeAppIds.includes(nativeAppId)) return;
    throw new LatchkeyError(
      "invalid_native_app_id",
      403,
      `The app client ${client.id} does not list the native app ${JSON.stringify(nativeAppId.slice(0, 200))}: latchkey clients update ${app.id} ${client.id} --add-native-id`,
    );
  }
  throw missingOrigin();
}

export function missingOrigin(): LatchkeyError {
  return new LatchkeyError(
    "missing_origin",
    403,
    "This call needs the header Origin, which browsers send by themselves: this app's sessions are in cookies. A native app needs an app client without cookies that lists its identifier (x-native-app-identifier).",
  );
}

export function crossSite(): LatchkeyError {
  return new LatchkeyError(
    "invalid_origin",
    403,
    "The browser says that a page of another site sent this call (Sec-Fetch-Site). Calls that ride on the app's cookies come from pages of its own domain.",
  );
}
