/** The account page: a person's ways in and sessions. A GET changes nothing. */
import { LatchkeyError } from "@latchkey/core/errors";
import { Hono } from "hono";
import type { App } from "../../apps/app-directory.ts";
import type { RequestContext, RequestEnv } from "../../http/context.ts";
import { beginPasskeyLink } from "../../passkeys/ceremonies.ts";
import type { Services } from "../../services.ts";
import { answerWithPages, type KnownSoFar } from "../answer-with-pages.ts";
import { wayToApp } from "../app-home.ts";
import { loginLimits } from "../login-limits.ts";
import { bindBrowser } from "../open-login.ts";
import { pageResponse, privateAnswer } from "../page-response.ts";
import { brandingOf } from "../pages/branding.ts";
import { messagePage } from "../pages/message-page.ts";
import { hostedPage } from "../passkey-page.ts";
import { readOwnForm } from "../read-own-form.ts";
import { redirectTo } from "../redirect-answer.ts";
import { forgetSignIn } from "../shared-sign-in.ts";
import { proveAddress, sendAddressCode } from "./account-address.ts";
import { showAccount } from "./account-answer.ts";
import { CHANGES, SAID, type Said } from "./account-changes.ts";
import {
  ACCOUNT_PAGE,
  ACCOUNT_PASSKEY_OPTIONS,
  ACCOUNT_PROVIDER,
  ACCOUNT_PROVIDER_RETURN,
  ACCOUNT_SCRIPT,
  accountLink,
} from "./account-paths.ts";
import { accountProviderUrl, linkProvider } from "./account-provider.ts";
import { ACCOUNT_PAGE_SCRIPT } from "./account-script.ts";
import { sealFreshSignIn } from "./fresh-sign-in.ts";
import { type FreshAccount, findAccountApp, openAccount, signInFreshly } from "./open-account.ts";

