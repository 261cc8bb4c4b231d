/** Resolves app and app client of a browser-protocol call, and refuses other sites' pages. */
import { judgeCall } from "@latchkey/core/cookies/call-origin";
import { LatchkeyError } from "@latchkey/core/errors";
import { originPatternProblem } from "@latchkey/core/origins";
import type { MiddlewareHandler } from "hono";
import type { App, AppClient, AppDirectory } from "../../apps/app-directory.ts";
import { secretMatches } from "../../apps/create-app.ts";
import { judgeOrigin, outsideDomain } from "../../cookies/calling-origin.ts";
import { type CookieMode, cookieModeOf } from "../../cookies/cookie-mode.ts";
import { expireLeftBehind, mayBeLeftBehind } from "../../cookies/left-behind.ts";
import { crossSite, missingOrigin } from "../../cookies/refresh-caller.ts";
import {
  PROXY_AUTHORIZATION,
  PROXY_BASE,
  type ProxyClaim,
  proxyCookieMode,
  readSessionProxy,
} from "../../cookies/session-proxy.ts";
import type { ActiveDomain } from "../../domains/active-domain.ts";
import type { Services } from "../../services.ts";
import type { DomainStore } from "../../storage/store.ts";
import type { RequestContext, RequestEnv } from "../context.ts";

/** For calls that name their app in the `privy-app-id` header. */
export function requireCaller({
  directory,
  domains,
  store,
}: Pick<Services, "directory" | "domains" | "store">): MiddlewareHandler<RequestEnv> {
  return async (context, next) => {
    const origin = context.req.header("origin") ?? null;
    const app = await findApp(directory, context.req.header("privy-app-id"));
    const client = findClient(app, context.req.header("privy-client-id"));
    const domain = await domains.activeDomainOf(app.id);
    if (mayBeLeftBehind(context.req.header("cookie"))) {
      await removeLeftBehind(context, store.domains, domain);
    }
    if (origin !== null) requireOrigin(app, client, domain, origin);
    const mode = cookieModeOf(app, client, domain);
    const isProxied = context.req.header(PROXY_BASE) !== undefined;
    const proxied = isProxied ? await proxiedMode(context, directory, app, client) : null;
    const cookies = proxied ?? (mode && hostOf(context) === mode.host ? mode : null);
    if (cookies) requireOwnPage(context, origin);
    context.set("caller", { app, client, origin, domain, cookies });
    return next();
  };
}

/** Also on an answer that refuses the call: a page of a former domain may not call any more. */
export async function removeLeftBehind(
  context: RequestContext,
  domains: DomainStore,
  active: ActiveDomain | null,
): Promise<void> {
  const host = hostOf(context);
  if (host === active?.sessionHost) return;
  for (const line of await expireLeftBehind(domains, host, context.req.header("cookie"))) {
    context.header("set-cookie", line, { append: true });
  }
}

/** The claim that an app's own server makes of this request. */
export const proxyClaim = (context: RequestContext): ProxyClaim => ({
  base: context.req.header(PROXY_BASE) ?? null,
  authorization: context.req.header(PROXY_AUTHORIZATION) ?? null,
});

/**
 * What the browser says of the request. The fetch of an app's own server writes some of these headers
 * itself, so its proxy passes them on under another name; who claims to be one has to prove it.
 */
export const browserHeader = (context: RequestContext, name: string): string | undefined =>
  context.req.header(
    context.req.header(PROXY_BASE) === undefined ? name : `x-latchkey-proxy-${name}`,
  );

/** Null for a request that came by no proxy of this app. */
export async function proxiedMode(
  context: RequestContext,
  directory: AppDirectory,
  app: App,
  client: AppClient | null,
): Promise<CookieMode | null> {
  if (context.req.header(PROXY_BASE) === undefined) return null;
  const proxy = await readSessionProxy(directory, proxyClaim(context));
  if (proxy === null) return null;
  // What the proxy says of the browser is believed on its app's word, and counts for that app alone.
  if (proxy.app.id !== app.id) throw proxyOfAnotherApp(app);
  return proxyCookieMode(proxy, client);
}

