/**
 * A sign-in of just now, without which the account page changes nothing (ASVS 7.5.1, 7.5.2): sealed
 * for the browser in which it happened.
 */
import { LatchkeyError } from "@latchkey/core/errors";
import type { RequestContext } from "../../http/context.ts";
import type { Services } from "../../services.ts";
import { openStep, sealStep } from "../sealed-step.ts";

export interface FreshSignIn {
  readonly appId: string;
  /** The user's key (User.id). */
  readonly userId: string;
  /** Milliseconds since the epoch by the database's clock. */
  readonly authenticatedAt: number;
  /** Since when nobody may have thrown this person out: their own changes here end other sessions. */
  readonly since: number;
}

const LABEL = "fresh-sign-in 1";
const FRESH_MS = 600_000;

export function sealFreshSignIn(
  services: Services,
  context: RequestContext,
  signIn: FreshSignIn,
): Promise<string> {
  return sealStep(services, context, LABEL, signIn);
}

/**
 * Null when it is not fresh any more, of another app, or was undone meanwhile.
 *
 * @throws LatchkeyError `login_request_invalid`, `other_browser`, `cookies_blocked`
 */
export async function openFreshSignIn(
  services: Services,
  context: RequestContext,
  appId: string,
  sealed: string,
): Promise<FreshSignIn | null> {
  const signIn = await openStep<FreshSignIn>(services, context, LABEL, sealed).catch(
    (error: unknown) => {
      if (error instanceof LatchkeyError && error.code === "login_request_expired") return null;
      throw error;
    },
  );
  if (signIn === null || signIn.appId !== appId) return null;
  const { store } = services;
  if (Math.abs((await store.now()) - signIn.authenticatedAt) >= FRESH_MS) return null;
  return (await store.signIns.wasThrownOut(signIn.userId, signIn.since)) ? null : signIn;
}
