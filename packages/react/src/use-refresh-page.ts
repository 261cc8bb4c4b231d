"use client";
import {
  type RefreshPageOptions,
  type RefreshPageResult,
  renewAndReturn,
} from "@latchkey/browser/refresh-page";
import { useCallback, useEffect, useState } from "react";
import { useLatchkeyClient } from "./provider.tsx";

export interface UseRefreshPageOptions extends Omit<RefreshPageOptions, "address"> {
  /** How to go to a path. Default: the browser loads it, so that the server sees the cookies. */
  readonly go?: ((path: string) => void) | undefined;
}

export interface RefreshPageState {
  /** `renewing` until it is known; the page is left on the other words but `unavailable`. */
  readonly status: "renewing" | RefreshPageResult["status"];
  /** Why nobody can say, in words. */
  readonly message: string | null;
  retry(): Promise<void>;
}

/** Renews the session on a page such as `/refresh`, and goes on to where the server sent it from. */
export function useRefreshPage({ signInPage, home, go }: UseRefreshPageOptions): RefreshPageState {
  const client = useLatchkeyClient();
  const [result, setResult] = useState<RefreshPageResult | null>(null);

  // Twice at the same time, as in strict mode, it is one request of the client all the same.
  const renew = useCallback(async () => {
    setResult(null);
    const found = await renewAndReturn(client, { signInPage, home });
    setResult(found);
    if (found.status === "unavailable") return;
    if (go) go(found.path);
    else window.location.replace(found.path);
  }, [client, signInPage, home, go]);

  useEffect(() => {
    void renew();
  }, [renew]);

  return {
    status: result?.status ?? "renewing",
    message: result?.status === "unavailable" ? result.error.message : null,
    retry: renew,
  };
}
