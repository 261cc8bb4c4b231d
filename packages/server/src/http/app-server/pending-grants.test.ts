import type {
  AppServerErrorBody,
  AuthenticationAnswer,
  WireMembership,
  WireOrganization,
} from "@latchkey/core/protocol/app-server";
import {
  EMAIL_VERIFICATION_GRANT,
  MAGIC_AUTH_GRANT,
  ORGANIZATION_SELECTION_GRANT,
} from "@latchkey/core/protocol/app-server-requests";
import { decodeJwt } from "@latchkey/core/tokens/jwt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openAppServer, type TestAppServer } from "../testing/app-server.ts";
import type { Answer } from "../testing/test-page.ts";
import { openTestServer, type TestServer } from "../testing/test-server.ts";

const USERS = "/user_management/users";
const MEMBERSHIPS = "/user_management/organization_memberships";
const PASSWORD = "seven green lanterns drift";

let clock = Date.now();
let server: TestServer;
let backend: TestAppServer;
/** Of an app that asks for a choice. */
let choosing: TestAppServer;
beforeAll(async () => {
  server = await openTestServer({ now: () => clock, app: { passwordAuth: true } });
  backend = openAppServer(server);
  const settings = { passwordAuth: true, organizationSelection: true };
  choosing = openAppServer(server, await server.addApp(settings));
});
afterAll(() => server.close());

interface Waiting extends AppServerErrorBody {
  readonly pending_authentication_token: string;
  readonly email_verification_id: string;
  readonly organizations: { id: string; name: string }[];
}

const told = (answer: Answer) => [answer.status, answer.code];
const signIn = (app: TestAppServer, email: string) =>
  app.authenticate({ grant_type: "password", email, password: PASSWORD });
const create = (app: TestAppServer, email: string, verified = false) =>
  app.post(USERS, { email, password: PASSWORD, email_verified: verified });
const verify = (app: TestAppServer, token: string, code: string, headers = {}) =>
  app.authenticate(
    { grant_type: EMAIL_VERIFICATION_GRANT, pending_authentication_token: token, code },
    headers,
  );

async function waitForProof(app: TestAppServer, email: string): Promise<Waiting> {
  await create(app, email);
  return (await signIn(app, email)).as<Waiting>();
}

describe("an unproven address (ASVS 6.2.1)", () => {
  test("signs in with its password once a mailed code proved it, and without from then on", async () => {
    const email = "ada@example.com";
    await create(backend, email);
    const refused = await signIn(backend, email);
    expect(told(refused)).toEqual([403, "email_verification_required"]);
    const waiting = refused.as<Waiting>();
    expect(Object.keys(waiting).sort()).toEqual([
      "code",
      "email",
      "email_verification_id",
      "message",
      "pending_authentication_token",
    ]);
    const { pending_authentication_token: token } = waiting;
    const code = await server.codeFor(email);
    const key = { "idempotency-key": "retry-verify" };
    const answers = [
      await verify(backend, token, code, key),
      await verify(backend, token, code, key),
    ];
    const [first, second] = answers.map((answer) => answer.as<AuthenticationAnswer>());
    expect(first).toMatchObject({
      user: { email, email_verified: true },
      authentication_method: "Password",
    });
    expect(second?.refresh_token).toBe(first?.refresh_token);
    expect(told(await verify(backend, token, code))).toEqual([
      400,
      "invalid_pending_authentication_token",
    ]);
    expect((await signIn(backend, email)).status).toBe(200);
  });

  test("keeps waiting after a wrong code, and not after ten minutes", async () => {
    const email = "grace@example.com";
    const { pending_authentication_token: token } = await waitForProof(backend, email);
    const wrong = (await server.codeFor(email)) === "000000" ? "000001" : "000000";
    expect(told(await verify(backend, token, wrong))).toEqual([400, "invalid_one_time_code"]);
    clock += 601_000;
    expect(told(await verify(backend, token, wrong))).toEqual([
      400,
      "invalid_pending_authentication_token",
    ]);
  });

  test("is not proven by a code for signing in, nor by a token of another app", async () => {
    const email = "hedy@example.com";
    const { pending_authentication_token: token } = await waitForProof(backend, email);
    const verification = await server.codeFor(email);
    const asMagicAuth = { grant_type: MAGIC_AUTH_GRANT, email, code: verification };
    expect(told(await backend.authenticate(asMagicAuth))).toEqual([400, "invalid_one_time_code"]);
    expect(told(await verify(choosing, token, verification))).toEqual([
      400,
      "invalid_pending_authentication_token",
    ]);
    expect((await verify(backend, token, verification)).status).toBe(200);
  });

  test("is told to nobody who does not know the password (ASVS 6.3.8)", async () => {
    await create(backend, "mary@example.com");
    const guess = { grant_type: "password", email: "mary@example.com", password: "x" };
    expect(told(await backend.authenticate(guess))).toEqual([400, "invalid_credentials"]);
  });
});

