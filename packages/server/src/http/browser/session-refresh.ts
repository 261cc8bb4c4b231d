/**
 * GET /session/refresh on an app's session host: a top-level navigation that renews the session's
 * cookies and goes back. It needs no script, and what is set on a navigation is not capped to seven
 * days by Safari. What came of it travels back in the address, so that nobody goes around twice.
 */

import { answerReason, type RefreshReason } from "@latchkey/core/cookies/refresh-reason";
import { returnTarget } from "@latchkey/core/cookies/return-target";
import { originAllowedByDomain } from "@latchkey/core/domains/cookie-domain";
import { LatchkeyError } from "@latchkey/core/errors";
import { TERMINAL_CODE } from "@latchkey/core/protocol/browser";
import { Hono } from "hono";
import type { App, AppClient } from "../../apps/app-directory.ts";
import { type CookieMode, cookieModeOf } from "../../cookies/cookie-mode.ts";
import { mayBeLeftBehind } from "../../cookies/left-behind.ts";
import { authenticTokens } from "../../cookies/presented-token.ts";
import { proxyCookieMode, readSessionProxy } from "../../cookies/session-proxy.ts";
import type { ActiveDomain } from "../../domains/active-domain.ts";
import { privateAnswer } from "../../login/page-response.ts";
import { redirectTo } from "../../login/redirect-answer.ts";
import type { Services } from "../../services.ts";
import { authenticatedUser } from "../../sessions/browser-answer.ts";
import { sessionPolicy } from "../../sessions/policy.ts";
import { terminalError } from "../../sessions/terminal.ts";
import { sessionOfToken } from "../../sessions/token-session.ts";
import type { RequestContext, RequestEnv } from "../context.ts";
import {
  browserHeader,
  findClient,
  hostOf,
  proxyClaim,
  removeLeftBehind,
} from "../middleware/caller.ts";
import { refreshFromRequest } from "./refresh-from-request.ts";
import {
  clearSessionCookies,
  deliver,
  refreshCookies,
  refreshCookieValues,
} from "./session-cookies.ts";
import { type KnownSoFar, refreshErrorPage } from "./session-refresh-page.ts";

export function sessionRefreshRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();

  routes.get("/session/refresh", async (context) => {
    const known: KnownSoFar = { app: null, target: null };
    privateAnswer(context);
    try {
      requireNavigation(context);
      const place = await requirePlace(context);
      const { app } = place;
      known.app = app;
      const named = findClient(app, context.req.query("client_id"));
      const client = named ?? (await clientOfSession(context, app));
      const cookies = requireCookies(place, client);
      const { domain } = place;
      context.set("caller", { app, client, origin: null, domain, cookies });
      known.target = requireTarget(context, place, client);
      const reason = await renew(context, cookies);
      const answer = redirectTo(context, answerReason(known.target, reason).href, 303);
      // It would cut a popup on its way through here off from the page that opened it.
      answer.headers.delete("cross-origin-opener-policy");
      return answer;
    } catch (error) {
      if (!isPage(context)) throw error;
      return refreshErrorPage(services, context, error, known);
    }
  });

  /** The app whose session host this is, or whose own server passes this on. */
  async function requirePlace(context: RequestContext): Promise<Place> {
    const proxy = await readSessionProxy(services.directory, proxyClaim(context));
    if (proxy) {
      const { app, base } = proxy;
      return {
        app,
        domain: await services.domains.activeDomainOf(app.id),
        site: base.origin,
        isOwn: (origin) => origin === base.origin,
        modeOf: (client) => proxyCookieMode(proxy, client),
      };
    }
    const host = hostOf(context);
    const record = await services.store.domains.findBySessionHost(host);
    const app = record && (await services.directory.find(record.appId));
    const domain = app && (await services.domains.activeDomainOf(app.id));
    if (app && domain?.sessionHost === host) {
      return {
        app,
        domain,
        site: domain.domain,
        isOwn: (origin) => originAllowedByDomain(domain, origin),
        modeOf: (client) => cookieModeOf(app, client, domain),
      };
    }
    if (mayBeLeftBehind(context.req.header("cookie"))) {
      await removeLeftBehind(context, services.store.domains, null);
    }
    throw new LatchkeyError(
      "no_session_host",
      404,
      `${host} is not the session host of a verified domain, so there are no cookies to renew here.`,
    );
  }

  /** The app client that the session in the cookie began with. */
  async function clientOfSession(context: RequestContext, app: App): Promise<AppClient | null> {
    const values = refreshCookieValues(context.req.header("cookie"), app.settings);
    const [token] = await authenticTokens(services, values);
    const session = token === undefined ? null : await sessionOfToken(services, token);
    return (session?.clientId && app.clients.get(session.clientId)) || null;
  }

  async function renew(context: RequestContext, cookies: CookieMode): Promise<RefreshReason> {
    const { app, client } = context.var.caller;
    if (refreshCookies(context).length === 0) {
      // A browser that another site's link sent here keeps Strict cookies back: that proves nothing.
      const site = browserHeader(context, "sec-fetch-site");
      const hidden = site === undefined || site === "cross-site";
      if (!hidden) clearSessionCookies(context, cookies);
      return hidden ? "unknown" : "signed_out";
    }
    try {
      const refreshed = await refreshFromRequest(services, context, null);
      const user = await services.store.users.find(app.id, refreshed.session.userId);
      if (!user) {
        clearSessionCookies(context, cookies);
        throw terminalError("user_deleted");
      }
      const answer = await authenticatedUser(services.signingKeys, {
        ...refreshed,
        app,
        user,
        policy: sessionPolicy(app, client, services.settings.sessions),
      });
      await deliver(services, context, answer, refreshed);
      return "renewed";
    } catch (error) {
      if (error instanceof LatchkeyError && error.code === TERMINAL_CODE) return "signed_out";
      throw error;
    }
  }

  return routes;
}

