/** The page on which somebody who belongs to several organizations chooses one. */
import { LatchkeyError } from "@latchkey/core/errors";
import { isReturnUrl } from "@latchkey/core/return-urls";
import { Hono } from "hono";
import type { App } from "../apps/app-directory.ts";
import type { RequestContext, RequestEnv } from "../http/context.ts";
import { activeOrganizations } from "../organizations/active-organizations.ts";
import type { Services } from "../services.ts";
import { answerWithPages, type KnownSoFar } from "./answer-with-pages.ts";
import { redirectWithCode } from "./complete-login.ts";
import { formTargets } from "./open-login.ts";
import { ORGANIZATION_PAGE, type OrganizationChoice, openChoice } from "./organization-choice.ts";
import { pageResponse } from "./page-response.ts";
import { brandingOf } from "./pages/branding.ts";
import { organizationPage } from "./pages/organization-page.ts";
import { readOwnForm } from "./read-own-form.ts";

export function organizationRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();

  routes.get(ORGANIZATION_PAGE, (context) =>
    answerWithPages(services, context, async (known) => {
      const choose = context.req.query("choose") ?? "";
      const { app, choice } = await open(context, choose, known);
      const organizations = await activeOrganizations(services.store, app.id, choice.userId);
      const page = organizationPage({ branding: brandingOf(app), choose, organizations });
      return pageResponse(context, page, { formTargets: formTargets({ app, ...choice }) });
    }),
  );

  routes.post(ORGANIZATION_PAGE, (context) =>
    answerWithPages(services, context, async (known) => {
      const { choose = "", organization = "" } = await readOwnForm(services, context);
      const { app, choice } = await open(context, choose, known);
      const request = { ...choice.request, organizationId: organization };
      return redirectWithCode(services, context, { app, ...choice, request }, 303);
    }),
  );

  async function open(
    context: RequestContext,
    sealed: string,
    known: KnownSoFar,
  ): Promise<{ app: App; choice: OrganizationChoice }> {
    const choice = await openChoice(services, context, sealed);
    const { appId, redirectUri } = choice.request;
    const app = await services.directory.find(appId);
    known.app = app;
    // Again, because the address may have been taken off the list meanwhile.
    if (!app || !isReturnUrl(redirectUri, app.settings.redirectUris)) {
      throw new LatchkeyError("login_request_invalid", 400, "The choice leads nowhere any more.");
    }
    known.redirectUri = redirectUri;
    return { app, choice };
  }

  return routes;
}
