"use client";
import { LatchkeyClientError, type SignedIn } from "@latchkey/browser";
import type { PasskeyOptions } from "@latchkey/browser/passkeys";
import { useEffect, useRef, useState } from "react";
import { useLatchkeyClient } from "./provider.tsx";
import { useLatchkey } from "./use-latchkey.ts";

export interface UsePasskeyOptions {
  /**
   * Offers passkeys in the autofill of a field with `autocomplete="username webauthn"`, as long as
   * this is true and nobody is signed in.
   */
  readonly autofill?: boolean | undefined;
  /** The verified domain, for a page outside of it whose origin is published as related. */
  readonly relyingParty?: string | undefined;
  readonly onSignedIn?: ((signedIn: SignedIn) => void) | undefined;
}

export interface Passkey {
  /** Whether the app has passkeys and this browser can use them; false until that is known. */
  readonly isOffered: boolean;
  /** Whether a passkey alone begins a user. */
  readonly canSignUp: boolean;
  readonly busy: boolean;
  /** What went wrong last; its message is fit to be shown. */
  readonly problem: LatchkeyClientError | null;
  signIn(): Promise<void>;
  signUp(): Promise<void>;
  /** Makes one more for the signed-in user. */
  link(): Promise<void>;
  unlink(credentialId: string): Promise<void>;
}

/** Loaded only where the app has passkeys. */
const load = () => import("@latchkey/browser/passkeys");

/** Signing in with passkeys, and those of the signed-in user. Its functions never reject: see `problem`. */
export function usePasskey(options: UsePasskeyOptions = {}): Passkey {
  const client = useLatchkeyClient();
  const { app, status } = useLatchkey();
  const [isSupported, setSupported] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<LatchkeyClientError | null>(null);
  /** Raised when autofill has to begin again. */
  const [turn, setTurn] = useState(0);
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });

  const isOn = app?.passkey_auth ?? false;
  useEffect(() => {
    if (!isOn) return;
    // Without the chunk the page goes on without passkeys.
    load().then(
      (passkeys) => setSupported(passkeys.isPasskeySupported()),
      () => {},
    );
  }, [isOn]);

  const isOffered = isOn && isSupported;
  const fills = isOffered && options.autofill === true && status === "signed_out";
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn begins it again
  useEffect(() => {
    if (!fills) return;
    const own = new AbortController();
    const { relyingParty } = latest.current;
    load()
      .then(({ autofillPasskey }) => autofillPasskey(client, { relyingParty, signal: own.signal }))
      .then((signedIn) => signedIn && latest.current.onSignedIn?.(signedIn), fail);
    return () => own.abort();
  }, [client, fills, turn]);

  function fail(error: unknown): void {
    if (!(error instanceof LatchkeyClientError)) throw error;
    setProblem(error);
    setTurn((before) => before + 1);
  }

  async function attempt(
    work: (
      passkeys: Awaited<ReturnType<typeof load>>,
      own: PasskeyOptions,
    ) => Promise<SignedIn | null>,
  ): Promise<void> {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      const { relyingParty } = latest.current;
      const signedIn = await work(await load(), { relyingParty });
      setBusy(false);
      if (signedIn) latest.current.onSignedIn?.(signedIn);
    } catch (error) {
      setBusy(false);
      fail(error);
    }
  }

  return {
    isOffered,
    canSignUp: isOffered && (app?.passkeys_for_signup_enabled ?? false),
    busy,
    problem,
    signIn: () => attempt(({ signInWithPasskey }, own) => signInWithPasskey(client, own)),
    signUp: () => attempt(({ signUpWithPasskey }, own) => signUpWithPasskey(client, own)),
    link: () =>
      attempt(async ({ linkPasskey }, own) => {
        await linkPasskey(client, own);
        return null;
      }),
    unlink: (credentialId) =>
      attempt(async ({ unlinkPasskey }) => {
        await unlinkPasskey(client, { credentialId });
        return null;
      }),
  };
}
