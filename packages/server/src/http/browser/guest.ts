import { crypto } from "@latchkey/core/crypto";
import { base64url, utf8 } from "@latchkey/core/encoding";
import { LatchkeyError } from "@latchkey/core/errors";
import { guestAuthenticate } from "@latchkey/core/protocol/browser-requests";
import { Hono } from "hono";
import type { Services } from "../../services.ts";
import { requireNoAllowlist } from "../../users/allowlist.ts";
import type { RequestEnv } from "../context.ts";
import { limitByIp } from "../middleware/ip-limit.ts";
import { readJson } from "../read-body.ts";
import { beginSession } from "./begin-session.ts";

/** Guests prove themselves by 256 random bits that their browser made; a digest of it is kept. */
export function guestRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const limits = services.settings.limitByIp ? services.store.limits : null;
  routes.post(
    "/guest/authenticate",
    limitByIp(limits, { name: "guest", max: 60, windowMs: 3_600_000 }),
    async (context) => {
      const { app } = context.var.caller;
      if (!app.settings.guestAuth) {
        throw new LatchkeyError(
          "disallowed_login_method",
          403,
          "This app has no guests. Switch guestAuth on in its settings.",
        );
      }
      requireNoAllowlist(app);
      const body = await readJson(context, guestAuthenticate);
      const subject = base64url(await crypto.sha256(utf8(body.guest_credential)));
      const answer = await beginSession(services, context, {
        account: { type: "guest", subject },
        method: "guest",
        allowSignUp: true,
        isGuest: true,
      });
      return context.json(answer);
    },
  );
  return routes;
}
