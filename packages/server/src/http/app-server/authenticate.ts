import { LatchkeyError } from "@latchkey/core/errors";
import {
  type AuthenticationAnswer,
  type CookieHeldAnswer,
  TERMINAL_GRANT_ERROR,
} from "@latchkey/core/protocol/app-server";
import {
  type AuthenticateRequest,
  authenticate,
  DEVICE_CODE_GRANT,
  EMAIL_VERIFICATION_GRANT,
  MAGIC_AUTH_GRANT,
  ORGANIZATION_SELECTION_GRANT,
} from "@latchkey/core/protocol/app-server-requests";
import { Hono } from "hono";
import type { App } from "../../apps/app-directory.ts";
import type { Services } from "../../services.ts";
import { authenticationAnswer } from "../../sessions/app-server-answer.ts";
import type { SignedIn } from "../../sessions/sign-in.ts";
import type { Session } from "../../storage/store.ts";
import type { RequestContext, RequestEnv } from "../context.ts";
import { invalidData, parseJson } from "../parse-json.ts";
import { callingPage } from "./calling-page.ts";
import { type Client, requireClient, requireSecret } from "./client.ts";
import { codeGrant } from "./code-grant.ts";
import { deviceGrant } from "./device-grant.ts";
import { magicAuthGrant } from "./magic-auth-grant.ts";
import { passwordGrant } from "./password-grant.ts";
import { emailVerificationGrant, organizationSelectionGrant } from "./pending-grants.ts";
import { plainError } from "./protocol-headers.ts";
import { readTokenRequest } from "./read-token-request.ts";
import {
  clearRefreshCookie,
  type RefreshCookieOptions,
  readRefreshCookie,
  setRefreshCookie,
} from "./refresh-cookie.ts";
import { refreshGrant } from "./refresh-grant.ts";

/** POST /user_management/authenticate: every grant of the protocol. */
export function authenticateRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  routes.post("/user_management/authenticate", async (context) => {
    const { text, isForm } = await readTokenRequest(context);
    requireKnownGrant(text);
    const body = parseJson(text, authenticate);
    const client = await requireClient(services, context, body);
    const { app } = client;
    const page = callingPage(context, client);
    const cookie = page === null || isForm ? null : cookieOptions(services, app, page);
    switch (body.grant_type) {
      case "authorization_code": {
        const signedIn = await codeGrant(services, context, client, body, text, page);
        const answer = await authenticationAnswer(services, { app, ...signedIn });
        return context.json(deliver(context, cookie, signedIn.session, answer));
      }
      case "refresh_token": {
        const token = body.refresh_token ?? (cookie && readRefreshCookie(context, cookie));
        if (token === null) throw invalidData("refresh_token is missing, and no cookie holds it.");
        const refreshed = await refreshGrant(services, client, body, token).catch((error) => {
          const isOver = error instanceof LatchkeyError && error.code === TERMINAL_GRANT_ERROR;
          if (isOver && cookie) clearRefreshCookie(context, cookie);
          throw error;
        });
        const answer = await authenticationAnswer(services, { app, ...refreshed });
        return context.json(deliver(context, cookie, refreshed.session, answer));
      }
      case DEVICE_CODE_GRANT: {
        const signedIn = await deviceGrant(services, context, client, body, text);
        return context.json(await authenticationAnswer(services, { app, ...signedIn }));
      }
      default: {
        requireSecret(client, body);
        // Of what a person typed, the protocol says so in its plain shape.
        context.set("errorBody", plainError);
        const signedIn = await typedGrant(services, context, client, body, text);
        return context.json(await authenticationAnswer(services, { app, ...signedIn }));
      }
    }
  });
  return routes;
}

type TypedRequest = Exclude<
  AuthenticateRequest,
  { grant_type: "authorization_code" | "refresh_token" | typeof DEVICE_CODE_GRANT }
>;

/** The grants of apps with a form of their own, which need the secret. */
function typedGrant(
  services: Services,
  context: RequestContext,
  client: Client,
  body: TypedRequest,
  text: string,
): Promise<SignedIn> {
  switch (body.grant_type) {
    case MAGIC_AUTH_GRANT:
      return magicAuthGrant(services, context, client, body, text);
    case "password":
      return passwordGrant(services, context, client, body, text);
    case EMAIL_VERIFICATION_GRANT:
      return emailVerificationGrant(services, context, client, body, text);
    case ORGANIZATION_SELECTION_GRANT:
      return organizationSelectionGrant(services, context, client, body, text);
  }
}

function cookieOptions({ settings }: Services, app: App, page: string): RefreshCookieOptions {
  const { secure, publicUrl } = settings;
  return { clientId: app.clientId, secure, page, publicUrl: publicUrl() };
}

/** A cookie-delivered session never has its refresh token in a body (session rule R6). */
function deliver(
  context: RequestContext,
  cookie: RefreshCookieOptions | null,
  session: Session,
  answer: AuthenticationAnswer,
): AuthenticationAnswer | CookieHeldAnswer {
  if (session.delivery === "body") return answer;
  const { refresh_token, ...rest } = answer;
  if (cookie) setRefreshCookie(context, cookie, refresh_token);
  return rest;
}

const GRANTS: readonly unknown[] = authenticate.options.map(
  (option) => option.shape.grant_type.value,
);

/** RFC 6749 section 5.2 has a code of its own for it. What is no JSON is judged later. */
function requireKnownGrant(text: string): void {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return;
  }
  const grant = (body as { grant_type?: unknown } | null)?.grant_type;
  if (typeof grant !== "string" || GRANTS.includes(grant)) return;
  throw new LatchkeyError(
    "unsupported_grant_type",
    400,
    `grant_type must be one of ${GRANTS.join(", ")}.`,
  );
}
