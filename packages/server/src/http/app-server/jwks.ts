import { LatchkeyError } from "@latchkey/core/errors";
import { Hono } from "hono";
import type { Services } from "../../services.ts";
import type { RequestEnv } from "../context.ts";
import { jwksAnswer } from "../jwks-answer.ts";

/** GET /sso/jwks/:client_id: the keys that verify a client's access tokens (RFC 7517). */
export function jwksRoutes({ directory, signingKeys }: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  routes.get("/sso/jwks/:client_id", async (context) => {
    const app = await directory.findByClientId(context.req.param("client_id"));
    if (!app) {
      throw new LatchkeyError(
        "entity_not_found",
        404,
        "No app has this client id. Copy it from `latchkey apps list`; it begins with client_.",
      );
    }
    const { published } = await signingKeys.of(app.id, "app_server");
    return jwksAnswer(context, published);
  });
  return routes;
}
