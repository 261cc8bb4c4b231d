import { LatchkeyError } from "@latchkey/core/errors";
import { authenticate, MAGIC_AUTH_GRANT } from "@latchkey/core/protocol/app-server-requests";
import { Hono } from "hono";
import type { Services } from "../../services.ts";
import { authenticationAnswer } from "../../sessions/app-server-answer.ts";
import type { RequestEnv } from "../context.ts";
import { parseJson } from "../parse-json.ts";
import { readText } from "../read-body.ts";
import { requireClient, requireSecret } from "./client.ts";
import { codeGrant } from "./code-grant.ts";
import { magicAuthGrant } from "./magic-auth-grant.ts";
import { passwordGrant } from "./password-grant.ts";
import { plainError } from "./protocol-headers.ts";
import { refreshGrant } from "./refresh-grant.ts";

/** POST /user_management/authenticate: every grant of the protocol. */
export function authenticateRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  routes.post("/user_management/authenticate", async (context) => {
    const text = await readText(context);
    requireKnownGrant(text);
    const body = parseJson(text, authenticate);
    const client = await requireClient(services, context, body);
    const { app } = client;
    switch (body.grant_type) {
      case "authorization_code": {
        const signedIn = await codeGrant(services, context, client, body, text);
        return context.json(await authenticationAnswer(services, { app, ...signedIn }));
      }
      case "refresh_token": {
        const refreshed = await refreshGrant(services, client, body);
        return context.json(await authenticationAnswer(services, { app, ...refreshed }));
      }
      case MAGIC_AUTH_GRANT: {
        requireSecret(client, body);
        // Of what a person typed, the protocol says so in its plain shape.
        context.set("errorBody", plainError);
        const signedIn = await magicAuthGrant(services, context, client, body, text);
        return context.json(await authenticationAnswer(services, { app, ...signedIn }));
      }
      case "password": {
        requireSecret(client, body);
        context.set("errorBody", plainError);
        const signedIn = await passwordGrant(services, context, client, body, text);
        return context.json(await authenticationAnswer(services, { app, ...signedIn }));
      }
    }
  });
  return routes;
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
