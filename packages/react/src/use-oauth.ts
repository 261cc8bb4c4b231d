"use client";
import { LatchkeyClientError, type SignInMode } from "@latchkey/browser";
import {
  completeOAuth,
  type OAuthProvider,
  type OAuthReturn,
  oauthProviders,
  popUpOAuth,
  startOAuth,
  unlinkOAuth,
} from "@latchkey/browser/oauth";
import { useEffect, useMemo, useRef, useState } from "react";
import { useLatchkeyClient } from "./provider.tsx";
import { useLatchkey } from "./use-latchkey.ts";

export interface UseOAuthOptions {
  /** Opens a window for the provider instead of leaving the page. */
  readonly popup?: boolean | undefined;
  /** Whether somebody unknown may become a new user. Default: yes. */
  readonly mode?: SignInMode | undefined;
  /** Where the provider's answer comes to; a component with this hook has to be there. Default: this page. */
  readonly redirectTo?: string | undefined;
  /** Called once with what came of it, also after the browser was at the provider. */
  readonly onDone?: ((result: OAuthReturn) => void) | undefined;
}

export interface OAuth {
  /** What the app offers, in the order of buttons. */
  readonly providers: readonly OAuthProvider[];
  /** The provider that is being signed in with, `return` while an answer is used, else null. */
  readonly busy: string | null;
  /** What went wrong last; its message is fit to be shown. */
  readonly problem: LatchkeyClientError | null;
  /** What the last answer was. */
  readonly result: OAuthReturn | null;
  signIn(provider: string): Promise<void>;
  /** Adds the provider's account to the signed-in user. */
  link(provider: string): Promise<void>;
  unlink(account: { readonly provider: string; readonly subject: string }): Promise<void>;
}

/**
 * Signing in with providers, from the button to the answer: wherever it is used, the answer in the
 * page's address is used too. Its functions never reject: see `problem`.
 */
export function useOAuth(options: UseOAuthOptions = {}): OAuth {
  const client = useLatchkeyClient();
  const { app } = useLatchkey();
  const [busy, setBusy] = useState<string | null>(null);
  const [problem, setProblem] = useState<LatchkeyClientError | null>(null);
  const [result, setResult] = useState<OAuthReturn | null>(null);
  const told = useRef<OAuthReturn | null>(null);
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });

  function done(answer: OAuthReturn | null): void {
    if (!answer || told.current === answer) return;
    told.current = answer;
    setResult(answer);
    latest.current.onDone?.(answer);
  }

  function fail(error: unknown): void {
    if (!(error instanceof LatchkeyClientError)) throw error;
    setProblem(error);
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each client, on the page's load
  useEffect(() => {
    if (new URLSearchParams(location.search).has("privy_oauth_state")) setBusy("return");
    completeOAuth(client)
      .then(done, fail)
      .finally(() => setBusy(null));
  }, [client]);

  async function attempt(name: string, work: () => Promise<OAuthReturn | null>): Promise<void> {
    if (busy !== null) return;
    setBusy(name);
    setProblem(null);
    try {
      done(await work());
      setBusy(null);
    } catch (error) {
      setBusy(null);
      fail(error);
    }
  }

  function go(provider: string, intent: "sign_in" | "link"): Promise<void> {
    const { popup, mode, redirectTo } = latest.current;
    const start = { provider, intent, mode, redirectTo };
    return attempt(provider, async () => {
      if (popup) return popUpOAuth(client, start);
      await startOAuth(client, start);
      // The page is on its way out: nothing may be pressed until somebody comes back to it as it was.
      return new Promise<null>((resolve) => {
        window.addEventListener("pageshow", () => resolve(null), { once: true });
      });
    });
  }

  return {
    providers: useMemo(() => oauthProviders(app), [app]),
    busy,
    problem,
    result,
    signIn: (provider) => go(provider, "sign_in"),
    link: (provider) => go(provider, "link"),
    unlink: (account) =>
      attempt(account.provider, async () => {
        await unlinkOAuth(client, account);
        return null;
      }),
  };
}
