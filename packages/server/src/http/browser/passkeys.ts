import type { AuthenticatedUser } from "@latchkey/core/protocol/browser";
import {
  passkeyAuthenticate,
  passkeyInit,
  passkeyLink,
  passkeyRegister,
  passkeyUnlink,
} from "@latchkey/core/protocol/passkey-requests";
import type {
  PasskeyCreationOptions,
  PasskeyInitAnswer,
  PasskeyRequestOptions,
} from "@latchkey/core/protocol/passkeys";
import { Hono } from "hono";
import {
  beginPasskeyLink,
  beginPasskeySignIn,
  beginPasskeySignUp,
} from "../../passkeys/ceremonies.ts";
import { finishPasskeyLink, removePasskey } from "../../passkeys/manage-passkeys.ts";
import { proveNewPasskey, provePasskey } from "../../passkeys/prove-passkey.ts";
import type { PasskeyPage } from "../../passkeys/relying-party.ts";
import type { Services } from "../../services.ts";
import { requireSession } from "../../sessions/bearer.ts";
import { toWireUser } from "../../users/wire-user.ts";
import { bearerToken } from "../bearer-token.ts";
import type { RequestContext, RequestEnv } from "../context.ts";
import { limitByIp } from "../middleware/ip-limit.ts";
import { parseJson } from "../parse-json.ts";
import { readJson, readText } from "../read-body.ts";
import { accountAnswer } from "./account-answer.ts";
import {
  type BeginSession,
  beginSession,
  repeatableRequest,
  repeatedAnswer,
} from "./begin-session.ts";
import { renewIdentityCookie } from "./session-cookies.ts";

const TEN_MINUTES = 600_000;

/** Passkeys: signing in and up with one, and those of a signed-in user. */
export function passkeyRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const limits = services.settings.limitByIp ? services.store.limits : null;
  const begin = limitByIp(limits, { name: "passkey-init", max: 300, windowMs: TEN_MINUTES });
  const finish = limitByIp(limits, { name: "passkey-check", max: 120, windowMs: TEN_MINUTES });

  routes.post("/passkeys/authenticate/init", begin, async (context) => {
    const { relying_party: asked = null } = await readJson(context, passkeyInit);
    return context.json(initAnswer(await beginPasskeySignIn(services, pageOf(context), asked)));
  });

  routes.post("/passkeys/register/init", begin, async (context) => {
    const { relying_party: asked = null } = await readJson(context, passkeyInit);
    return context.json(initAnswer(await beginPasskeySignUp(services, pageOf(context), asked)));
  });

  routes.post("/passkeys/link/init", begin, async (context) => {
    const { relying_party: asked = null } = await readJson(context, passkeyInit);
    const { user } = await requireSession(services, context.var.caller.app, bearerToken(context));
    return context.json(initAnswer(await beginPasskeyLink(services, pageOf(context), user, asked)));
  });

  routes.post("/passkeys/authenticate", finish, (context) =>
    signedIn(context, async (text) => {
      const { challenge, authenticator_response } = parseJson(text, passkeyAuthenticate);
      const page = pageOf(context);
      const { account } = await provePasskey(services, page, authenticator_response, challenge);
      return { account, method: "passkey", allowSignUp: false };
    }),
  );

  routes.post("/passkeys/register", finish, (context) =>
    signedIn(context, async (text) => {
      const { authenticator_response: answer } = parseJson(text, passkeyRegister);
      const agent = context.req.header("user-agent") ?? null;
      const proven = await proveNewPasskey(services, pageOf(context), answer, agent);
      const { account, userId } = proven;
      return { account, newUserId: userId, method: "passkey", allowSignUp: true };
    }),
  );

  routes.post("/passkeys/link", finish, async (context) => {
    const { authenticator_response: answer } = await readJson(context, passkeyLink);
    const caller = await requireSession(services, context.var.caller.app, bearerToken(context));
    const asking = {
      user: caller.user,
      sid: caller.session.id,
      userAgent: context.req.header("user-agent") ?? null,
    };
    const linked = accountAnswer(
      await finishPasskeyLink(services, pageOf(context), asking, answer),
    );
    await renewIdentityCookie(services, context, linked, caller);
    return context.json(toWireUser(linked));
  });

  routes.post("/passkeys/unlink", async (context) => {
    const { app } = context.var.caller;
    const { credential_id } = await readJson(context, passkeyUnlink);
    const caller = await requireSession(services, app, bearerToken(context));
    const asking = { user: caller.user, sid: caller.session.id };
    const left = accountAnswer(await removePasskey(services, app, asking, credential_id));
    await renewIdentityCookie(services, context, left, caller);
    return context.json(toWireUser(left));
  });

  /** A repeat with the same Idempotency-Key gets the first answer, its challenge spent or not (R6). */
  async function signedIn(
    context: RequestContext,
    prove: (text: string) => Promise<BeginSession>,
  ): Promise<Response> {
    const text = await readText(context);
    const repeatable = repeatableRequest(context, text);
    const again = await repeatedAnswer(services, context, repeatable);
    if (again) return context.json(again);
    try {
      const answer: AuthenticatedUser = await beginSession(
        services,
        context,
        await prove(text),
        repeatable,
      );
      return context.json(answer);
    } catch (error) {
      // The first of two equal requests may have spent the challenge meanwhile.
      const spentByTwin = await repeatedAnswer(services, context, repeatable);
      if (spentByTwin) return context.json(spentByTwin);
      throw error;
    }
  }

  return routes;
}

function pageOf(context: RequestContext): PasskeyPage {
  const { app, client, domain, origin } = context.var.caller;
  return { app, client, domain, origin, isHosted: false, binding: null };
}

function initAnswer<T extends PasskeyCreationOptions | PasskeyRequestOptions>(
  options: T,
): PasskeyInitAnswer<T> {
  const id = "rp" in options ? options.rp.id : options.rp_id;
  return { options, relying_party: `https://${id}` };
}
