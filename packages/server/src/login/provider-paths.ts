/** Where the hosted sign-in goes off to a provider, and where it comes back. */
export const PROVIDER_PAGE = "/login/provider";
export const PROVIDER_RETURN = "/login/provider/return";

/**
 * `request` is the sealed login request. After a form it leads over a page of ours: browsers hold every
 * step of a form's redirects to the form-action of the page that it was on, and none names the provider.
 */
export function providerLink(request: string, connectionId: string, from?: "form"): string {
  const query = { request, connection: connectionId, ...(from && { from }) };
  return `${PROVIDER_PAGE}?${new URLSearchParams(query)}`;
}
