import type { LatchkeyClient } from "../client.ts";
import { type OAuthReturn, readAnswer, useAnswer, withoutAnswer } from "./answer.ts";
import { takeFlow } from "./flow.ts";
import { browserPage, type OAuthPage } from "./page.ts";
import { answerOpener } from "./popup-message.ts";

export type { OAuthReturn } from "./answer.ts";

export interface OAuthReturnOptions {
  readonly page?: OAuthPage | undefined;
}

type Completing = Pick<LatchkeyClient, "internals" | "getAccessToken">;

/** Several parts of a page may ask; the answer is used once. */
const completing = new WeakMap<Completing, Promise<OAuthReturn | null>>();

/**
 * For the page that a provider sends the browser back to, on every load: uses the answer in its
 * address once and takes it out of there. Null when there is none. In a window that was opened for a
 * sign-in it hands the answer to the page that opened it, and closes.
 *
 * @throws LatchkeyClientError `oauth_user_denied`, `oauth_state_mismatch`, `provider_unavailable`,
 * `account_transfer_required`, and what any sign-in throws
 */
export function completeOAuth(
  client: Completing,
  { page = browserPage() }: OAuthReturnOptions = {},
): Promise<OAuthReturn | null> {
  const underWay = completing.get(client);
  if (underWay) return underWay;
  const answer = readAnswer(page.address());
  if (!answer) return Promise.resolve(null);
  page.showAddress(withoutAnswer(page.address()));
  if (answerOpener(page, answer)) return Promise.resolve(null);
  const { internals, getAccessToken } = client;
  const flow = takeFlow(page.storage, internals.context.storageKey);
  const work = useAnswer(internals, getAccessToken, flow, answer).finally(() => {
    completing.delete(client);
  });
  completing.set(client, work);
  return work;
}
