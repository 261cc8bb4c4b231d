"use client";

import { useMemo } from "react";
import { decodeJwt } from "../decode-jwt.ts";
import type { TokenClaims } from "../interfaces.ts";
import { useAccessToken } from "./use-access-token.ts";

/** The claims of the access token; `{}` until there is one. */
export function useTokenClaims<T = Record<string, unknown>>(): TokenClaims<T> {
  const { accessToken } = useAccessToken();
  return useMemo(
    () => (accessToken ? decodeJwt<T>(accessToken) : null) ?? ({} as TokenClaims<T>),
    [accessToken],
  );
}