export function accountRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const limits = loginLimits(services);

  routes.get(ACCOUNT_PAGE, (context) =>
    answerWithPages(services, context, async (known) => {
      const { client_id, as, said } = context.req.query();
      const app = await findAccountApp(services, client_id, known);
      const account = await openAccount(services, context, app, as);
      if (!account) return confirm(context, app, null, 302);
      const notice = said !== undefined && isSaid(said) ? SAID[said] : null;
      return showAccount(services, context, account, { notice });
    }),
  );

  routes.post(ACCOUNT_PAGE, (context) =>
    answerWithPages(services, context, async (known) => {
      const form = await readOwnForm(services, context);
      const { action = "" } = form;
      const app = await findAccountApp(services, form.client_id, known);
      if (action === "sign-out") return signOut(context, app);
      const account = await fresh(context, app, form.as, known);
      if (action === "confirm" || !account) {
        const seen = await openAccount(services, context, app, form.as);
        return confirm(context, app, seen?.user ?? null, 303);
      }
      if (action === "send-code") return sendAddressCode(services, context, account, form);
      if (action === "prove-email") {
        const proven = await proveAddress(services, context, account, form);
        return typeof proven === "string" ? backTo(context, account, proven) : proven;
      }
      const change = CHANGES[action];
      if (!change) throw new LatchkeyError("invalid_data", 400, "The form asks for nothing known.");
      const changed = await change(services, context, account, form);
      if (changed.kind === "done") return backTo(context, account, changed.said);
      return showAccount(services, context, account, { passwordError: changed.passwordError });
    }),
  );

  routes.get(ACCOUNT_PROVIDER, (context) =>
    answerWithPages(services, context, async (known) => {
      const { client_id, as, connection = "" } = context.req.query();
      const app = await findAccountApp(services, client_id, known);
      const account = await fresh(context, app, as, known);
      if (!account) return confirm(context, app, null, 302);
      await limits.guess(context);
      return redirectTo(
        context,
        await accountProviderUrl(services, context, account, connection),
        302,
      );
    }),
  );

  routes.get(ACCOUNT_PROVIDER_RETURN, (context) =>
    answerWithPages(services, context, async (known) => {
      const { client_id, as, ...answer } = context.req.query();
      const app = await findAccountApp(services, client_id, known);
      const account = await fresh(context, app, as, known);
      if (!account) return confirm(context, app, null, 302);
      if (answer.provider_error === "access_denied") {
        return backTo(context, account, "provider-declined", 302);
      }
      if (answer.provider_error !== undefined) throw failed(answer.provider_error);
      await linkProvider(services, context, account, answer.provider_code ?? "");
      return backTo(context, account, "provider-added", 302);
    }),
  );

  routes.post(ACCOUNT_PASSKEY_OPTIONS, async (context) => {
    privateAnswer(context);
    const form = await readOwnForm(services, context);
    const known = { app: null, redirectUri: null, goBack: null };
    const app = await findAccountApp(services, form.client_id, known);
    const account = await fresh(context, app, form.as, known);
    if (!account) throw new LatchkeyError("login_request_expired", 400, "Sign in once more.");
    await limits.passkey(context);
    const page = await hostedPage(services, app, bindBrowser(services, context));
    return context.json(await beginPasskeyLink(services, page, account.user));
  });

  routes.get(ACCOUNT_SCRIPT, (context) => {
    context.header("cache-control", "public, max-age=300");
    context.header("content-type", "text/javascript; charset=utf-8");
    return context.body(ACCOUNT_PAGE_SCRIPT);
  });

  /** Null where nobody signed in just now. */
  async function fresh(
    context: RequestContext,
    app: App,
    sealed: string | undefined,
    known: KnownSoFar,
  ): Promise<FreshAccount | null> {
    if (!sealed) return null;
    const account = await openAccount(services, context, app, sealed);
    if (!account?.fresh) return null;
    const href = accountLink(app.clientId, { as: sealed });
    known.goBack = { label: "Back to your account", href };
    const own = { mail: () => limits.mail(context), guess: () => limits.guess(context) };
    return { ...account, fresh: account.fresh, limits: own };
  }

  async function confirm(
    context: RequestContext,
    app: App,
    user: FreshAccount["user"] | null,
    status: 302 | 303,
  ): Promise<Response> {
    return redirectTo(context, await signInFreshly(services, context, app, user), status);
  }

  /** With a new proof: what ended the other sessions just now was this person's own doing. */
  async function backTo(
    context: RequestContext,
    { app, fresh: { sealed: _, ...signIn } }: FreshAccount,
    said: Said,
    status: 302 | 303 = 303,
  ): Promise<Response> {
    const since = await services.store.now();
    const as = await sealFreshSignIn(services, context, { ...signIn, since });
    return redirectTo(context, accountLink(app.clientId, { as, said }), status);
  }

  async function signOut(context: RequestContext, app: App): Promise<Response> {
    await forgetSignIn(services, context);
    const page = messagePage({
      branding: brandingOf(app),
      title: "You are signed out of this page",
      text: `Where you use ${app.name} you may be signed in still: sign out there, or everywhere from your account.`,
      ways: [
        ...wayToApp(app),
        { label: "Sign in to your account", href: accountLink(app.clientId) },
      ],
      details: null,
    });
    return pageResponse(context, page);
  }

  return routes;
}

const isSaid = (text: string): text is Said => Object.hasOwn(SAID, text);

/** What the callback may say; the address is anybody's to write, and more is neither shown nor counted. */
const FAILURES = [
  ...["provider_unavailable", "provider_misconfigured"],
  ...["disallowed_login_method", "oauth_state_mismatch"],
];

function failed(said: string): LatchkeyError {
  const code = FAILURES.includes(said) ? said : "provider_error";
  const status = code === "provider_unavailable" ? 503 : 400;
  const words =
    status === 503
      ? "It does not answer right now, and nothing was changed. Try again in a moment."
      : "It answered something that cannot be relied on, and nothing was changed. Begin again.";
  return new LatchkeyError(code, status, words);
}
