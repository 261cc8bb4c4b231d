import { isLoopbackHost } from "@latchkey/core/loopback";
import { mayCallFrom } from "../../apps/app-directory.ts";
import type { Delivery } from "../../storage/store.ts";
import type { RequestContext } from "../context.ts";
import { invalidOrigin } from "../middleware/caller.ts";
import { withoutHeaders } from "../middleware/response-headers.ts";
import type { Client } from "./client.ts";

/**
 * The origin of the page that calls, which must be one of the app's before the call has any effect;
 * null where no page calls. A call with the app's secret is answered to no page at all.
 */
export function callingPage(
  context: RequestContext,
  { app, isAuthenticated }: Client,
): string | null {
  const origin = context.req.header("origin");
  if (origin === undefined) return null;
  if (isAuthenticated) {
    withoutHeaders(context, ["access-control-allow-origin", "access-control-allow-credentials"]);
    return null;
  }
  if (!mayCallFrom(app, null, origin)) throw invalidOrigin(app, origin);
  return origin;
}

/**
 * Pages hold their refresh token in a cookie that no script reads. On a developer's machine the
 * protocol's clients keep it themselves and look for it in the body; what is no page has no cookies.
 */
export function deliveryTo(page: string | null): Delivery {
  const isLocal = page === null || isLoopbackHost(URL.parse(page)?.hostname ?? "");
  return isLocal ? "body" : "cookie";
}
