import { LatchkeyError } from "@latchkey/core/errors";
import type { App } from "../../apps/app-directory.ts";
import { connectionFor } from "../../providers/provider-directory.ts";
import type { Services } from "../../services.ts";
import type { RequestContext } from "../context.ts";
import { plainError } from "./protocol-headers.ts";

/**
 * Throws 400 `sso_required` for an address whose domain signs in at its organization's connection: the
 * app sends the browser there, to /user_management/authorize with the `connection_id` that comes along.
 * It says nothing about whether anybody has the address, and comes before a password is looked at.
 */
export async function requireNoConnection(
  services: Services,
  context: RequestContext,
  app: App,
  email: string,
): Promise<void> {
  const connection = connectionFor(await services.providers.ofApp(app.id), email);
  if (!connection) return;
  const error = new LatchkeyError(
    "sso_required",
    400,
    "This address signs in at its organization's connection. Send the browser to /user_management/authorize with this connection_id.",
  );
  context.set("errorBody", (any) =>
    any === error
      ? {
          error: "sso_required",
          error_description: error.message,
          connection_ids: [connection.id],
          email,
        }
      : plainError(any),
  );
  throw error;
}
