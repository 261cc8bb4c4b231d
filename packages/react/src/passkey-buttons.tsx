"use client";
import { describeError, type SignInTexts } from "./sign-in-texts.ts";
import type { Passkey } from "./use-passkey.ts";

interface PasskeyButtonsProps {
  readonly passkey: Passkey;
  readonly texts: SignInTexts;
  readonly disabled: boolean;
  /** Whether somebody unknown may become a new user. */
  readonly signUp: boolean;
}

/** Signing in with a passkey, and up where the app allows it. Nothing where there are none. */
export function PasskeyButtons({ passkey, texts, disabled, signUp }: PasskeyButtonsProps) {
  if (!passkey.isOffered) return null;
  const ways = [
    { act: passkey.signIn, label: texts.passkey, id: "sign-in-passkey" },
    ...(signUp && passkey.canSignUp
      ? [{ act: passkey.signUp, label: texts.passkeySignUp, id: "sign-up-passkey" }]
      : []),
  ];
  return (
    <>
      {passkey.problem && (
        <p className="latchkey-problem" role="alert" data-testid="sign-in-passkey-problem">
          {describeError(passkey.problem, texts)}
        </p>
      )}
      {ways.map(({ act, label, id }) => (
        <button
          key={id}
          type="button"
          className="latchkey-quiet"
          data-testid={id}
          disabled={disabled}
          onClick={() => void act()}
        >
          {label}
        </button>
      ))}
    </>
  );
}