/** Where the cookies are set that are renewed here. */
interface Place {
  readonly app: App;
  readonly domain: ActiveDomain | null;
  /** In words: the domain, or the origin of the proxy. */
  readonly site: string;
  readonly isOwn: (origin: string) => boolean;
  readonly modeOf: (client: AppClient | null) => CookieMode | null;
}

function requireCookies({ app, modeOf }: Place, client: AppClient | null): CookieMode {
  const cookies = modeOf(client);
  if (cookies) return cookies;
  throw new LatchkeyError(
    "cookies_off",
    400,
    `The app "${app.name}" ${client ? `keeps no cookies for the app client ${client.id}` : "has httpOnlyCookies off"}: its pages keep their tokens themselves, and there is nothing to renew here.`,
  );
}

/** Only a page that a person goes to: not what is fetched ahead, framed or asked for by a script. */
function requireNavigation(context: RequestContext): void {
  const purpose = browserHeader(context, "sec-purpose") ?? browserHeader(context, "purpose") ?? "";
  const mode = browserHeader(context, "sec-fetch-mode") ?? "navigate";
  const destination = browserHeader(context, "sec-fetch-dest") ?? "document";
  const isNavigation =
    context.req.method === "GET" && mode === "navigate" && destination === "document";
  if (isNavigation && isPage(context) && !purpose.includes("prefetch")) return;
  throw new LatchkeyError(
    "not_a_navigation",
    503,
    "Renewing happens when the browser goes to this address, not when it is fetched. From a script, use getAccessToken().",
  );
}

/** A person with a browser, rather than a program. */
const isPage = (context: RequestContext): boolean =>
  context.req.header("accept")?.includes("text/html") ?? false;

function requireTarget(
  context: RequestContext,
  { app, isOwn, site }: Place,
  client: AppClient | null,
): URL {
  const given = [
    ...(context.req.queries("redirect_uri") ?? []),
    ...(context.req.queries("redirect_url") ?? []),
  ];
  const [value, ...others] = new Set(given);
  const own = client?.settings.allowedOrigins ?? [];
  const listed = own.length > 0 ? own : app.settings.allowedOrigins;
  const origins = listed.filter(isOwn);
  const target = others.length > 0 ? null : returnTarget(value, origins);
  if (target?.kind === "ok") return target.url;
  throw new LatchkeyError(
    "return_not_allowed",
    400,
    `redirect_uri ${WRONG[target?.reason ?? "several"]}. Name one https address, whole, whose origin is listed exactly in the allowed origins ${client ? `of the app client ${client.id}` : "of the app"} and is of ${site}.`,
  );
}

const WRONG = {
  several: "is there several times, with several values",
  missing: "is missing",
  malformed: "is not a web address that every browser reads alike",
  not_https: "is not https",
  credentials: "has a user name or password in it",
  not_listed: "is of an origin that is not listed exactly",
} as const;
