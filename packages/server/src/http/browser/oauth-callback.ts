/**
 * Where providers send browsers back to. What it was for is in the state; the code that goes on to the
 * page is ours, and good only with what the page holds.
 */
import { Hono } from "hono";
import { answerWithPages, type KnownSoFar } from "../../login/answer-with-pages.ts";
import { privateAnswer } from "../../login/page-response.ts";
import { CALLBACK_PATH } from "../../providers/callback-url.ts";
import { type FinishedFlow, finishFlow, type KnownFlow } from "../../providers/finish-flow.ts";
import { keepProof } from "../../providers/proof.ts";
import { failureTrail } from "../../providers/provider-failure.ts";
import { requireRedirect } from "../../providers/redirect-allowed.ts";
import { returnAddress } from "../../providers/return-address.ts";
import type { Services } from "../../services.ts";
import type { RequestContext, RequestEnv } from "../context.ts";
import { findClient } from "../middleware/caller.ts";
import { readUtf8 } from "../read-body.ts";

/** GET and POST /oauth/callback, and the same below it for each provider that has one of its own. */
export function oauthCallbackRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  for (const path of ["/oauth/callback", "/oauth/callback/:connection"]) {
    routes.get(path, (context) => {
      // Whatever looks at links before people follow them must not use up the state.
      if (context.req.method === "HEAD") return context.body(null, 204);
      return answered(context, async () => new URL(context.req.url).searchParams);
    });
    // Apple posts its answer (OAuth 2.0 Form Post Response Mode); no cookie need come along.
    routes.post(path, (context) =>
      answered(context, async () => new URLSearchParams(await readUtf8(context))),
    );
  }

  function answered(
    context: RequestContext,
    read: () => Promise<URLSearchParams>,
  ): Promise<Response> {
    return answerWithPages(services, context, async (known) => {
      const connection = context.req.param("connection");
      const path = `${CALLBACK_PATH}${connection === undefined ? "" : `/${connection}`}`;
      const finished = await finishFlow(services, { params: await read(), path });
      return goOn(context, known, finished);
    });
  }

  async function goOn(
    context: RequestContext,
    page: KnownSoFar,
    finished: FinishedFlow,
  ): Promise<Response> {
    if (finished.kind === "unknown") {
      const { over, error } = finished;
      page.app = over?.app ?? null;
      page.redirectUri = over?.purpose.kind === "browser" ? over.purpose.redirectTo : null;
      throw error;
    }
    const known = finished.kind === "failed" ? finished.known : finished;
    if (finished.kind === "failed") {
      const { requestId } = context.var;
      const { code } = finished.error;
      const trail = failureTrail(finished.error);
      const { id: provider } = known.provider;
      services.log.warn({ requestId, code, trail, provider }, "a sign-in at a provider failed");
      services.metrics.failure(code, known.app.id);
    }
    page.app = known.app;
    const to = await addressOf(known, finished);
    privateAnswer(context);
    const answer = context.redirect(to, context.req.method === "POST" ? 303 : 302);
    // It would cut a popup on its way through here off from the page that opened it.
    answer.headers.delete("cross-origin-opener-policy");
    return answer;
  }

  /** The page is judged once more: what the app allows may have changed meanwhile. */
  async function addressOf(
    { app, provider, purpose }: KnownFlow,
    finished: Exclude<FinishedFlow, { kind: "unknown" }>,
  ): Promise<string> {
    const failure = finished.kind === "failed" ? finished.error.code : null;
    if (purpose.kind !== "browser") {
      const code = finished.kind === "proven" ? await keepProof(services, finished) : null;
      const answer = new URLSearchParams(
        code === null ? { provider_error: failure ?? "access_denied" } : { provider_code: code },
      );
      return `${purpose.returnPath}${purpose.returnPath.includes("?") ? "&" : "?"}${answer}`;
    }
    const client = purpose.clientId === null ? null : findClient(app, purpose.clientId);
    const domain = await services.domains.activeDomainOf(app.id);
    requireRedirect({ app, client, domain }, purpose.redirectTo);
    return returnAddress(purpose.redirectTo, {
      stateCode: purpose.stateCode,
      provider: provider.slug,
      code: finished.kind === "proven" ? await keepProof(services, finished) : null,
      error: failure,
    });
  }

  return routes;
}
