/** Proves who calls the management API: an administrator by cookie, a script by its key. */

import { cookieValues } from "@latchkey/core/cookies/cookie-header";
import { LatchkeyError } from "@latchkey/core/errors";
import { atLeast, type Role } from "@latchkey/core/protocol/admin";
import { readAdminSession } from "../../admin/admin-session.ts";
import type { App } from "../../apps/app-directory.ts";
import { hashSecret } from "../../apps/create-app.ts";
import { isSameOriginPost } from "../../login/same-origin.ts";
import type { Services } from "../../services.ts";
import { bearerToken } from "../bearer-token.ts";
import type { RequestContext } from "../context.ts";
import type { Actor } from "./handler.ts";

/** The idle lifetime of the session; the server decides all the same. */
const COOKIE_MAX_AGE_S = 12 * 3600;

const cookieName = (secure: boolean) =>
  secure ? "__Host-latchkey-dashboard" : "latchkey-dashboard";

/** The session's token, or null without one, and with two that differ. */
export function readDashboardCookie(context: RequestContext, secure: boolean): string | null {
  const [value, ...others] = cookieValues(context.req.header("cookie"), cookieName(secure));
  return value !== undefined && value !== "" && others.length === 0 ? value : null;
}

/** Null deletes it. */
export function setDashboardCookie(
  context: RequestContext,
  secure: boolean,
  value: string | null,
): void {
  const age = value === null ? 0 : COOKIE_MAX_AGE_S;
  const attributes = `Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}`;
  context.header("set-cookie", `${cookieName(secure)}=${value ?? ""}; ${attributes}`, {
    append: true,
  });
}

/** Throws 401 `sign_in_required`, 403 `role_required`, or what says nothing about the session. */
export async function requireActor(
  services: Services,
  app: () => Promise<App>,
  context: RequestContext,
  role: Role,
): Promise<Actor> {
  const actor = (await byApiKey(services, context)) ?? (await byCookie(services, app, context));
  if (!actor) throw signInRequired();
  if (atLeast(actor.role, role)) return actor;
  throw new LatchkeyError(
    "role_required",
    403,
    `This takes the role ${role}, and yours is ${actor.role}. Ask an owner of this deployment.`,
  );
}

async function byApiKey({ store }: Services, context: RequestContext): Promise<Actor | null> {
  const token = bearerToken(context);
  if (token === null) return null;
  const key = token.length > 512 ? null : await store.admins.findApiKey(await hashSecret(token));
  if (!key) {
    throw new LatchkeyError(
      "invalid_api_key",
      401,
      "This key of the management API is not known, was revoked or has ended. An owner makes a new one.",
    );
  }
  await store.admins.apiKeySeen(key.id);
  return { kind: "api_key", id: key.id, name: key.name, role: key.role };
}

async function byCookie(
  services: Services,
  app: () => Promise<App>,
  context: RequestContext,
): Promise<Actor | null> {
  const { secure } = services.settings;
  const token = readDashboardCookie(context, secure);
  if (token === null) return null;
  const session = await readAdminSession(services, await app(), token);
  if (session.kind === "over") {
    setDashboardCookie(context, secure, null);
    return null;
  }
  if (session.refreshToken !== token) setDashboardCookie(context, secure, session.refreshToken);
  const { id, email, role } = session.admin;
  return { kind: "admin", id, name: email, role };
}

/**
 * A cookie comes along whoever sends the browser here, so a change must come from a page of this
 * server (ASVS 3.5.1). A key is sent by nobody but who holds it.
 */
export function requireOwnPage({ settings }: Services, context: RequestContext): void {
  if (context.req.method === "GET" || bearerToken(context) !== null) return;
  const { raw } = context.req;
  const tells = raw.headers.has("sec-fetch-site") || raw.headers.has("origin");
  if (tells && isSameOriginPost(raw, settings.publicUrl())) return;
  throw new LatchkeyError(
    "forbidden",
    403,
    "A change by cookie is taken from the dashboard's own pages only. Scripts send a key: Authorization: Bearer.",
  );
}

function signInRequired(): LatchkeyError {
  return new LatchkeyError(
    "sign_in_required",
    401,
    "Sign in to the dashboard, or send a key of the management API: Authorization: Bearer.",
  );
}
