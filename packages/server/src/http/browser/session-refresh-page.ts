import { answerReason } from "@latchkey/core/cookies/refresh-reason";
import { LatchkeyError } from "@latchkey/core/errors";
import type { App } from "../../apps/app-directory.ts";
import { errorWords } from "../../login/error-words.ts";
import { pageResponse } from "../../login/page-response.ts";
import { brandingOf } from "../../login/pages/branding.ts";
import { messagePage, type Way } from "../../login/pages/message-page.ts";
import type { Services } from "../../services.ts";
import type { RequestContext } from "../context.ts";

/** What the navigation has found out so far. */
export interface KnownSoFar {
  app: App | null;
  /** Allowed to return to. */
  target: URL | null;
}

/** The session is kept, whatever failed: one can try again, or go on without (session rule R5). */
export function refreshErrorPage(
  services: Services,
  context: RequestContext,
  error: unknown,
  { app, target }: KnownSoFar,
): Promise<Response> {
  const known = error instanceof LatchkeyError ? error : null;
  const status = known?.status ?? 500;
  const code = known?.code ?? "internal_error";
  const { requestId } = context.var;
  if (status >= 500 && code !== "not_a_navigation") {
    services.log.error({ requestId, err: error, cause: (error as Error).cause }, "request failed");
  }
  const isOurs = status >= 500 || status === 429;
  if (isOurs) context.header("retry-after", String(known?.retryAfter ?? 5));
  const { pathname, search } = new URL(context.req.url);
  const prefix = context.var.caller?.cookies?.pathPrefix ?? "";
  const ways: Way[] = isOurs ? [{ label: "Try again", href: `${prefix}${pathname}${search}` }] : [];
  if (target) {
    const href = answerReason(target, "unavailable").href;
    ways.push({ label: isOurs ? "Go on without" : "Back", href });
  }
  const words = isOurs
    ? {
        title: "We cannot look up your session right now",
        text: "You are not signed out. Wait a moment and try again.",
      }
    : errorWords(code, status);
  const page = messagePage({
    branding: app && brandingOf(app),
    title: words.title,
    text: words.text ?? known?.message ?? "",
    ways,
    details: { code, requestId },
  });
  return pageResponse(context, page, { status });
}
