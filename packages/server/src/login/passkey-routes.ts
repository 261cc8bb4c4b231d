/** What the hosted pages' script is, and what it asks. */
import { Hono } from "hono";
import type { RequestEnv } from "../http/context.ts";
import { beginPasskeySignIn } from "../passkeys/ceremonies.ts";
import type { Services } from "../services.ts";
import { loginLimits } from "./login-limits.ts";
import { openLogin } from "./open-login.ts";
import { privateAnswer } from "./page-response.ts";
import { PASSKEY_SCRIPT_PATH } from "./pages/passkey-form.ts";
import { hostedPage } from "./passkey-page.ts";
import { PASSKEY_SCRIPT } from "./passkey-script.ts";
import { readOwnForm } from "./read-own-form.ts";

export function passkeyPages(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const limits = loginLimits(services);

  routes.get(PASSKEY_SCRIPT_PATH, (context) => {
    context.header("cache-control", "public, max-age=300");
    context.header("content-type", "text/javascript; charset=utf-8");
    return context.body(PASSKEY_SCRIPT);
  });

  routes.post("/login/passkeys/options", async (context) => {
    privateAnswer(context);
    const form = await readOwnForm(services, context);
    const known = { app: null, redirectUri: null, goBack: null };
    const { app, bindingCookie } = await openLogin(services, context, form.request, known);
    await limits.passkey(context);
    const page = await hostedPage(services, app, bindingCookie);
    return context.json(await beginPasskeySignIn(services, page));
  });

  return routes;
}
