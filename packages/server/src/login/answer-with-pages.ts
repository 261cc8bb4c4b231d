/** Runs a step of the hosted sign-in and turns what goes wrong into a page, or JSON for programs. */
import { LatchkeyError } from "@latchkey/core/errors";
import type { App } from "../apps/app-directory.ts";
import type { RequestContext } from "../http/context.ts";
import type { Services } from "../services.ts";
import { errorWords, waitInWords } from "./error-words.ts";
import { pageResponse, privateAnswer } from "./page-response.ts";
import { brandingOf } from "./pages/branding.ts";
import { messagePage, type Way } from "./pages/message-page.ts";

/** What a step has found out so far; an error page shows it. */
export interface KnownSoFar {
  app: App | null;
  /** Registered with the app; its origin is where one can begin again. */
  redirectUri: string | null;
  /** The page of this sign-in that one can go back to. */
  goBack: Way | null;
}

export async function answerWithPages(
  services: Services,
  context: RequestContext,
  step: (known: KnownSoFar) => Promise<Response>,
): Promise<Response> {
  const known: KnownSoFar = { app: null, redirectUri: null, goBack: null };
  privateAnswer(context);
  try {
    return await step(known);
  } catch (error) {
    if (!wantsHtml(context)) throw error;
    if (known.app && error instanceof LatchkeyError) {
      services.metrics.failure(error.code, known.app.id);
    }
    if (!(error instanceof LatchkeyError) || error.status >= 500) {
      const { requestId } = context.var;
      const fields = { requestId, err: error, cause: (error as Error).cause };
      if (isOthers(error)) services.log.warn(fields, "a sign-in provider failed");
      else services.log.error(fields, "request failed");
    }
    return errorPage(context, error, known);
  } finally {
    if (known.app) context.set("appId", known.app.id);
  }
}

/** Somebody else's outage or configuration: nothing that whoever runs this server can mend. */
const isOthers = (error: unknown): boolean =>
  error instanceof LatchkeyError && error.code.startsWith("provider_");

/** A person with a browser, rather than a program. */
function wantsHtml(context: RequestContext): boolean {
  return context.req.header("accept")?.includes("text/html") ?? false;
}

function errorPage(
  context: RequestContext,
  error: unknown,
  { app, redirectUri, goBack }: KnownSoFar,
): Promise<Response> {
  const known = error instanceof LatchkeyError ? error : null;
  const code = known?.code ?? "internal_error";
  const status = known?.status ?? 500;
  const words = errorWords(code, status);
  const { settings } = app ?? {};
  const listed = code === "allowlist_rejected";
  const wait = status === 429 && known?.retryAfter;
  if (known?.retryAfter !== undefined) context.header("retry-after", String(known.retryAfter));
  const ways: Way[] = [];
  if (listed && settings?.allowlistCtaLink) {
    ways.push({ label: settings.allowlistCtaText ?? "More", href: settings.allowlistCtaLink });
  }
  if (goBack) ways.push(goBack);
  if (app && redirectUri !== null) {
    ways.push({ label: `Back to ${app.name}`, href: new URL("/", redirectUri).href });
  }
  const message = words.text ?? known?.message ?? "";
  const [firstSentence = message] = message.split(/(?<=\.) /);
  const page = messagePage({
    branding: app && brandingOf(app),
    title: (listed && settings?.allowlistTitle) || words.title,
    text: wait ? `${firstSentence} You can try again ${waitInWords(wait)}.` : message,
    ways,
    details: { code, requestId: context.var.requestId },
  });
  // 401 belongs to HTTP authentication, which no form of ours is.
  return pageResponse(context, page, { status: status === 401 ? 403 : status });
}
