/**
 * A sign-in on its way: what the app asked for and how far the person got, sealed, so that the
 * server keeps nothing and nobody else can write one. It names the browser that began it.
 */
import { crypto } from "@latchkey/core/crypto";
import { base64url, fromBase64url, fromUtf8, utf8 } from "@latchkey/core/encoding";
import { keyedHash, type MasterKey } from "../keys/master-key.ts";
import type { AuthorizeRequest } from "./authorize-request.ts";

/** Where a sign-in leads: back to the app with a code, or on with what was begun at this host. */
export type LoginEnd =
  | { readonly kind: "app" }
  /** To the decision about a device, by its grant's id and the code that it shows. */
  | { readonly kind: "device"; readonly grantId: string; readonly userCode: string }
  /** To the page that says which organization was joined. */
  | { readonly kind: "invitation" }
  /** To the person's own account page. */
  | { readonly kind: "account" };

export interface LoginRequest extends AuthorizeRequest {
  readonly end: LoginEnd;
  /** Hash of the binding cookie of the browser that began it. */
  readonly binding: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** The address that was typed; null before. */
  readonly email: string | null;
  /** How many codes were mailed. */
  readonly codesSent: number;
  /** What the mailed code will put in force: a password chosen on the way, hashed; null for none. */
  readonly newPasswordHash: string | null;
}

export type OpenedLoginRequest =
  | { readonly kind: "open"; readonly request: LoginRequest }
  /** Authentic, but begun too long ago, or in another browser. */
  | { readonly kind: "expired" | "other_browser" | "no_cookie"; readonly request: LoginRequest }
  | { readonly kind: "unreadable" };

const LIFETIME_MS = 3_600_000;
/** The form of what is sealed. Another one is of another version, and refused. */
const LABEL = "login-request 4";

export const bindingHash = (master: MasterKey, cookie: string): Promise<string> =>
  keyedHash(master, "binding", "login", cookie);

export async function sealLoginRequest(master: MasterKey, request: LoginRequest): Promise<string> {
  const key = await master.subkey("login-request");
  const text = utf8(JSON.stringify(request));
  return base64url(await crypto.sealAesGcm(key, text, utf8(LABEL)));
}

/** `cookie` is the binding cookie that came along. */
export async function openLoginRequest(
  master: MasterKey,
  sealed: string,
  { cookie, now }: { cookie: string | null; now: number },
): Promise<OpenedLoginRequest> {
  const bytes = fromBase64url(sealed);
  const key = await master.subkey("login-request");
  const text = bytes && (await crypto.openAesGcm(key, bytes, utf8(LABEL)));
  if (!text) return { kind: "unreadable" };
  const request = JSON.parse(fromUtf8(text)) as LoginRequest;
  if (cookie === null) return { kind: "no_cookie", request };
  if (request.binding !== (await bindingHash(master, cookie))) {
    return { kind: "other_browser", request };
  }
  // A clock that was set back does not make it live longer.
  if (Math.abs(now - request.startedAt) >= LIFETIME_MS) return { kind: "expired", request };
  return { kind: "open", request };
}