/** Refuses a page that may not call for this app or app client. */
export function requireOrigin(
  app: App,
  client: AppClient | null,
  domain: ActiveDomain | null,
  origin: string,
): void {
  const verdict = judgeOrigin(app, client, domain, origin);
  if (verdict === "outside_domain" && domain) throw outsideDomain(app, domain, origin);
  if (verdict === "not_listed") throw invalidOrigin(app, origin);
}

/** What rides on cookies must come from a page of the app, and say so (ASVS 3.5.1). */
function requireOwnPage(context: RequestContext, origin: string | null): void {
  const fetchSite = browserHeader(context, "sec-fetch-site") ?? null;
  const verdict = judgeCall({ method: context.req.method, origin, fetchSite });
  if (verdict === "missing_origin") throw missingOrigin();
  if (verdict === "cross_site") throw crossSite();
}

const proxyOfAnotherApp = (app: App) =>
  new LatchkeyError(
    "invalid_credentials",
    401,
    `The session proxy in front proves another app than ${app.id}, which this call names: give the page and the proxy the id of one app.`,
  );

export const hostOf = (context: RequestContext): string => new URL(context.req.url).hostname;

/** For calls of an app's own server: Basic authentication with app id and secret. */
export function requireAppServer(directory: AppDirectory): MiddlewareHandler<RequestEnv> {
  return async (context, next) => {
    context.set("challenge", 'Basic realm="Latchkey", charset="UTF-8"');
    const credentials = readBasic(context.req.header("authorization"));
    const named = context.req.header("privy-app-id");
    const app = credentials && (await directory.find(credentials.id));
    const genuine = app && (await secretMatches(credentials.secret, app.secretHashes));
    if (!genuine || (named !== undefined && named !== app.id)) {
      throw new LatchkeyError(
        "invalid_credentials",
        401,
        "Send the app id and its secret as Basic authentication, and the same id as privy-app-id.",
      );
    }
    context.set("caller", { app, client: null, origin: null, domain: null, cookies: null });
    await next();
  };
}

export async function findApp(directory: AppDirectory, id: string | undefined): Promise<App> {
  const app = id === undefined ? null : await directory.find(id);
  if (app) return app;
  throw new LatchkeyError(
    "missing_or_invalid_privy_app_id",
    400,
    id === undefined
      ? "Send the app id in the header privy-app-id."
      : "No app has this id. Copy it from `latchkey apps list`; it has 25 characters.",
  );
}

export function findClient(app: App, id: string | undefined): AppClient | null {
  if (id === undefined || id === "") return null;
  const client = app.clients.get(id);
  if (client) return client;
  throw new LatchkeyError(
    "missing_or_invalid_privy_client_id",
    400,
    "This app has no app client with the id in privy-client-id. Leave the header out or correct it.",
  );
}

export function invalidOrigin(app: App, origin: string): LatchkeyError {
  // An origin is shown in a command only when nothing in it means anything to a shell.
  const remedy =
    originPatternProblem(origin) === null
      ? `Add it to the app's allowed origins: latchkey apps update ${app.id} --add-origin ${origin}`
      : "Serve the page from an http or https address that the app's allowed origins list; a page opened from a file or in a sandboxed frame has none.";
  return new LatchkeyError(
    "invalid_origin",
    403,
    `The origin ${origin.slice(0, 200)} may not use the app "${app.name}". ${remedy}`,
  );
}

function readBasic(header: string | undefined): { id: string; secret: string } | null {
  const encoded = /^Basic ([A-Za-z0-9+/=_-]+)$/i.exec(header ?? "")?.[1];
  if (!encoded) return null;
  const [id, ...secret] = decodeBase64(encoded).split(":");
  return id && secret.length > 0 ? { id, secret: secret.join(":") } : null;
}

function decodeBase64(text: string): string {
  try {
    return atob(text);
  } catch {
    return "";
  }
}
