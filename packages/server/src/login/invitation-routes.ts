/** The page that a mailed invitation leads to. A GET accepts nothing: mail scanners follow links too. */
import { Hono } from "hono";
import type { App } from "../apps/app-directory.ts";
import type { RequestContext, RequestEnv } from "../http/context.ts";
import {
  findByToken,
  INVITATION_PAGE,
  invalidInvitation,
  requireInvitation,
} from "../organizations/invitations.ts";
import type { Services } from "../services.ts";
import type { Invitation } from "../storage/store.ts";
import { answerWithPages, type KnownSoFar } from "./answer-with-pages.ts";
import { wayToApp } from "./app-home.ts";
import { joinInvited } from "./complete-login.ts";
import { hostLogin } from "./host-login.ts";
import { beginLogin } from "./open-login.ts";
import { pageResponse } from "./page-response.ts";
import { brandingOf } from "./pages/branding.ts";
import { invitationPage } from "./pages/invitation-page.ts";
import { messagePage } from "./pages/message-page.ts";
import { readOwnForm } from "./read-own-form.ts";
import { redirectTo } from "./redirect-answer.ts";
import { signedInHere } from "./silent-sign-in.ts";

export function invitationPages(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const { store, directory, settings } = services;

  routes.get(INVITATION_PAGE, (context) =>
    answerWithPages(services, context, async (known) => {
      const token = context.req.query("token") ?? "";
      const { app, invitation } = await open(token, known);
      const { organizationId, email } = invitation;
      const organization =
        organizationId === null ? null : await store.organizations.find(app.id, organizationId);
      const page = { branding: brandingOf(app), token, email };
      return pageResponse(
        context,
        invitationPage({ ...page, organizationName: organization?.name ?? null }),
      );
    }),
  );

  routes.post(INVITATION_PAGE, (context) =>
    answerWithPages(services, context, async (known) => {
      const { token = "" } = await readOwnForm(services, context);
      const { app, invitation } = await open(token, known);
      const { email } = invitation;
      const user = await store.users.findByAccount(app.id, { type: "email", subject: email });
      const login = hostLogin(app, settings.publicUrl(), {
        intent: user ? "sign-in" : "sign-up",
        loginHint: email,
        invitationToken: token,
      });
      const signedIn = await signedInHere(services, context, app, login);
      if (!signedIn) {
        const url = await beginLogin(services, context, login, { kind: "invitation" });
        return redirectTo(context, url, 303);
      }
      const joined = await joinInvited(services, app, signedIn.userId, token);
      return showJoined(services, context, app, joined);
    }),
  );

  /** Throws `invitation_invalid`. */
  async function open(
    token: string,
    known: KnownSoFar,
  ): Promise<{ app: App; invitation: Invitation }> {
    const found = await findByToken(services, token);
    const app = found && (await directory.find(found.appId));
    if (!app) throw invalidInvitation();
    known.app = app;
    known.goBack = wayToApp(app)[0] ?? null;
    return { app, invitation: await requireInvitation(services, app, token, null) };
  }

  return routes;
}

export async function showJoined(
  { store }: Pick<Services, "store">,
  context: RequestContext,
  app: App,
  organizationId: string | null,
): Promise<Response> {
  const organization =
    organizationId === null ? null : await store.organizations.find(app.id, organizationId);
  const page = messagePage({
    branding: brandingOf(app),
    title: `You have joined ${organization?.name ?? app.name}`,
    text: `You are signed in here. Go on in ${app.name}.`,
    ways: wayToApp(app),
    details: null,
  });
  return pageResponse(context, page);
}
