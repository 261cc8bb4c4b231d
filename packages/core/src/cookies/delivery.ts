/** How a refresh token reaches its holder: in the body of an answer or in a cookie (rule R6). */

export type Delivery = "body" | "cookie";

export interface RequestFacts {
  /** Whether app and app client have cookies on. */
  readonly cookiesOn: boolean;
  /** Whether the request came to the session host of the app's active domain. */
  readonly onSessionHost: boolean;
}

/** How a session that begins with this request is delivered. */
export function requestDelivery({ cookiesOn, onSessionHost }: RequestFacts): Delivery {
  return cookiesOn && onSessionHost ? "cookie" : "body";
}

/**
 * What becomes of a session that is refreshed by such a request. Delivery only ever hardens: a
 * session of the body moves into cookies, and one of cookies is refused anywhere else.
 */
export function refreshDelivery(
  session: Delivery,
  request: Delivery,
): "body" | "cookie" | "harden" | "refuse" {
  if (session === "cookie") return request === "cookie" ? "cookie" : "refuse";
  return request === "cookie" ? "harden" : "body";
}
