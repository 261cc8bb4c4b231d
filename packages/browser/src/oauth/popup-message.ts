/** How a window that was opened for a sign-in tells the page that opened it (ASVS 3.5.5). */
import type { ProviderAnswer } from "./answer.ts";
import type { OAuthPage, OAuthWindow } from "./page.ts";

/** The name of such a window: it stays while providers come and go in it. */
export const POPUP_NAME = "latchkey-oauth";

const TYPE = "latchkey:oauth";

/** In the window. False when this is none: then the answer is this page's own. */
export function answerOpener(page: OAuthPage, answer: ProviderAnswer): boolean {
  if (page.name !== POPUP_NAME || !page.opener) return false;
  // To a page of this very origin, or to nobody.
  page.opener.postMessage({ type: TYPE, answer }, new URL(page.address()).origin);
  page.close();
  return true;
}

/** In the page that opened it: the answer, if the message is one, of that window and of our origin. */
export function answerOf(
  event: MessageEvent,
  popup: OAuthWindow,
  origin: string,
): ProviderAnswer | null {
  if (event.origin !== origin || !popup.sent(event)) return null;
  const data = event.data as { type?: unknown; answer?: ProviderAnswer } | null;
  return data?.type === TYPE ? (data.answer ?? null) : null;
}
