/** Signing in with, linking and unlinking the account that a person has at a provider. */
import type { OAuthTokens } from "@latchkey/core/protocol/browser";
import {
  oauthAuthenticate,
  oauthInit,
  oauthLink,
  oauthTransfer,
  oauthUnlink,
} from "@latchkey/core/protocol/browser-requests";
import { Hono } from "hono";
import { notOffered } from "../../providers/finish-flow.ts";
import {
  type OfferedProof,
  offeredProof,
  requirePkce,
  wrongOAuthCode,
} from "../../providers/offered-proof.ts";
import { appWide } from "../../providers/provider-directory.ts";
import { authMethodOf } from "../../providers/provider-preset.ts";
import { requireRedirect } from "../../providers/redirect-allowed.ts";
import { startFlow } from "../../providers/start-flow.ts";
import { toWireTokens } from "../../providers/wire-tokens.ts";
import type { Services } from "../../services.ts";
import { requireSession } from "../../sessions/bearer.ts";
import type { User } from "../../storage/store.ts";
import { accountName, providerAccount, requireProviderAllowed } from "../../users/provider-user.ts";
import { finishTransfer, offerTransfer } from "../../users/transfer-account.ts";
import { accountAtProvider, requireOtherWayIn } from "../../users/unlink-provider.ts";
import { type WayInChange, wayInNotice } from "../../users/way-in-notice.ts";
import { toWireUser } from "../../users/wire-user.ts";
import { bearerToken } from "../bearer-token.ts";
import type { RequestContext, RequestEnv } from "../context.ts";
import { limitByIp } from "../middleware/ip-limit.ts";
import { parseJson } from "../parse-json.ts";
import { readJson, readText } from "../read-body.ts";
import { accountAnswer } from "./account-answer.ts";
import { beginSession, repeatableRequest, repeatedAnswer } from "./begin-session.ts";
import { renewIdentityCookie } from "./session-cookies.ts";

const TEN_MINUTES = 600_000;

