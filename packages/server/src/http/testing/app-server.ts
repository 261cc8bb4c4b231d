import type { AuthenticationAnswer } from "@latchkey/core/protocol/app-server";
import { newCuid, newServerUserId } from "../../apps/ids.ts";
import { issueAuthorizationCode } from "../../sessions/authorization-codes.ts";
import type { User } from "../../storage/store.ts";
import { emailAccount } from "../../users/app-server-user.ts";
import { type Answer, type CallOptions, send } from "./test-page.ts";
import type { TestServer } from "./test-server.ts";

export const CALLBACK = "https://app.example.com/callback";

/** One app's server: knows its client id and API key, and sends what the vendor's SDK sends. */
export interface TestAppServer {
  call(path: string, options?: CallOptions): Promise<Answer>;
  post(path: string, body: object, headers?: CallOptions["headers"]): Promise<Answer>;
  /** POST /user_management/authenticate with client id and secret. */
  authenticate(body: object, headers?: CallOptions["headers"]): Promise<Answer>;
  /** The user of an address, made when there is none. */
  user(email: string): Promise<User>;
  /** A code as the hosted pages issue it. */
  code(options?: {
    email?: string;
    codeChallenge?: string;
    organizationId?: string;
  }): Promise<string>;
  /** A whole sign-in. */
  signIn(options?: { email?: string; organizationId?: string }): Promise<AuthenticationAnswer>;
  refresh(refresh_token: string, more?: object): Promise<Answer>;
}

export function openAppServer(
  server: TestServer,
  app = { id: server.app.id, clientId: server.app.clientId, apiKey: server.apiKey },
): TestAppServer {
  const { services } = server;
  const bearer = { authorization: `Bearer ${app.apiKey}` };
  const call: TestAppServer["call"] = (path, options = {}) =>
    send(server.fetch, path, { ...options, headers: { ...bearer, ...options.headers } });
  const post: TestAppServer["post"] = (path, body, headers = {}) => call(path, { body, headers });
  const authenticate: TestAppServer["authenticate"] = (body, headers = {}) =>
    post(
      "/user_management/authenticate",
      { client_id: app.clientId, client_secret: app.apiKey, ...body },
      headers,
    );

  async function user(email: string): Promise<User> {
    const account = { type: "email", subject: email };
    const result = await services.store.users.proveAccount({
      appId: app.id,
      account,
      allowSignUp: true,
      newUser: { id: newCuid(), serverId: newServerUserId() },
      maxUsers: null,
      codeId: null,
    });
    if (result.kind !== "proven" || !emailAccount(result.user)) throw new TypeError(result.kind);
    return result.user;
  }

  const code: TestAppServer["code"] = async (options = {}) => {
    const found = await services.directory.find(app.id);
    if (!found) throw new TypeError("The app is not there.");
    return issueAuthorizationCode(services, {
      app: found,
      userId: (await user(options.email ?? "ada@example.com")).id,
      redirectUri: CALLBACK,
      codeChallenge: options.codeChallenge ?? null,
      method: "email",
      authenticatedAt: await services.store.now(),
      organizationId: options.organizationId ?? null,
    });
  };

  return {
    call,
    post,
    authenticate,
    user,
    code,
    async signIn(options = {}) {
      const answer = await authenticate({
        grant_type: "authorization_code",
        code: await code(options),
      });
      if (answer.status !== 200) throw new TypeError(`Not signed in: ${answer.text}`);
      return answer.as<AuthenticationAnswer>();
    },
    refresh: (refresh_token, more = {}) =>
      authenticate({ grant_type: "refresh_token", refresh_token, ...more }),
  };
}
