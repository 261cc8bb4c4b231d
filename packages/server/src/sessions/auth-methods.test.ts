import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestServer, type TestServer } from "../http/testing/test-server.ts";
import { presets } from "../providers/presets.ts";
import { authMethodOf } from "../providers/provider-preset.ts";
import { signIn, signInRequest } from "../storage/testing/samples.ts";
import { authenticationAnswer, toWireSession } from "./app-server-answer.ts";

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server.close());

/** What the app is told of a session that was begun so. */
async function told(authMethod: string) {
  const { services, app: made } = server;
  const app = await services.directory.find(made.id);
  if (!app) throw new TypeError("The app is gone.");
  const request = signInRequest(app.id);
  const { user, session } = await signIn(services.store, {
    ...request,
    session: { ...request.session, protocol: "app_server", authMethod },
  });
  const now = session.createdAt;
  const input = { app, user, session, refreshToken: "token", now };
  const answer = await authenticationAnswer(services, input);
  return [answer.authentication_method, toWireSession(session, user, now).auth_method];
}

const named = presets.filter(({ key }) => key !== "oidc");

test.each(named.map(({ key, authkitName }) => [key, authkitName] as const))(
  "a sign-in with %s is called %s, in lists oauth",
  async (key, authkitName) => {
    const preset = presets.find((each) => each.key === key);
    const row = { id: "conn_1", preset: key, slug: preset?.slug ?? "", organizationId: null };
    expect(await told(authMethodOf(row))).toEqual([authkitName, "oauth"]);
  },
);

test("one with any other provider, and with an organization's connection, is SSO", async () => {
  const own = { id: "conn_1", preset: "oidc", slug: "custom:acme", organizationId: null };
  const bound = { ...own, preset: "google", slug: "google", organizationId: "org_1" };
  expect(authMethodOf(bound)).toBe("sso");
  for (const row of [own, bound]) expect(await told(authMethodOf(row))).toEqual(["SSO", "sso"]);
});
