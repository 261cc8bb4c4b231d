"use client";
import type { SignedIn, SignInMode } from "@latchkey/browser";
import { type FormEvent, useId } from "react";
import { Field } from "./field.tsx";
import { PasskeyButtons } from "./passkey-buttons.tsx";
import { ProviderButtons } from "./provider-buttons.tsx";
import { SIGN_IN_STYLES } from "./sign-in-styles.ts";
import { DEFAULT_TEXTS, describeProviderError, type SignInTexts } from "./sign-in-texts.ts";
import { useLatchkey } from "./use-latchkey.ts";
import { useOAuth } from "./use-oauth.ts";
import { usePasskey } from "./use-passkey.ts";
import { useSignInSteps } from "./use-sign-in-steps.ts";

export interface SignInProps {
  /** Added to `latchkey-sign-in`. Rules of your own win over the built-in ones. */
  readonly className?: string | undefined;
  /** Leaves the built-in styles out. */
  readonly unstyled?: boolean | undefined;
  /** For pages whose Content-Security-Policy allows styles by nonce. */
  readonly nonce?: string | undefined;
  /** Offers to go in as a guest, where the app allows it. */
  readonly guest?: boolean | undefined;
  /** Opens a window for a provider instead of leaving the page. */
  readonly popup?: boolean | undefined;
  /** Whether an unknown address may become a new account. Default: yes. */
  readonly mode?: SignInMode | undefined;
  readonly texts?: Partial<SignInTexts> | undefined;
  readonly onSignedIn?: ((signedIn: SignedIn) => void) | undefined;
}

/**
 * Sign-in by a code sent to an e-mail address, by passkey and with the providers that the app offers.
 * Renders nothing when signed in, an empty box while that is unknown, and words on what is wrong when
 * the server cannot be reached. It has to be on the page that a provider sends the browser back to.
 */
export function SignIn({ className, unstyled, nonce, guest, popup, mode, ...props }: SignInProps) {
  const { status, error, app } = useLatchkey();
  const texts: SignInTexts = { ...DEFAULT_TEXTS, ...props.texts };
  const heading = useId();
  const steps = useSignInSteps({
    mode: mode ?? "login-or-sign-up",
    texts,
    onSignedIn: props.onSignedIn,
  });
  const oauth = useOAuth({
    popup,
    mode,
    onDone({ intent, user, isNewUser, tokens }) {
      if (intent !== "sign_in") return;
      props.onSignedIn?.({ user, isNewUser, oauthTokens: tokens ?? undefined });
    },
  });
  const passkey = usePasskey({
    autofill: steps.step === "email",
    onSignedIn: props.onSignedIn,
  });
  if (status === "signed_in") return null;
  const busy = steps.busy !== null || oauth.busy !== null || passkey.busy;
  const byEmail = app?.email_auth !== false;

  const submit = (act: () => unknown) => (event: FormEvent) => {
    event.preventDefault();
    void act();
  };

  return (
    <section
      className={className ? `latchkey-sign-in ${className}` : "latchkey-sign-in"}
      aria-labelledby={heading}
      aria-busy={status === "loading" || busy}
    >
      {!unstyled && <style nonce={nonce}>{SIGN_IN_STYLES}</style>}
      <h2 id={heading}>{texts.title}</h2>
      {status === "error" && (
        <p role="status">
          {error?.code === "unavailable" || !error ? texts.waiting : error.message}
        </p>
      )}
      {oauth.busy === "return" && <p role="status">{texts.returning}</p>}
      {oauth.problem && steps.step === "email" && (
        <p className="latchkey-problem" role="alert" data-testid="sign-in-provider-problem">
          {describeProviderError(oauth.problem, texts)}
        </p>
      )}
      {status === "signed_out" && steps.step === "email" && byEmail && (
        <form method="post" noValidate onSubmit={submit(steps.submitEmail)}>
          <Field
            label={texts.emailLabel}
            problem={steps.problem}
            inputRef={steps.field}
            name="email"
            type="email"
            autoComplete={passkey.isOffered ? "username webauthn" : "email"}
            autoCapitalize="none"
            spellCheck={false}
            data-testid="sign-in-email"
            value={steps.email}
            onChange={(event) => steps.setEmail(event.currentTarget.value)}
          />
          <button type="submit" disabled={busy}>
            {steps.busy === "code" ? texts.sendingCode : texts.sendCode}
          </button>
          {guest && app?.guest_auth && (
            <button
              type="button"
              className="latchkey-quiet"
              data-testid="sign-in-guest"
              disabled={busy}
              onClick={() => void steps.enterAsGuest()}
            >
              {texts.guest}
            </button>
          )}
        </form>
      )}
      {status === "signed_out" && steps.step === "email" && (
        <PasskeyButtons
          passkey={passkey}
          texts={texts}
          disabled={busy}
          signUp={mode !== "no-signup"}
        />
      )}
      {status === "signed_out" && steps.step === "email" && oauth.providers.length > 0 && (
        <>
          {byEmail && <p className="latchkey-or">{texts.or}</p>}
          <ProviderButtons
            providers={oauth.providers}
            texts={texts}
            disabled={busy}
            busy={oauth.busy}
            onChoose={(provider) => void oauth.signIn(provider)}
          />
        </>
      )}
      {status === "signed_out" && steps.step === "code" && (
        <form method="post" noValidate onSubmit={submit(steps.submitCode)}>
          <p role="status">
            {steps.notice ?? (
              <>
                {texts.codeSentTo} <strong>{steps.address}</strong>
              </>
            )}
          </p>
          <Field
            label={texts.codeLabel}
            problem={steps.problem}
            inputRef={steps.field}
            name="code"
            type="text"
            inputMode="numeric"
            autoComplete="one-time-code"
            data-testid="sign-in-code"
            value={steps.code}
            onChange={(event) => steps.setCode(event.currentTarget.value)}
          />
          <button type="submit" disabled={busy}>
            {steps.busy === "sign-in" ? texts.signingIn : texts.signIn}
          </button>
          <div className="latchkey-row">
            <button
              type="button"
              className="latchkey-quiet"
              disabled={steps.cooldown > 0 || busy}
              onClick={() => void steps.resend()}
            >
              {steps.cooldown > 0 ? texts.resendIn(steps.cooldown) : texts.resend}
            </button>
            <button type="button" className="latchkey-quiet" onClick={steps.changeAddress}>
              {texts.otherAddress}
            </button>
          </div>
        </form>
      )}
    </section>
  );
}
