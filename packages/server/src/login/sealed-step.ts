/**
 * A step after the proof of identity, such as a decision that is still to be taken: sealed for the
 * browser that proved it and for ten minutes, so that no other site can take it (ASVS 10.1.2).
 */
import { crypto } from "@latchkey/core/crypto";
import { base64url, fromBase64url, fromUtf8, utf8 } from "@latchkey/core/encoding";
import { LatchkeyError } from "@latchkey/core/errors";
import type { RequestContext } from "../http/context.ts";
import type { Services } from "../services.ts";
import { BINDING_COOKIE, readCookie } from "./cookies.ts";
import { bindingHash } from "./login-request.ts";
import { bindBrowser } from "./open-login.ts";

interface Sealed<T> {
  readonly step: T;
  readonly binding: string;
  readonly startedAt: number;
}

const LIFETIME_MS = 600_000;

/** `label` names the kind of step and the form of what is sealed; it opens as nothing else. */
export async function sealStep<T>(
  services: Services,
  context: RequestContext,
  label: string,
  step: T,
): Promise<string> {
  const sealed: Sealed<T> = {
    step,
    binding: await bindingHash(services.master, bindBrowser(services, context)),
    startedAt: services.now(),
  };
  const key = await services.master.subkey("login-request");
  return base64url(await crypto.sealAesGcm(key, utf8(JSON.stringify(sealed)), utf8(label)));
}

/** Throws `login_request_invalid`, `other_browser`, `cookies_blocked` or `login_request_expired`. */
export async function openStep<T>(
  services: Services,
  context: RequestContext,
  label: string,
  text: string,
): Promise<T> {
  const bytes = fromBase64url(text);
  const key = await services.master.subkey("login-request");
  const opened = bytes && (await crypto.openAesGcm(key, bytes, utf8(label)));
  if (!opened) throw refused("login_request_invalid", "The step is not one of this server.");
  const { step, binding, startedAt } = JSON.parse(fromUtf8(opened)) as Sealed<T>;
  const cookie = readCookie(context, BINDING_COOKIE, services.settings.secure);
  if (cookie === null) {
    throw refused("cookies_blocked", "The cookie that was set at the sign-in did not come.");
  }
  if (binding !== (await bindingHash(services.master, cookie))) {
    throw refused("other_browser", "The sign-in was made in another browser.");
  }
  if (Math.abs(services.now() - startedAt) >= LIFETIME_MS) {
    throw refused("login_request_expired", "The sign-in is older than ten minutes.");
  }
  return step;
}

const refused = (code: string, message: string) => new LatchkeyError(code, 400, message);
