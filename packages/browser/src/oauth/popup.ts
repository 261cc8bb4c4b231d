import type { LatchkeyClient } from "../client.ts";
import { LatchkeyClientError } from "../errors.ts";
import { type OAuthReturn, type ProviderAnswer, useAnswer, withoutAnswer } from "./answer.ts";
import { beginFlow } from "./flow.ts";
import { browserPage, type OAuthPage, type OAuthWindow, requireWebAddress } from "./page.ts";
import { answerOf, POPUP_NAME } from "./popup-message.ts";
import type { StartOAuthOptions } from "./start.ts";

export interface OAuthPopupOptions extends StartOAuthOptions {
  /** A page of this origin that calls `completeOAuth`. Default: this page. */
  readonly redirectTo?: string | undefined;
}

/** Milliseconds between looks at whether the window is still there. */
const LOOK = 300;

/**
 * Signs in, or links, in a window of its own, while this page stays. Call it in the handler of a
 * click: elsewhere browsers do not let it open one.
 *
 * @throws LatchkeyClientError `popup_blocked`, `popup_closed`, and what `startOAuth` and
 * `completeOAuth` throw
 */
export async function popUpOAuth(
  client: Pick<LatchkeyClient, "internals" | "getAccessToken">,
  options: OAuthPopupOptions,
): Promise<OAuthReturn> {
  const { provider, intent = "sign_in", mode, page = browserPage() } = options;
  // Before anything is waited for, or it is no consequence of the click any more.
  const popup = page.open(POPUP_NAME);
  if (!popup) {
    throw new LatchkeyClientError(
      "popup_blocked",
      "The browser blocked the window. Allow pop-ups for this site, or sign in without one.",
    );
  }
  try {
    const redirectTo = options.redirectTo ?? withoutAnswer(page.address());
    const { internals, getAccessToken } = client;
    const { flow, url } = await beginFlow(internals, { provider, intent, mode, redirectTo });
    const address = requireWebAddress(url);
    const answered = waitForAnswer(page, popup);
    if (!popup.closed) popup.go(address);
    return await useAnswer(internals, getAccessToken, flow, await answered);
  } finally {
    popup.close();
  }
}

function waitForAnswer(page: OAuthPage, popup: OAuthWindow): Promise<ProviderAnswer> {
  const { origin } = new URL(page.address());
  return new Promise((resolve, reject) => {
    let wasClosed = false;
    const onMessage = (event: Event) => {
      const answer = answerOf(event as MessageEvent, popup, origin);
      if (!answer) return;
      stop();
      resolve(answer);
    };
    const timer = setInterval(() => {
      // Once more, for the message of a window that closed right after it.
      if (wasClosed) {
        stop();
        reject(
          new LatchkeyClientError(
            "popup_closed",
            "The window was closed before the sign-in was complete.",
          ),
        );
      }
      wasClosed = popup.closed;
    }, LOOK);
    function stop(): void {
      clearInterval(timer);
      page.events.removeEventListener("message", onMessage);
    }
    page.events.addEventListener("message", onMessage);
  });
}
