"use client";

import { useAccessToken, useTokenClaims } from "@latchkey/nextjs/components";

/** For calls from the browser to an API of yours: `Authorization: Bearer …`. */
export function AccessToken() {
  const { loading, error, refresh } = useAccessToken();
  const { exp } = useTokenClaims();
  return (
    <p>
      Access token:{" "}
      {error
        ? error.message
        : loading || !exp
          ? "…"
          : `good until ${new Date(exp * 1_000).toISOString()}`}{" "}
      <button type="button" onClick={() => refresh().catch(() => {})}>
        New one
      </button>
    </p>
  );
}
