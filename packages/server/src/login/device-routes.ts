/** The pages on which a person signs in a device (RFC 8628 section 3.3). A GET decides nothing. */
import { LatchkeyError } from "@latchkey/core/errors";
import { Hono } from "hono";
import type { App } from "../apps/app-directory.ts";
import { readUserCode, showUserCode } from "../codes/user-codes.ts";
import type { RequestContext, RequestEnv } from "../http/context.ts";
import { type IpLimit, limitByIp } from "../http/middleware/ip-limit.ts";
import type { Services } from "../services.ts";
import { findDeviceGrant, offersDeviceSignIn } from "../sessions/device-grants.ts";
import type { DeviceGrant } from "../storage/store.ts";
import { answerWithPages, type KnownSoFar } from "./answer-with-pages.ts";
import { type DeviceDecisionRequest, decisionUrl, openDecision } from "./device-decision.ts";
import { DEVICE_PAGE } from "./device-page-path.ts";
import { hostLogin } from "./host-login.ts";
import { beginLogin } from "./open-login.ts";
import { pageResponse } from "./page-response.ts";
import { brandingOf } from "./pages/branding.ts";
import { type DeviceCodePage, deviceCodePage, deviceDecisionPage } from "./pages/device-page.ts";
import { messagePage } from "./pages/message-page.ts";
import { readOwnForm } from "./read-own-form.ts";
import { redirectTo } from "./redirect-answer.ts";
import { signedInHere } from "./silent-sign-in.ts";

/** Guesses at the code of somebody's device (RFC 8628 section 5.1): 34 bits, live for ten minutes. */
const GUESSES: IpLimit = { name: "device-code", max: 30, windowMs: 600_000 };

const WRONG = "No device waits under this code. Compare it with the device, or begin again there.";

export function deviceRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const { store, directory, settings } = services;
  const limit = limitByIp(settings.limitByIp ? store.limits : null, GUESSES);

  routes.get(DEVICE_PAGE, (context) =>
    answerWithPages(services, context, async (known) => {
      const { decide, user_code = "" } = context.req.query();
      if (decide === undefined) {
        const userCode = readUserCode(user_code);
        const shown = userCode === null ? "" : showUserCode(userCode);
        return showCode(context, { userCode: shown, error: null });
      }
      const { request, app, grant } = await openRequest(context, decide, known);
      const { email, userCode } = request;
      const { userAgent, ip } = grant;
      const page = { branding: brandingOf(app), decide, email, userCode, userAgent, ip };
      return pageResponse(context, deviceDecisionPage(page));
    }),
  );

  routes.post(DEVICE_PAGE, (context) =>
    answerWithPages(services, context, async (known) => {
      const form = await readOwnForm(services, context);
      if (form.decide === undefined) return useCode(context, form.user_code ?? "");
      const { request, app, grant } = await openRequest(context, form.decide, known);
      const { userCode } = request;
      if (form.decision === "other") {
        const other = hostLogin(app, settings.publicUrl(), { prompt: ["select_account"] });
        const end = { kind: "device", grantId: grant.id, userCode } as const;
        return redirectTo(context, await beginLogin(services, context, other, end), 303);
      }
      return form.decision === "allow" ? allow(context, app, request) : deny(context, app, request);
    }),
  );

  /** On to the decision, by way of signing in where nobody is signed in. */
  async function useCode(context: RequestContext, typed: string): Promise<Response> {
    const userCode = readUserCode(typed);
    if (userCode === null) {
      return showCode(context, {
        userCode: typed.slice(0, 32),
        error: "Type the eight letters that the device shows.",
      });
    }
    await limit(context, async () => undefined);
    const shown = showUserCode(userCode);
    const grant = await findDeviceGrant(services, userCode);
    const app = grant && (await directory.find(grant.appId));
    if (!grant || !app || !offersDeviceSignIn(app)) {
      return showCode(context, { userCode: shown, error: WRONG });
    }
    const login = hostLogin(app, settings.publicUrl());
    const signedIn = await signedInHere(services, context, app, login);
    const which = { grantId: grant.id, userCode: shown };
    const next = signedIn
      ? await decisionUrl(services, context, { ...which, appId: app.id, ...signedIn })
      : await beginLogin(services, context, login, { kind: "device", ...which });
    return redirectTo(context, next, 303);
  }

  /** Throws what is wrong with it, or that its grant waits for no decision any more. */
  async function openRequest(
    context: RequestContext,
    sealed: string,
    known: KnownSoFar,
  ): Promise<{ request: DeviceDecisionRequest; app: App; grant: DeviceGrant }> {
    const request = await openDecision(services, context, sealed);
    const app = await directory.find(request.appId);
    known.app = app;
    known.goBack = { label: "Type another code", href: DEVICE_PAGE };
    const grant = await store.deviceGrants.findPending({ id: request.grantId });
    if (app && grant?.appId === app.id && offersDeviceSignIn(app)) return { request, app, grant };
    throw grantOver();
  }

  async function allow(context: RequestContext, app: App, request: DeviceDecisionRequest) {
    const { grantId, userId, method, authenticatedAt } = request;
    const approval = { kind: "approved", userId, authMethod: method, authenticatedAt } as const;
    if (!(await store.deviceGrants.decide(grantId, approval))) throw grantOver();
    return say(context, app, "Your device is signed in", "Go back to it. You can close this page.");
  }

  async function deny(context: RequestContext, app: App, { grantId }: DeviceDecisionRequest) {
    if (!(await store.deviceGrants.decide(grantId, { kind: "denied" }))) throw grantOver();
    return say(context, app, "The device was refused", "Nobody was signed in. Close this page.");
  }

  function say(context: RequestContext, app: App, title: string, text: string) {
    const page = { branding: brandingOf(app), title, text, ways: [], details: null };
    return pageResponse(context, messagePage(page));
  }

  function showCode(context: RequestContext, page: DeviceCodePage): Promise<Response> {
    const status = page.error === null ? 200 : 422;
    return pageResponse(context, deviceCodePage(page), { status });
  }

  return routes;
}

const grantOver = () =>
  new LatchkeyError("device_grant_over", 400, "No device waits for this decision any more.");
