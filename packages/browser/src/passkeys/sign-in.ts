import type {
  PasskeyCreationOptions,
  PasskeyRequestOptions,
} from "@latchkey/core/protocol/passkeys";
import type { SignedIn } from "../sign-in.ts";
import { isPasskeyAutofillSupported, makePasskey, usePasskey } from "./authenticator.ts";
import { beginCeremony, optionsFor, type PasskeyClient, type PasskeyOptions } from "./ceremony.ts";

/**
 * Opens the browser's list of passkeys and signs in with the one that is picked; nobody types a name.
 *
 * @throws LatchkeyClientError `passkey_cancelled`, `passkey_unsupported`, `passkey_not_found`,
 * `passkey_aborted`, and what any sign-in throws
 */
export function signInWithPasskey(
  client: PasskeyClient,
  options: PasskeyOptions = {},
): Promise<SignedIn> {
  return signIn(client, options);
}

/**
 * Makes a passkey and a user with it, where the app has `passkeysForSignup` on.
 *
 * @throws LatchkeyClientError `passkey_cancelled`, `passkey_unsupported`, `disallowed_login_method`
 */
export async function signUpWithPasskey(
  client: PasskeyClient,
  options: PasskeyOptions = {},
): Promise<SignedIn> {
  const { credentials, signal, end } = beginCeremony(client, options);
  try {
    const asked = await optionsFor<PasskeyCreationOptions>(client, "register", options);
    const answer = await makePasskey(credentials, asked, signal);
    return await client.internals.authenticate("/passkeys/register", {
      authenticator_response: answer,
    });
  } finally {
    end();
  }
}

/** A challenge lives for ten minutes; a form may stay open for longer. */
const RENEW_MS = 540_000;

/**
 * Offers passkeys in the autofill of a field with `autocomplete="username webauthn"`, until one is
 * picked, `signal` ends it or another ceremony takes its place: null then, and where autofill is not to
 * be had. Asks nothing of the person, so it may be called as soon as the form is there.
 *
 * @throws LatchkeyClientError what went wrong after a passkey was picked
 */
export async function autofillPasskey(
  client: PasskeyClient,
  options: PasskeyOptions = {},
): Promise<SignedIn | null> {
  const isSupported = options.credentials !== undefined || (await isPasskeyAutofillSupported());
  while (isSupported && !options.signal?.aborted) {
    const outdated = new AbortController();
    const stop = () => outdated.abort();
    const timer = setTimeout(stop, RENEW_MS);
    options.signal?.addEventListener("abort", stop);
    let isPicked = false;
    try {
      const own = { ...options, signal: outdated.signal };
      return await signIn(client, own, "conditional", () => {
        isPicked = true;
      });
    } catch (error) {
      if (isPicked) throw error;
      if (!outdated.signal.aborted) return null;
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", stop);
    }
  }
  return null;
}

async function signIn(
  client: PasskeyClient,
  options: PasskeyOptions,
  mediation?: "conditional",
  onPicked?: () => void,
): Promise<SignedIn> {
  const { credentials, signal, end } = beginCeremony(client, options);
  try {
    const asked = await optionsFor<PasskeyRequestOptions>(client, "authenticate", options);
    const answer = await usePasskey(credentials, asked, signal, mediation);
    onPicked?.();
    const { challenge, rp_id: rpId } = asked;
    const body = { challenge, authenticator_response: answer };
    return await client.internals.authenticate("/passkeys/authenticate", body).catch((error) => {
      if (error.code === "passkey_not_found") forget(rpId, answer.id);
      throw error;
    });
  } finally {
    end();
  }
}

/** Has the browser offer it no more (WebAuthn level 3 section 5.1.10), where it can. */
function forget(rpId: string, credentialId: string): void {
  const { PublicKeyCredential: own } = globalThis as {
    PublicKeyCredential?: { signalUnknownCredential?(of: object): Promise<void> };
  };
  own?.signalUnknownCredential?.({ rpId, credentialId }).catch(() => {});
}
