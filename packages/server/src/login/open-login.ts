import { LatchkeyError } from "@latchkey/core/errors";
import { isReturnUrl } from "@latchkey/core/return-urls";
import type { App } from "../apps/app-directory.ts";
import type { RequestContext } from "../http/context.ts";
import type { Services } from "../services.ts";
import type { KnownSoFar } from "./answer-with-pages.ts";
import type { AuthorizeRequest } from "./authorize-request.ts";
import { BINDING_COOKIE, newCookieValue, readCookie, setCookie } from "./cookies.ts";
import {
  bindingHash,
  type LoginEnd,
  type LoginRequest,
  openLoginRequest,
  sealLoginRequest,
} from "./login-request.ts";
import type { PageOptions } from "./page-response.ts";
import type { RedirectTarget } from "./redirect-answer.ts";

/** A sign-in on its way, in the browser that began it. */
export interface OpenLogin {
  readonly app: App;
  readonly request: LoginRequest;
  /** `request` as it came. */
  readonly sealed: string;
  /** Value of the binding cookie. */
  readonly bindingCookie: string;
}

const FAULTS = {
  unreadable: ["login_request_invalid", "The login request is not one of this server."],
  expired: ["login_request_expired", "The login request is older than an hour."],
  other_browser: ["other_browser", "The login request was begun in another browser."],
  no_cookie: ["cookies_blocked", "The cookie that was set with the login request did not come."],
} as const;

/** Throws what is wrong, having told `known` where one can begin again. */
export async function openLogin(
  services: Services,
  context: RequestContext,
  sealed: string | undefined,
  known: KnownSoFar,
): Promise<OpenLogin> {
  if (!sealed) {
    throw new LatchkeyError("login_request_missing", 400, "The address has no login request.");
  }
  const cookie = readCookie(context, BINDING_COOKIE, services.settings.secure);
  const opened = await openLoginRequest(services.master, sealed, { cookie, now: services.now() });
  if (opened.kind === "unreadable") throw fault("unreadable");
  const { request } = opened;
  const app = await services.directory.find(request.appId);
  known.app = app;
  const returnsToApp = request.end.kind === "app";
  // Again, because an address may have been taken off the list meanwhile.
  if (app && returnsToApp && isReturnUrl(request.redirectUri, app.settings.redirectUris)) {
    known.redirectUri = request.redirectUri;
  }
  if (opened.kind !== "open") throw fault(opened.kind);
  if (!app || cookie === null) throw fault("unreadable");
  if (returnsToApp && known.redirectUri === null) throw fault("unreadable");
  return { app, request, sealed, bindingCookie: cookie };
}

function fault(kind: keyof typeof FAULTS): LatchkeyError {
  const [code, message] = FAULTS[kind];
  return new LatchkeyError(code, 400, message);
}

/** The address of a sign-in's next page. */
export async function loginUrl(services: Services, request: LoginRequest): Promise<string> {
  return `/login?request=${await sealLoginRequest(services.master, request)}`;
}

/** The address of a sign-in's first page. */
export async function beginLogin(
  services: Services,
  context: RequestContext,
  request: AuthorizeRequest,
  end: LoginEnd = { kind: "app" },
): Promise<string> {
  return loginUrl(services, await newLogin(services, context, request, end));
}

/** A sign-in that begins, in this browser and no other (ASVS 10.1.2). */
export async function newLogin(
  services: Services,
  context: RequestContext,
  request: AuthorizeRequest,
  end: LoginEnd = { kind: "app" },
): Promise<LoginRequest> {
  return {
    ...request,
    end,
    binding: await bindingHash(services.master, bindBrowser(services, context)),
    startedAt: services.now(),
    email: null,
    codesSent: 0,
    newPasswordHash: null,
  };
}

/** The value of the binding cookie: one per browser, so that sign-ins in several tabs go on. */
export function bindBrowser({ settings }: Services, context: RequestContext): string {
  const value = readCookie(context, BINDING_COOKIE, settings.secure) ?? newCookieValue();
  setCookie(context, BINDING_COOKIE, settings.secure, value);
  return value;
}

const MAX_ORIGINS = 50;

/** Where the app may take the browser on to once it has the code; see page-response.ts. */
export function formTargets({
  app,
  request,
}: {
  readonly app: App;
  readonly request: RedirectTarget;
}): NonNullable<PageOptions["formTargets"]> {
  const { allowedOrigins, redirectUris, logoutUris } = app.settings;
  const origins = [...redirectUris, ...logoutUris]
    .filter((url) => !url.includes("*"))
    .map((url) => new URL(url).origin);
  const { origin, protocol } = new URL(request.redirectUri);
  // A policy cannot name an IPv6 address (CSP level 3, host-part); only loopback's is met here.
  const own = origin.includes("[") ? protocol : origin;
  const others = [...origins, ...allowedOrigins].filter((each) => !each.includes("["));
  return [...new Set([own, ...others])].slice(0, MAX_ORIGINS);
}
