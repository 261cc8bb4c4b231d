/** One sign-in at a provider, from the page that began it to its return: what only that page holds. */
import { base64url } from "../base64url.ts";
import type { ClientInternals } from "../client.ts";
import { LatchkeyClientError } from "../errors.ts";
import type { KeyValueStorage } from "../options.ts";
import type { SignInMode } from "../sign-in.ts";
import { throwProviderFailure } from "./failure.ts";

export type OAuthIntent = "sign_in" | "link";

export interface OAuthFlow {
  readonly provider: string;
  readonly intent: OAuthIntent;
  readonly mode: SignInMode | null;
  /** Comes back with the answer: binds it to this flow (RFC 6749 section 10.12). */
  readonly stateCode: string;
  /** The server takes the code with this alone (RFC 7636). */
  readonly verifier: string;
  /** Whose session it was begun in: a link is for that user only. */
  readonly epoch: number;
}

export interface NewFlow {
  readonly provider: string;
  readonly intent: OAuthIntent;
  readonly mode?: SignInMode | undefined;
  readonly redirectTo: string;
}

/** Makes a flow and asks the server for the provider's address. */
export async function beginFlow(
  { context, config }: ClientInternals,
  { provider, intent, mode, redirectTo }: NewFlow,
): Promise<{ readonly flow: OAuthFlow; readonly url: string }> {
  context.open();
  const { randomBytes } = context.settings;
  const { epoch, session } = context.store.read();
  if (intent === "link" && !session) throw notSignedIn();
  const verifier = base64url(randomBytes(36));
  const stateCode = base64url(randomBytes(36));
  await config.ensure();
  const body = {
    provider,
    redirect_to: redirectTo,
    code_challenge: await challengeOf(verifier),
    state_code: stateCode,
  };
  const call = context.call<{ url: string }>("/oauth/init", { body });
  const { url } = (await context.wait(call).catch(throwProviderFailure)).body;
  return { flow: { provider, intent, mode: mode ?? null, stateCode, verifier, epoch }, url };
}

/** S256 (RFC 7636 section 4.2). */
async function challengeOf(verifier: string): Promise<string> {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (!subtle) {
    throw new LatchkeyClientError(
      "insecure_page",
      "Signing in with a provider needs a page on https or localhost.",
    );
  }
  const digest = await subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return base64url(new Uint8Array(digest));
}

const keyOf = (storageKey: string) => `${storageKey}:oauth`;

/** Until this tab comes back from the provider. */
export function keepFlow(storage: KeyValueStorage | null, storageKey: string, flow: OAuthFlow) {
  try {
    storage?.setItem(keyOf(storageKey), JSON.stringify(flow));
    if (storage) return;
  } catch {}
  throw new LatchkeyClientError(
    "storage_blocked",
    "This browser keeps nothing for the page, which signing in with a provider needs. Allow site data for it.",
  );
}

/** Once: the second one to ask gets null. */
export function takeFlow(storage: KeyValueStorage | null, storageKey: string): OAuthFlow | null {
  try {
    const text = storage?.getItem(keyOf(storageKey)) ?? null;
    storage?.removeItem(keyOf(storageKey));
    return text === null ? null : (JSON.parse(text) as OAuthFlow);
  } catch {
    return null;
  }
}

export function notSignedIn(): LatchkeyClientError {
  return new LatchkeyClientError("not_signed_in", "Sign in first, then add or remove a way in.");
}
