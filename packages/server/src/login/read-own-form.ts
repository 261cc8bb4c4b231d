import { LatchkeyError } from "@latchkey/core/errors";
import type { RequestContext } from "../http/context.ts";
import type { Services } from "../services.ts";
import { type LoginForm, readLoginForm } from "./read-login-form.ts";
import { isSameOriginPost } from "./same-origin.ts";

/** The fields of a form that a page of this server posted. Throws `cross_site_form`. */
export async function readOwnForm(services: Services, context: RequestContext): Promise<LoginForm> {
  if (isSameOriginPost(context.req.raw, services.settings.publicUrl())) {
    return readLoginForm(context);
  }
  throw new LatchkeyError("cross_site_form", 403, "Forms are taken from this site's pages only.");
}
