import { decodeJwt } from "jose";

/** The claims of an identity token, `linked_accounts` read into `accounts`. */
export function identityClaims(token: string | null | undefined) {
  if (!token) throw new Error("There is no identity token.");
  const { linked_accounts, ...claims } = decodeJwt(token);
  return { ...claims, accounts: JSON.parse(String(linked_accounts)) as unknown };
}
