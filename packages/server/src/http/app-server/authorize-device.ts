import type { DeviceAuthorization } from "@latchkey/core/protocol/app-server";
import { authorizeDevice } from "@latchkey/core/protocol/app-server-requests";
import { Hono } from "hono";
import { showUserCode } from "../../codes/user-codes.ts";
import { DEVICE_PAGE } from "../../login/device-page-path.ts";
import type { Services } from "../../services.ts";
import {
  DEVICE_INTERVAL_S,
  DEVICE_LIFETIME_S,
  startDeviceGrant,
} from "../../sessions/device-grants.ts";
import type { RequestEnv } from "../context.ts";
import { type IpLimit, limitByIp } from "../middleware/ip-limit.ts";
import { parseJson } from "../parse-json.ts";
import { requireClient } from "./client.ts";
import { requireDeviceSignIn } from "./device-grant.ts";
import { readTokenRequest } from "./read-token-request.ts";

const LIMIT: IpLimit = { name: "device-init", max: 60, windowMs: 600_000 };

/** POST /user_management/authorize/device: where a device begins (RFC 8628 section 3.1). */
export function authorizeDeviceRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const { settings, store } = services;
  const limit = limitByIp(settings.limitByIp ? store.limits : null, LIMIT);

  routes.post("/user_management/authorize/device", async (context) => {
    const { text } = await readTokenRequest(context);
    const body = parseJson(text, authorizeDevice);
    const client = await requireClient(services, context, body);
    requireDeviceSignIn(client);
    // An app's server asks for many devices from one address.
    if (!client.isAuthenticated) await limit(context, async () => undefined);
    const { deviceCode, userCode } = await startDeviceGrant(services, {
      app: client.app,
      userAgent: context.req.header("user-agent") ?? null,
      ip: context.env.ip,
    });
    const page = `${settings.publicUrl()}${DEVICE_PAGE}`;
    const user_code = showUserCode(userCode);
    const answer: DeviceAuthorization = {
      device_code: deviceCode,
      user_code,
      verification_uri: page,
      verification_uri_complete: `${page}?user_code=${user_code}`,
      expires_in: DEVICE_LIFETIME_S,
      interval: DEVICE_INTERVAL_S,
    };
    return context.json(answer);
  });
  return routes;
}
