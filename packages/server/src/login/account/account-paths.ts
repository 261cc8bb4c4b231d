/** Where a person looks after their account. `client_id` names the app; see {@link accountLink}. */
export const ACCOUNT_PAGE = "/login/account";
export const ACCOUNT_PROVIDER = "/login/account/provider";
export const ACCOUNT_PROVIDER_RETURN = "/login/account/provider/return";
export const ACCOUNT_PASSKEY_OPTIONS = "/login/account/passkeys/options";
export const ACCOUNT_SCRIPT = "/login/account.js";

/** `as` is the sealed proof that somebody has just signed in, without which nothing can be changed. */
export function accountLink(
  clientId: string,
  query: Readonly<Record<string, string>> = {},
  path: string = ACCOUNT_PAGE,
): string {
  return `${path}?${new URLSearchParams({ client_id: clientId, ...query })}`;
}
