import { Hono } from "hono";
import type { Services } from "../../services.ts";
import type { RequestEnv } from "../context.ts";
import { sessionHeaders } from "../middleware/response-headers.ts";
import { requireApiKey } from "./api-key.ts";
import { authenticateRoutes } from "./authenticate.ts";
import { authorizeDeviceRoutes } from "./authorize-device.ts";
import { emailVerificationRoutes } from "./email-verifications.ts";
import { invitationRoutes } from "./invitations.ts";
import { jwksRoutes } from "./jwks.ts";
import { magicAuthRoutes } from "./magic-auth.ts";
import { membershipRoutes } from "./memberships.ts";
import { organizationListRoutes } from "./organization-lists.ts";
import { organizationRoutes } from "./organizations.ts";
import { passwordResetRoutes } from "./password-resets.ts";
import { sdkRoutes } from "./sdk.ts";
import { appServerUserRoutes } from "./users.ts";

/** What an app's server calls; all of it needs the API key, or the client secret in the body. */
export function appServerProtocol(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const { secure } = services.settings;
  routes.route("/", jwksRoutes(services));
  routes.route("/", authenticateRoutes(services));
  routes.use("/user_management/authorize/device", sessionHeaders(secure));
  routes.route("/", authorizeDeviceRoutes(services));

  const apiKey = requireApiKey(services.directory);
  for (const path of [
    "/user_management/users",
    "/user_management/users/*",
    "/user_management/sessions/revoke",
    "/user_management/magic_auth",
    "/user_management/magic_auth/*",
    "/user_management/email_verification/*",
    "/user_management/password_reset",
    "/user_management/password_reset/*",
    "/user_management/invitations",
    "/user_management/invitations/*",
    "/user_management/organization_memberships",
    "/user_management/organization_memberships/*",
    "/organizations",
    "/organizations/*",
    "/authorization/*",
    "/sdk/feature-flags",
    "/api_keys/validations",
  ]) {
    routes.use(path, sessionHeaders(secure), apiKey);
  }
  routes.route("/", appServerUserRoutes(services));
  routes.route("/", magicAuthRoutes(services));
  routes.route("/", emailVerificationRoutes(services));
  routes.route("/", passwordResetRoutes(services));
  routes.route("/", invitationRoutes(services));
  routes.route("/", organizationRoutes(services));
  routes.route("/", membershipRoutes(services));
  routes.route("/", organizationListRoutes(services));
  routes.route("/", sdkRoutes(services));
  return routes;
}
