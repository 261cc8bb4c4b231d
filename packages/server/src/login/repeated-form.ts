/**
 * A form that arrives twice, by a double click or because its answer was lost. The value of the
 * sign-in cookie follows from the form under the master key, so the same form of the same browser
 * finds the sign-in that it began, and nothing needs to be kept for that.
 */
import { keyedHash } from "../keys/master-key.ts";
import type { Services } from "../services.ts";
import type { SignInRecord } from "../storage/store.ts";
import { findSignIn } from "./shared-sign-in.ts";

const REPEAT_MS = 60_000;

export interface FinishedForm {
  readonly bindingCookie: string;
  /** The sealed login request. */
  readonly request: string;
  /** The one-time code that was typed; it works once, so one form begins one sign-in. */
  readonly code: string;
}

export function cookieValueOf({ master }: Services, form: FinishedForm): Promise<string> {
  return keyedHash(master, "sign-in", "cookie", form.bindingCookie, form.request, form.code);
}

/** The sign-in that this very form began less than a minute ago, with its cookie's value. */
export async function repeatedSignIn(
  services: Services,
  form: FinishedForm,
): Promise<{ signIn: SignInRecord; cookieValue: string } | null> {
  const cookieValue = await cookieValueOf(services, form);
  const signIn = await findSignIn(services, cookieValue);
  const now = await services.store.now();
  const isRepeat = signIn !== null && now - signIn.authenticatedAt < REPEAT_MS;
  return isRepeat ? { signIn, cookieValue } : null;
}
