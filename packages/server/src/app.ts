/** The server as a function from Request to Response; listening is elsewhere. */
import { LatchkeyError } from "@latchkey/core/errors";
import { TERMINAL_GRANT_ERROR } from "@latchkey/core/protocol/app-server";
import { TERMINAL_CODE } from "@latchkey/core/protocol/browser";
import { Hono } from "hono";
import { routePath } from "hono/route";
import { acmeChallengeRoutes } from "./http/acme-challenge.ts";
import { dashboardRoutes } from "./http/admin/dashboard.ts";
import { adminRoutes } from "./http/admin/routes.ts";
import { answerPlainly } from "./http/answer-plainly.ts";
import { authorizeRoutes } from "./http/app-server/authorize.ts";
import { logoutRoutes } from "./http/app-server/logout.ts";
import {
  APP_SERVER_PATHS,
  appServerErrors,
  CALLERS_FAULTS,
} from "./http/app-server/protocol-headers.ts";
import { appServerProtocol } from "./http/app-server/routes.ts";
import { embeddedWalletsRoutes } from "./http/browser/embedded-wallets.ts";
import { PROTOCOL_PREFIXES } from "./http/browser/paths.ts";
import { browserProtocol } from "./http/browser/routes.ts";
import { sessionRefreshRoutes } from "./http/browser/session-refresh.ts";
import type { Bindings, Caller, RequestContext, RequestEnv } from "./http/context.ts";
import { errorResponse } from "./http/error-response.ts";
import { healthRoutes } from "./http/health.ts";
import { metricsRoutes } from "./http/metrics.ts";
import { crossOrigin } from "./http/middleware/cors.ts";
import { nothingHere, requireKnownRoute } from "./http/middleware/known-route.ts";
import { securityHeaders, sessionHeaders } from "./http/middleware/response-headers.ts";
import { ownDomainRoutes } from "./http/own-domain.ts";
import { addHeaders } from "./http/plain-response.ts";
import { relatedOriginRoutes } from "./http/related-origins.ts";
import { rememberingRouter } from "./http/remembering-router.ts";
import { SESSION_CHECK_PATH, sessionCheckRoutes } from "./http/session-check.ts";
import { accountRoutes } from "./login/account/account-routes.ts";
import { deviceRoutes } from "./login/device-routes.ts";
import { invitationPages } from "./login/invitation-routes.ts";
import { loginRoutes } from "./login/login-routes.ts";
import { organizationRoutes } from "./login/organization-routes.ts";
import { passkeyPages } from "./login/passkey-routes.ts";
import { passwordResetPages } from "./login/password-reset-routes.ts";
import { providerRoutes } from "./login/provider-routes.ts";
import type { Services } from "./services.ts";

const TERMINAL_CODES: ReadonlySet<string> = new Set([TERMINAL_CODE, TERMINAL_GRANT_ERROR]);

export type FetchHandler = (request: Request, bindings: Bindings) => Response | Promise<Response>;

/** `extra` routes come first: development mounts its own there. */
export function createApp(services: Services, extra?: Hono<RequestEnv>): FetchHandler {
  const app = new Hono<RequestEnv>({ router: rememberingRouter() });
  const { log, metrics } = services;
  const { secure } = services.settings;
  const everyAnswer = securityHeaders(secure);

  app.use(async (context, next) => {
    const started = performance.now();
    const requestId = globalThis.crypto.randomUUID();
    context.set("requestId", requestId);
    context.set("headers", everyAnswer);
    answerPlainly(context);
    await next();
    addHeaders(context.res, context.get("headers"));
    addHeaders(context.res, ["x-request-id", requestId]);
    const { status } = context.res;
    const ms = performance.now() - started;
    // The pattern, not the path: a path may carry an id.
    const route = routePath(context);
    metrics.request(route, context.req.method, status, ms / 1000, appOf(context));
    log.debug({ requestId, method: context.req.method, route, status, ms }, "request");
  });

  app.onError((error, context) => {
    const { requestId } = context.var;
    countFailure(error, appOf(context));
    if (error instanceof LatchkeyError && CALLERS_FAULTS.has(error.code)) {
      log.warn({ requestId, err: error }, "request refused");
    } else if (!(error instanceof LatchkeyError) || error.status >= 500) {
      log.error({ requestId, err: error, cause: (error as Error).cause }, "request failed");
    }
    return errorResponse(context, error);
  });

  function countFailure(error: unknown, appId: string | null): void {
    if (appId === null) return;
    const code = error instanceof LatchkeyError ? error.code : "internal_error";
    // Of a refresh the outcome is counted, which says more.
    if (!TERMINAL_CODES.has(code)) metrics.failure(code, appId);
  }

  app.notFound((context) =>
    errorResponse(context, nothingHere(context.req.method, context.req.path)),
  );

  for (const prefix of PROTOCOL_PREFIXES) {
    app.use(`${prefix}/*`, sessionHeaders(secure), crossOrigin());
  }
  app.use(SESSION_CHECK_PATH, sessionHeaders(secure), crossOrigin());
  for (const path of APP_SERVER_PATHS) app.use(path, appServerErrors());
  app.use("/user_management/authenticate", sessionHeaders(secure), crossOrigin());
  app.use(requireKnownRoute(() => app.routes));
  if (extra) app.route("/", extra);
  app.route("/", healthRoutes(services));
  app.route("/", acmeChallengeRoutes(services));
  if (services.settings.metricsToken !== undefined) app.route("/", metricsRoutes(services));
  app.route("/", embeddedWalletsRoutes(services));
  app.route("/", ownDomainRoutes(services));
  app.route("/", relatedOriginRoutes(services));
  app.route("/", sessionCheckRoutes(services));
  app.route("/", sessionRefreshRoutes(services));
  app.route("/", authorizeRoutes(services));
  app.route("/", logoutRoutes(services));
  app.route("/", loginRoutes(services));
  app.route("/", adminRoutes(services));
  app.route("/", dashboardRoutes(services));
  app.route("/", deviceRoutes(services));
  app.route("/", invitationPages(services));
  app.route("/", organizationRoutes(services));
  app.route("/", providerRoutes(services));
  app.route("/", passkeyPages(services));
  app.route("/", accountRoutes(services));
  app.route("/", passwordResetPages(services));
  app.route("/", appServerProtocol(services));
  const protocol = browserProtocol(services);
  for (const prefix of PROTOCOL_PREFIXES) app.route(prefix, protocol);
  return (request, bindings) => app.fetch(request, bindings);
}

/** Null for a request of no app. Not every route names its app, whatever the types say. */
function appOf({ var: known }: RequestContext): string | null {
  const caller: Caller | undefined = known.caller;
  return caller?.app.id ?? known.appId ?? null;
}