export function oauthRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const { store, outbox } = services;
  const limits = services.settings.limitByIp ? store.limits : null;

  routes.post(
    "/oauth/init",
    limitByIp(limits, { name: "oauth-init", max: 120, windowMs: TEN_MINUTES }),
    async (context) => {
      const input = await readJson(context, oauthInit);
      const { app, client, domain, cookies } = context.var.caller;
      const offered = appWide(await services.providers.ofApp(app.id));
      const provider = offered.find(({ slug }) => slug === input.provider);
      if (!provider) throw notOffered({ name: `the provider ${input.provider}` });
      requireRedirect({ app, client, domain }, input.redirect_to);
      const { code_challenge: codeChallenge, state_code: stateCode } = input;
      requirePkce({ codeChallenge, stateCode });
      // Behind the app's own proxy there is no address of ours that the provider could know.
      const ownHost = cookies && cookies.pathPrefix === "" ? cookies.baseUrl : null;
      const url = await startFlow(services, {
        app,
        provider,
        callbackOrigin: ownHost ?? services.settings.publicUrl(),
        purpose: {
          kind: "browser",
          clientId: client?.id ?? null,
          redirectTo: input.redirect_to,
          codeChallenge,
          stateCode,
        },
      });
      return context.json({ url });
    },
  );

  routes.post(
    "/oauth/authenticate",
    limitByIp(limits, { name: "oauth-code", max: 120, windowMs: TEN_MINUTES }),
    async (context) => {
      const { app } = context.var.caller;
      const text = await readText(context);
      const input = parseJson(text, oauthAuthenticate);
      const repeatable = repeatableRequest(context, text);
      const repeated = async () => {
        const again = await repeatedAnswer(services, context, repeatable);
        if (!again) return null;
        const first = await offered(context, input, { evenUsed: true }).catch(() => null);
        return { ...again, ...(first && tokensOf(first)) };
      };
      const again = await repeated();
      if (again) return context.json(again);
      try {
        const proof = await offered(context, input);
        const { provider, identity } = proof;
        await requireProviderAllowed(store, { app, provider, identity });
        const begin = {
          account: providerAccount({ app, provider, identity, stepId: proof.stepId }),
          method: authMethodOf(provider),
          allowSignUp: input.mode === "login-or-sign-up",
          onJoined: (user: User) => tell(context, user, { name: provider.name, change: "added" }),
        };
        const answer = await beginSession(services, context, begin, repeatable);
        return context.json({ ...answer, ...tokensOf(proof) });
      } catch (error) {
        // The first of two equal requests may have spent the code meanwhile.
        const spentByTwin = await repeated();
        if (spentByTwin) return context.json(spentByTwin);
        throw error;
      }
    },
  );

  routes.post("/oauth/link", async (context) => {
    const { app } = context.var.caller;
    const input = await readJson(context, oauthLink);
    const caller = await requireSession(services, app, bearerToken(context));
    const { user, session } = caller;
    const proof = await offered(context, input);
    const { provider, identity, stepId } = proof;
    await requireProviderAllowed(store, { app, provider, identity });
    const account = providerAccount({ app, provider, identity, stepId });
    const result = await store.users.link(app.id, user.id, account, null, session.id);
    if (result.kind === "code_spent") throw wrongOAuthCode();
    if (result.kind === "linked_to_another_user") {
      const asked = await offerTransfer(services, { app, provider, user, identity, stepId });
      if (asked) return context.json(asked, 400);
    }
    const linked = accountAnswer(result);
    await tell(context, linked, { name: provider.name, change: "added" });
    await renewIdentityCookie(services, context, linked, caller);
    return context.json({ ...toWireUser(linked), ...tokensOf(proof) });
  });

  routes.post("/oauth/transfer", async (context) => {
    const { app } = context.var.caller;
    const { nonce } = await readJson(context, oauthTransfer);
    const caller = await requireSession(services, app, bearerToken(context));
    const { user, session } = caller;
    const { result, provider } = await finishTransfer(services, { app, user, session, nonce });
    const linked = accountAnswer(result);
    await tell(context, linked, { name: provider.name, change: "added" });
    await renewIdentityCookie(services, context, linked, caller);
    return context.json(toWireUser(linked));
  });

  routes.post("/oauth/unlink", async (context) => {
    const { app } = context.var.caller;
    const { provider: slug, subject } = await readJson(context, oauthUnlink);
    const caller = await requireSession(services, app, bearerToken(context));
    const { user, session } = caller;
    const account = accountAtProvider(user, slug, subject);
    await requireOtherWayIn(services, app, user, account);
    const result = await store.users.unlink(app.id, user.id, account, session.id);
    const left = accountAnswer(result);
    const name = accountName(await services.providers.ofApp(app.id), account.type);
    await tell(context, left, { name, change: "removed" });
    await renewIdentityCookie(services, context, left, caller);
    return context.json(toWireUser(left));
  });

  function offered(
    context: RequestContext,
    input: OAuthCode,
    options: { readonly evenUsed?: boolean } = {},
  ): Promise<OfferedProof> {
    const { app, client } = context.var.caller;
    const { authorization_code: code, state_code: stateCode, code_verifier: verifier } = input;
    return offeredProof(services, { app, client, code, stateCode, verifier }, options);
  }

  function tokensOf({ provider, tokens }: OfferedProof): { oauth_tokens?: OAuthTokens } {
    if (!provider.returnTokens || tokens === null) return {};
    return { oauth_tokens: toWireTokens(provider, tokens, services.now()) };
  }

  /** Nothing that happened is undone for a mail that cannot be made. */
  async function tell(context: RequestContext, user: User, change: WayInChange): Promise<void> {
    const notice = await wayInNotice(store, context.var.caller.app, user, change);
    if (notice) outbox.post(notice);
  }

  return routes;
}

interface OAuthCode {
  readonly authorization_code: string;
  readonly state_code: string;
  readonly code_verifier: string;
}
