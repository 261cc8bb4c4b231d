import { LatchkeyError } from "@latchkey/core/errors";
import type {
  AuthenticateRequest,
  DEVICE_CODE_GRANT,
} from "@latchkey/core/protocol/app-server-requests";
import type { Services } from "../../services.ts";
import {
  exchangeDeviceGrant,
  offersDeviceSignIn,
  type RefusedDevice,
} from "../../sessions/device-grants.ts";
import { appServerPolicy } from "../../sessions/policy.ts";
import type { SignedIn } from "../../sessions/sign-in.ts";
import type { RequestContext } from "../context.ts";
import { type Client, endUser, repeatable } from "./client.ts";

type DeviceRequest = Extract<AuthenticateRequest, { grant_type: typeof DEVICE_CODE_GRANT }>;

/** RFC 8628 section 3.4: a device asks whether it is signed in. `text` is the body as it came. */
export async function deviceGrant(
  services: Services,
  context: RequestContext,
  client: Client,
  body: DeviceRequest,
  text: string,
): Promise<SignedIn> {
  const { app, isAuthenticated } = client;
  requireDeviceSignIn(client);
  const result = await exchangeDeviceGrant(services, {
    app,
    deviceCode: body.device_code,
    clientAuthenticated: isAuthenticated,
    policy: appServerPolicy(app, services.settings.sessions),
    ...endUser(context, client, body),
    repeatable: repeatable(context, app, text),
  });
  if (result.kind === "exchanged") {
    services.metrics.signIn("device", app.id);
    return result.signedIn;
  }
  const [code, message] = REFUSED[result.reason];
  throw new LatchkeyError(code, 400, message);
}

/** Throws `unauthorized_client` for an app that signs no devices in. */
export function requireDeviceSignIn({ app }: Client): void {
  if (offersDeviceSignIn(app)) return;
  throw new LatchkeyError(
    "unauthorized_client",
    400,
    "This app signs no devices in. Switch deviceSignIn on in its settings.",
  );
}

/** RFC 8628 section 3.5. */
const REFUSED: Readonly<Record<RefusedDevice, readonly [string, string]>> = {
  pending: ["authorization_pending", "Nobody has decided yet. Ask again after the interval."],
  too_fast: ["slow_down", "That was too soon. Wait five seconds longer before each further time."],
  denied: ["access_denied", "The person refused to sign this device in."],
  code_expired: ["expired_token", "The device code has run out. Ask for a new one."],
  code_spent: ["invalid_grant", "The device code was used before. Ask for a new one."],
  unknown: ["invalid_grant", "This app has no such device code. Ask for a new one."],
  no_such_user: ["invalid_grant", "The user who approved this device was deleted."],
  user_disabled: [
    "invalid_grant",
    "The user who approved this device was disabled by an operator.",
  ],
};
