import { LatchkeyError } from "@latchkey/core/errors";
import type { AuthenticateRequest } from "@latchkey/core/protocol/app-server-requests";
import type { App } from "../../apps/app-directory.ts";
import { secretMatches } from "../../apps/create-app.ts";
import type { Services } from "../../services.ts";
import type { RepeatableRequest } from "../../sessions/replay.ts";
import { bearerToken } from "../bearer-token.ts";
import type { RequestContext } from "../context.ts";

export interface Client {
  readonly app: App;
  /** Whether its secret came along; else it is a public client, or says it is. */
  readonly isAuthenticated: boolean;
}

type ClientFields = Pick<AuthenticateRequest, "client_id" | "client_secret"> & {
  readonly grant_type?: string;
};

/** Who asks for a token (RFC 6749 section 2.3). Throws `invalid_client`. */
export async function requireClient(
  { directory }: Services,
  context: RequestContext,
  body: ClientFields,
): Promise<Client> {
  const app = await directory.findByClientId(body.client_id);
  if (!app) {
    throw invalidClient(body, "No app has this client_id. Copy it from `latchkey apps list`.");
  }
  context.set("appId", app.id);
  const secret = body.client_secret ?? bearerToken(context);
  if (secret === null) return { app, isAuthenticated: false };
  if (await secretMatches(secret, app.apiKeyHashes)) return { app, isAuthenticated: true };
  throw invalidClient(body, "client_secret is not an API key of this app.");
}

/** For what no page may do by itself. */
export function requireSecret({ isAuthenticated }: Client, body: ClientFields): void {
  if (!isAuthenticated) throw invalidClient(body, "Send the app's API key as client_secret.");
}

/**
 * Of a refresh it is 503: clients take 401 and 400 for the end of a session, and a wrong key in a
 * server's configuration is no proof of that (session rule R5).
 */
export function invalidClient(body: ClientFields, message: string): LatchkeyError {
  const status = body.grant_type === "refresh_token" ? 503 : 401;
  return new LatchkeyError("invalid_client", status, message);
}

/** The end user's browser and address, which only an authenticated client may tell us. */
export function endUser(
  context: RequestContext,
  { isAuthenticated }: Client,
  body: AuthenticateRequest,
): { userAgent: string | null; ip: string | null } {
  const told = isAuthenticated ? body : null;
  return {
    userAgent: told?.user_agent ?? context.req.header("user-agent") ?? null,
    ip: told?.ip_address ?? context.env.ip,
  };
}

/** Null when the request carries no Idempotency-Key. */
export function repeatable(
  context: RequestContext,
  app: App,
  body: string,
): RepeatableRequest | null {
  const idempotencyKey = context.req.header("idempotency-key");
  if (!idempotencyKey || idempotencyKey.length > 255) return null;
  return { idempotencyKey, scope: `${app.id} ${context.req.path}`, body };
}