describe("an app that asks for an organization", () => {
  async function member(email: string, names: string[]): Promise<WireOrganization[]> {
    const { id: user_id } = (await create(choosing, email, true)).as<{ id: string }>();
    const organizations: WireOrganization[] = [];
    for (const name of names) {
      const made = (await choosing.post("/organizations", { name })).as<WireOrganization>();
      const organization_id = made.id;
      (await choosing.post(MEMBERSHIPS, { user_id, organization_id })).as<WireMembership>();
      organizations.push(made);
    }
    return organizations;
  }
  const choose = (token: string, organization_id: string) =>
    choosing.authenticate({
      grant_type: ORGANIZATION_SELECTION_GRANT,
      pending_authentication_token: token,
      organization_id,
    });
  const orgOf = (answer: Answer) =>
    decodeJwt(answer.as<AuthenticationAnswer>().access_token)?.payload.org_id;

  test("lets who belongs to several choose one, once, and only one of theirs", async () => {
    const email = "joan@example.com";
    const [first, second] = await member(email, ["First", "Second"]);
    const [foreign] = await member("else@example.com", ["Foreign"]);
    const refused = await signIn(choosing, email);
    expect(told(refused)).toEqual([403, "organization_selection_required"]);
    const waiting = refused.as<Waiting>();
    // Two that were made in one millisecond come in any order.
    expect([...waiting.organizations].sort((a, b) => a.name.localeCompare(b.name))).toEqual([
      { id: first?.id, name: "First" },
      { id: second?.id, name: "Second" },
    ]);
    expect(Object.keys(waiting).sort()).toEqual([
      "code",
      "message",
      "organizations",
      "pending_authentication_token",
      "user",
    ]);
    const token = waiting.pending_authentication_token;
    const denied = await choose(token, foreign?.id ?? "");
    expect(told(denied)).toEqual([403, "access_denied"]);
    const chosen = await choose(token, second?.id ?? "");
    expect(chosen.as<AuthenticationAnswer>().organization_id).toBe(second?.id);
    expect(orgOf(chosen)).toBe(second?.id);
    expect(told(await choose(token, first?.id ?? ""))).toEqual([
      400,
      "invalid_pending_authentication_token",
    ]);
  });

  test("puts who belongs to one into it, and asks who belongs to none for nothing", async () => {
    const [only] = await member("one@example.com", ["Only"]);
    expect(orgOf(await signIn(choosing, "one@example.com"))).toBe(only?.id);
    await member("none@example.com", []);
    expect(orgOf(await signIn(choosing, "none@example.com"))).toBeUndefined();
  });

  test("asks after a magic-auth code and after proving an address, too", async () => {
    const email = "both@example.com";
    const [, second] = await member(email, ["A", "B"]);
    await choosing.post("/user_management/magic_auth", { email });
    const code = await server.codeFor(email);
    const byCode = await choosing.authenticate({ grant_type: MAGIC_AUTH_GRANT, email, code });
    expect(told(byCode)).toEqual([403, "organization_selection_required"]);
    const chosen = await choose(
      byCode.as<Waiting>().pending_authentication_token,
      second?.id ?? "",
    );
    expect(chosen.as<AuthenticationAnswer>()).toMatchObject({
      organization_id: second?.id,
      authentication_method: "MagicAuth",
    });
  });
});
