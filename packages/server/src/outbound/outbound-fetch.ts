/** Asking somebody else's server, as far as the domain knows. */

export interface OutboundRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>> | Headers;
  readonly body?: string | URLSearchParams | null;
  readonly signal?: AbortSignal | null;
}

/**
 * Like fetch, but follows no redirect, reads a bounded body, and goes only where the deployment's
 * address rules allow, whatever the name resolves to. Throws OutboundError.
 */
export type OutboundFetch = (url: string, request?: OutboundRequest) => Promise<Response>;

/** The same, of which all calls together end at `signal`. */
export function until(fetch: OutboundFetch, signal: AbortSignal): OutboundFetch {
  return (url, request = {}) => {
    const own = request.signal;
    return fetch(url, { ...request, signal: own ? AbortSignal.any([own, signal]) : signal });
  };
}
