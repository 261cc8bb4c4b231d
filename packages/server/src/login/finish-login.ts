import type { App } from "../apps/app-directory.ts";
import type { RequestContext } from "../http/context.ts";
import type { Services } from "../services.ts";
import { emailAccount } from "../users/app-server-user.ts";
import { accountLink } from "./account/account-paths.ts";
import { sealFreshSignIn } from "./account/fresh-sign-in.ts";
import { connectionOfUser, goToConnection } from "./bound-address.ts";
import { type Completed, joinInvited, redirectWithCode } from "./complete-login.ts";
import { decisionUrl } from "./device-decision.ts";
import { showJoined } from "./invitation-routes.ts";
import type { LoginRequest } from "./login-request.ts";
import { redirectTo } from "./redirect-answer.ts";

/** The last step of a sign-in on the pages: on to where it was begun for. */
export async function finishLogin(
  services: Services,
  context: RequestContext,
  completed: Completed & { readonly request: LoginRequest },
): Promise<Response> {
  const { app, request, userId, method, authenticatedAt } = completed;
  const { end } = request;
  const connection = await connectionOfUser(services, app, userId, method);
  if (connection) return goToConnection(services, context, request, connection);
  switch (end.kind) {
    case "app":
      return redirectWithCode(services, context, completed, 303);
    case "device": {
      const { grantId, userCode } = end;
      const email = await shownAddress(services, app, completed);
      const who = { appId: app.id, userId, email, method, authenticatedAt };
      const url = await decisionUrl(services, context, { grantId, userCode, ...who });
      return redirectTo(context, url, 303);
    }
    case "account": {
      const signIn = { appId: app.id, userId, authenticatedAt, since: authenticatedAt };
      const as = await sealFreshSignIn(services, context, signIn);
      return redirectTo(context, accountLink(app.clientId, { as }), 303);
    }
    case "invitation":
      return showJoined(
        services,
        context,
        app,
        await joinInvited(services, app, userId, request.invitationToken),
      );
  }
}

/** Who is asked about the device: the address that was typed, or that the user has. */
async function shownAddress(
  { store }: Services,
  app: App,
  { request, userId }: Completed & { readonly request: LoginRequest },
): Promise<string> {
  if (request.email !== null) return request.email;
  const user = await store.users.find(app.id, userId);
  return (user && emailAccount(user)?.subject) ?? "";
}
