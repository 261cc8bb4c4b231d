import { LatchkeyError } from "@latchkey/core/errors";
import type { AuthenticatedUser } from "@latchkey/core/protocol/browser";
import {
  passwordlessAuthenticate,
  passwordlessInit,
  passwordlessLink,
  passwordlessUnlink,
  passwordlessUpdate,
} from "@latchkey/core/protocol/browser-requests";
import { Hono } from "hono";
import type { App } from "../../apps/app-directory.ts";
import { markDevice, readDevice } from "../../codes/known-device.ts";
import type { Requester } from "../../codes/one-time-codes.ts";
import { type CodeProof, proveCode } from "../../codes/prove-code.ts";
import { mailFor } from "../../mail/app-mail.ts";
import type { Services } from "../../services.ts";
import { requireSession } from "../../sessions/bearer.ts";
import { wrongCode } from "../../sessions/sign-in.ts";
import { addressNotice } from "../../users/address-notice.ts";
import { requireAllowed } from "../../users/allowlist.ts";
import { toWireUser } from "../../users/wire-user.ts";
import { bearerToken } from "../bearer-token.ts";
import type { RequestContext, RequestEnv } from "../context.ts";
import { readDeviceCookie, setDeviceCookie } from "../device-cookie.ts";
import { limitByIp } from "../middleware/ip-limit.ts";
import { parseJson } from "../parse-json.ts";
import { readPreLogin } from "../pre-login-cookie.ts";
import { readJson, readText } from "../read-body.ts";
import { accountAnswer } from "./account-answer.ts";
import { beginSession, repeatableRequest, repeatedAnswer } from "./begin-session.ts";
import { renewIdentityCookie } from "./session-cookies.ts";

const TEN_MINUTES = 600_000;

/** E-mailed codes: signing in, and the addresses of a signed-in user. */
export function passwordlessRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const { codes, store } = services;
  const limits = services.settings.limitByIp ? store.limits : null;

  routes.post(
    "/passwordless/init",
    limitByIp(limits, { name: "code-init", max: 60, windowMs: TEN_MINUTES }),
    async (context) => {
      const { app } = context.var.caller;
      requireEmailAuth(app);
      const { email } = await readJson(context, passwordlessInit);
      if (app.settings.disablePlusEmails && email.split("@", 1)[0]?.includes("+")) {
        throw new LatchkeyError(
          "disallowed_plus_email",
          400,
          "This app does not take addresses with a plus sign. Use the address without it.",
        );
      }
      // A test account has its code already and no mailbox.
      if (await store.apps.findTestAccount(app.id, email)) return context.json({ success: true });
      const code = await codes.issue(await requesterOf(services, context, email), email);
      services.outbox.post(mailFor(app, "code", { to: email, values: { code } }));
      return context.json({ success: true });
    },
  );

  routes.post(
    "/passwordless/authenticate",
    limitByIp(limits, { name: "code-check", max: 120, windowMs: TEN_MINUTES }),
    async (context) => {
      const { app } = context.var.caller;
      requireEmailAuth(app);
      const text = await readText(context);
      const { email, code, mode } = parseJson(text, passwordlessAuthenticate);
      const repeatable = repeatableRequest(context, text);
      const again = await repeatedAnswer(services, context, repeatable);
      if (again) return context.json(again);
      const begin = async (codeId?: string): Promise<AuthenticatedUser> => {
        await requireAllowed(store.apps, app, email);
        const input = {
          account: { type: "email", subject: email },
          method: "email",
          allowSignUp: mode === "login-or-sign-up",
          ...(codeId !== undefined && { codeId }),
        };
        const answer = await beginSession(services, context, input, repeatable);
        const of = { appId: app.id, address: email, now: services.now() };
        const mark = await markDevice(services.master, of);
        setDeviceCookie(context, services.settings.secure, app.id, mark);
        return answer;
      };
      const proof = await prove(context, email, code);
      if (proof.kind === "test_account") return context.json(await begin());
      try {
        return context.json(await begin(proof.codeId));
      } catch (error) {
        // The first of two equal requests may have spent the code meanwhile.
        const spentByTwin = await repeatedAnswer(services, context, repeatable);
        if (spentByTwin) return context.json(spentByTwin);
        throw error;
      }
    },
  );

  routes.post("/passwordless/link", async (context) => {
    const { app } = context.var.caller;
    requireEmailAuth(app);
    const { email, code } = await readJson(context, passwordlessLink);
    const caller = await requireSession(services, app, bearerToken(context));
    const { user, session } = caller;
    const proof = await prove(context, email, code);
    await requireAllowed(store.apps, app, email);
    const account = { type: "email", subject: email };
    const result = await store.users.link(app.id, user.id, account, codeIdOf(proof), session.id);
    const linked = accountAnswer(result);
    await renewIdentityCookie(services, context, linked, caller);
    return context.json(toWireUser(linked));
  });

  routes.post("/passwordless/update", async (context) => {
    const { app } = context.var.caller;
    requireEmailAuth(app);
    const { oldAddress, newAddress, code } = await readJson(context, passwordlessUpdate);
    const caller = await requireSession(services, app, bearerToken(context));
    const { user, session } = caller;
    const proof = await prove(context, newAddress, code);
    await requireAllowed(store.apps, app, newAddress);
    const change = { address: oldAddress, replaced: true };
    const notice = await addressNotice(store, app, user, change);
    const result = await store.users.replaceAccount({
      appId: app.id,
      id: user.id,
      from: { type: "email", subject: oldAddress },
      to: { type: "email", subject: newAddress },
      codeId: codeIdOf(proof),
      sid: session.id,
    });
    const updated = accountAnswer(result);
    if (notice) services.outbox.post(notice);
    await renewIdentityCookie(services, context, updated, caller);
    return context.json(toWireUser(updated));
  });

  routes.post("/passwordless/unlink", async (context) => {
    const { app } = context.var.caller;
    const { address } = await readJson(context, passwordlessUnlink);
    const caller = await requireSession(services, app, bearerToken(context));
    const { user, session } = caller;
    const account = { type: "email", subject: address };
    const notice = await addressNotice(store, app, user, { address, replaced: false });
    const result = await store.users.unlink(app.id, user.id, account, session.id);
    const left = accountAnswer(result);
    if (notice) services.outbox.post(notice);
    await renewIdentityCookie(services, context, left, caller);
    return context.json(toWireUser(left));
  });

  const codeIdOf = (proof: CodeProof) => (proof.kind === "code" ? proof.codeId : null);

  /** Throws one and the same error for every code that is not the right one. */
  async function prove(context: RequestContext, email: string, code: string): Promise<CodeProof> {
    const proof = await proveCode(
      services,
      await requesterOf(services, context, email),
      email,
      code,
    );
    if (proof === null) throw wrongCode();
    return proof;
  }

  return routes;
}

async function requesterOf(
  services: Services,
  context: RequestContext,
  address: string,
): Promise<Requester> {
  const { app, client, origin } = context.var.caller;
  const mark = readDeviceCookie(context, services.settings.secure, app.id);
  const of = { appId: app.id, address, now: services.now() };
  return {
    appId: app.id,
    clientId: client?.id ?? null,
    analyticsId: context.req.header("privy-ca-id")?.slice(0, 128) ?? null,
    origin,
    preLogin: readPreLogin(context, services.settings.secure),
    device: await readDevice(services.master, of, mark),
  };
}

function requireEmailAuth(app: App): void {
  if (app.settings.emailAuth) return;
  throw new LatchkeyError(
    "disallowed_login_method",
    403,
    "This app does not sign in by e-mail. Switch emailAuth on in its settings.",
  );
}
