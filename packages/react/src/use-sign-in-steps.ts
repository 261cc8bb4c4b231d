"use client";
import { LatchkeyClientError, type SignedIn, type SignInMode } from "@latchkey/browser";
import { useEffect, useRef, useState } from "react";
import { describeError, type SignInTexts } from "./sign-in-texts.ts";
import { useLatchkey } from "./use-latchkey.ts";

/** Seconds before a new code may be asked for. */
const RESEND_AFTER = 30;

export type SignInStep = "email" | "code";

interface Options {
  readonly mode: SignInMode;
  readonly texts: SignInTexts;
  readonly onSignedIn: ((signedIn: SignedIn) => void) | undefined;
}

/** What the sign-in form knows and can do; the markup is apart. */
export function useSignInSteps({ mode, texts, onSignedIn }: Options) {
  const { sendCode, signInWithCode, signInAsGuest } = useLatchkey();
  const [step, setStep] = useState<SignInStep>("email");
  const [email, setEmail] = useState("");
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState<"code" | "sign-in" | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [notice, setNotice] = useState<string | null>(null);
  const [cooldown, setCooldown] = useState(0);
  /** Raised whenever the focus has to go to the field of the step. */
  const [focusTurn, setFocusTurn] = useState(0);
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => {
    if (focusTurn > 0) field.current?.focus();
  }, [focusTurn]);

  const cooling = cooldown > 0;
  useEffect(() => {
    if (!cooling) return;
    const timer = setInterval(() => setCooldown((seconds) => Math.max(0, seconds - 1)), 1000);
    return () => clearInterval(timer);
  }, [cooling]);

  function point(message: string | null): void {
    setProblem(message);
    setNotice(null);
    setFocusTurn((turn) => turn + 1);
  }

  async function attempt(kind: "code" | "sign-in", work: () => Promise<void>): Promise<void> {
    if (busy) return;
    setBusy(kind);
    setProblem(null);
    try {
      await work();
    } catch (error) {
      if (!(error instanceof LatchkeyClientError)) throw error;
      if (kind === "code" && error.retryAfter) setCooldown(Math.ceil(error.retryAfter));
      point(describeError(error, texts));
    } finally {
      setBusy(null);
    }
  }

  const address = email.trim();
  const digits = code.replaceAll(/\D/g, "");

  return {
    step,
    email,
    setEmail,
    code,
    setCode,
    busy,
    problem,
    notice,
    cooldown,
    field,
    address,
    submitEmail() {
      if (!/^[^\s@]+@[^\s@]+$/.test(address)) return point(texts.emailInvalid);
      return attempt("code", async () => {
        await sendCode({ email: address });
        setStep("code");
        setCode("");
        setCooldown(RESEND_AFTER);
        point(null);
      });
    },
    submitCode() {
      if (digits.length !== 6) return point(texts.codeInvalid);
      return attempt("sign-in", async () => {
        const signedIn = await signInWithCode({ email: address, code: digits, mode });
        onSignedIn?.(signedIn);
      });
    },
    resend() {
      return attempt("code", async () => {
        await sendCode({ email: address });
        setCode("");
        setCooldown(RESEND_AFTER);
        point(null);
        setNotice(texts.codeResent);
      });
    },
    changeAddress() {
      setStep("email");
      point(null);
    },
    enterAsGuest() {
      return attempt("sign-in", async () => {
        const signedIn = await signInAsGuest();
        onSignedIn?.(signedIn);
      });
    },
  };
}
