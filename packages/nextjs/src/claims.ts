import { decodeJwt } from "./decode-jwt.ts";
import type { TokenClaims } from "./interfaces.ts";
import type { NextPorts } from "./ports.ts";
import { type RecentAuth, recentAuth } from "./recent-auth.ts";
import { withAuth } from "./with-auth.ts";

export async function claimsOf<T>(ports: NextPorts, accessToken?: string): Promise<TokenClaims<T>> {
  const token = accessToken ?? (await withAuth(ports)).accessToken;
  return (token ? decodeJwt<T>(token) : null) ?? ({} as TokenClaims<T>);
}

export async function checkRecent(
  ports: NextPorts,
  { maxAge }: { readonly maxAge: number },
): Promise<RecentAuth> {
  const { accessToken } = await withAuth(ports);
  const claims = accessToken ? decodeJwt(accessToken) : null;
  return recentAuth(claims?.auth_time, maxAge, ports.now());
}
