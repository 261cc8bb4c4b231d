/**
 * Between proof of identity and the decision about a device: who it is and which device, sealed for
 * the browser that proved it, so that no other site can decide (ASVS 10.1.2).
 */
import { crypto } from "@latchkey/core/crypto";
import { base64url, fromBase64url, fromUtf8, utf8 } from "@latchkey/core/encoding";
import { LatchkeyError } from "@latchkey/core/errors";
import type { RequestContext } from "../http/context.ts";
import type { Services } from "../services.ts";
import type { LoginMethod } from "./complete-login.ts";
import { BINDING_COOKIE, readCookie } from "./cookies.ts";
import { DEVICE_PAGE } from "./device-page-path.ts";
import { bindingHash } from "./login-request.ts";
import { bindBrowser } from "./open-login.ts";

export interface DeviceDecisionRequest {
  readonly grantId: string;
  /** What the device shows. */
  readonly userCode: string;
  readonly appId: string;
  /** The user's key (User.id). */
  readonly userId: string;
  readonly email: string;
  readonly method: LoginMethod;
  /** Milliseconds since the epoch by the database's clock. */
  readonly authenticatedAt: number;
}

interface Sealed extends DeviceDecisionRequest {
  readonly binding: string;
  readonly startedAt: number;
}

/** As long as a device waits. */
const LIFETIME_MS = 600_000;
const LABEL = "device-decision 1";

/** The address of the page that asks for the decision, good in this browser alone. */
export async function decisionUrl(
  services: Services,
  context: RequestContext,
  request: DeviceDecisionRequest,
): Promise<string> {
  const sealed: Sealed = {
    ...request,
    binding: await bindingHash(services.master, bindBrowser(services, context)),
    startedAt: services.now(),
  };
  const key = await services.master.subkey("login-request");
  const bytes = await crypto.sealAesGcm(key, utf8(JSON.stringify(sealed)), utf8(LABEL));
  return `${DEVICE_PAGE}?decide=${base64url(bytes)}`;
}

/** Throws `login_request_invalid`, `other_browser`, `cookies_blocked` or `login_request_expired`. */
export async function openDecision(
  services: Services,
  context: RequestContext,
  sealed: string,
): Promise<DeviceDecisionRequest> {
  const bytes = fromBase64url(sealed);
  const key = await services.master.subkey("login-request");
  const text = bytes && (await crypto.openAesGcm(key, bytes, utf8(LABEL)));
  if (!text) throw refused("login_request_invalid", "The decision is not one of this server.");
  const request = JSON.parse(fromUtf8(text)) as Sealed;
  const cookie = readCookie(context, BINDING_COOKIE, services.settings.secure);
  if (cookie === null) {
    throw refused("cookies_blocked", "The cookie that was set at the sign-in did not come.");
  }
  if (request.binding !== (await bindingHash(services.master, cookie))) {
    throw refused("other_browser", "The sign-in was made in another browser.");
  }
  if (Math.abs(services.now() - request.startedAt) >= LIFETIME_MS) {
    throw refused("login_request_expired", "The sign-in is older than ten minutes.");
  }
  return request;
}

const refused = (code: string, message: string) => new LatchkeyError(code, 400, message);
