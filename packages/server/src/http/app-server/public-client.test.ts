import { crypto } from "@latchkey/core/crypto";
import { base64url, utf8 } from "@latchkey/core/encoding";
import type { AuthenticationAnswer } from "@latchkey/core/protocol/app-server";
import { decodeJwt } from "@latchkey/core/tokens/jwt";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openAppServer, type TestAppServer } from "../testing/app-server.ts";
import { type Answer, send } from "../testing/test-page.ts";
import { ORIGIN, openTestServer, type TestServer } from "../testing/test-server.ts";
import { sharedDomain } from "./refresh-cookie.ts";

const PATH = "/user_management/authenticate";
let server: TestServer;
let backend: TestAppServer;
let cookies: Map<string, string>;
beforeEach(async () => {
  cookies = new Map();
  server = await openTestServer({
    app: { publicClients: true, allowedOrigins: [ORIGIN, "http://localhost:5173"] },
  });
  backend = openAppServer(server);
});
afterEach(() => server.close());

/** A page of the app, with the cookies that the server set before. */
async function fromPage(body: object, origin: string | undefined = ORIGIN): Promise<Answer> {
  const answer = await send(server.fetch, PATH, {
    body: { client_id: server.app.clientId, ...body },
    headers: { origin, cookie: [...cookies].map((pair) => pair.join("=")).join("; ") },
  });
  for (const line of answer.headers.getSetCookie()) {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (line.includes("Max-Age=0")) cookies.delete(name);
    else cookies.set(name, value);
  }
  return answer;
}

async function signIn(origin?: string): Promise<Answer> {
  const code_verifier = base64url(crypto.randomBytes(32));
  const codeChallenge = base64url(await crypto.sha256(utf8(code_verifier)));
  const code = await backend.code({ codeChallenge });
  return fromPage({ grant_type: "authorization_code", code, code_verifier }, origin);
}
const refresh = (more: object = {}, origin?: string) =>
  fromPage({ grant_type: "refresh_token", ...more }, origin);
const cookieName = () => `__Host-latchkey-refresh-${server.app.clientId}`;

test("a page gets its refresh token in a cookie that no script reads, and in no body (R6)", async () => {
  const answer = await signIn();
  expect(answer.status, answer.text).toBe(200);
  expect(Object.keys(answer.as<object>())).not.toContain("refresh_token");
  expect(answer.text).not.toContain("lk1.");
  const [held, hint] = answer.headers.getSetCookie();
  expect(held).toMatch(
    new RegExp(
      `^${cookieName()}=lk1\\.[^;]+; Max-Age=34560000; HttpOnly; Path=/; SameSite=None; Secure$`,
    ),
  );
  // Only that there is a session, and readable for pages of the same site.
  expect(hint).toBe(
    `workos-has-session=${server.app.clientId}; Path=/; Max-Age=34560000; SameSite=Lax; Secure; Domain=example.com`,
  );
  expect(answer.headers.get("access-control-allow-origin")).toBe(ORIGIN);
  expect(answer.headers.get("access-control-allow-credentials")).toBe("true");
});

test("it refreshes by the cookie alone, in parallel too, and stays cookie-held whatever it sends", async () => {
  await signIn();
  const token = cookies.get(cookieName());
  const answers = await Promise.all(Array.from({ length: 8 }, () => refresh()));
  for (const answer of answers) {
    expect(answer.status, answer.text).toBe(200);
    expect(Object.keys(answer.as<object>())).not.toContain("refresh_token");
  }
  const stolen = await send(server.fetch, PATH, {
    body: { client_id: server.app.clientId, grant_type: "refresh_token", refresh_token: token },
  });
  expect(stolen.status).toBe(200);
  expect(stolen.text).not.toContain("lk1.");
});

test("only a terminal answer takes the cookies away (R5)", async () => {
  const { access_token } = (await signIn()).as<AuthenticationAnswer>();
  const denied = await refresh({ organization_id: "org_none" });
  expect([denied.status, denied.headers.getSetCookie()]).toEqual([403, []]);
  const sid = String(decodeJwt(access_token)?.payload.sid);
  await server.services.store.sessions.end(sid, "revoked");
  const over = await refresh();
  expect([over.status, over.as<{ error: string }>().error]).toEqual([400, "invalid_grant"]);
  expect(over.headers.get("access-control-allow-origin")).toBe(ORIGIN);
  expect([...cookies]).toEqual([]);
});

test("a page of another origin gets nothing, before anything happens (ASVS 3.5.1)", async () => {
  await signIn();
  const before = cookies.get(cookieName());
  for (const origin of ["https://evil.example", "null", "https://app.example.com.evil.example"]) {
    const answer = await refresh({}, origin);
    expect([answer.status, answer.as<{ error: string }>().error]).toEqual([403, "invalid_origin"]);
    expect(answer.text).not.toContain("access_token");
    expect(answer.headers.getSetCookie()).toEqual([]);
  }
  expect((await signIn("https://evil.example")).status).toBe(403);
  // A form or a navigation names no page: it cannot use the cookie at all.
  const nameless = await send(server.fetch, PATH, {
    body: { client_id: server.app.clientId, grant_type: "refresh_token" },
    headers: { cookie: `${cookieName()}=${before}` },
  });
  expect([nameless.status, nameless.as<{ error: string }>().error]).toEqual([
    400,
    "invalid_request",
  ]);
});

test("on this machine, and where there is no page, the token is in the body as clients there keep it", async () => {
  for (const origin of ["http://localhost:5173", undefined]) {
    const code_verifier = base64url(crypto.randomBytes(32));
    const codeChallenge = base64url(await crypto.sha256(utf8(code_verifier)));
    const code = await backend.code({ codeChallenge });
    const answer = await send(server.fetch, PATH, {
      body: {
        client_id: server.app.clientId,
        grant_type: "authorization_code",
        code,
        code_verifier,
      },
      headers: { origin },
    });
    expect(answer.headers.getSetCookie()).toEqual([]);
    const { refresh_token } = answer.as<AuthenticationAnswer>();
    expect(
      (await refresh({ refresh_token }, origin)).as<AuthenticationAnswer>().refresh_token,
    ).toMatch(/^lk1\./);
  }
});

test("preflights are granted, and an answer with the app's secret is for no page", async () => {
  const preflight = await send(server.fetch, PATH, {
    method: "OPTIONS",
    headers: {
      origin: ORIGIN,
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type",
    },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-headers")).toBe("content-type");
  const code = await backend.code();
  const withSecret = await backend.authenticate(
    { grant_type: "authorization_code", code },
    { origin: ORIGIN },
  );
  expect(withSecret.status).toBe(200);
  expect(withSecret.headers.get("access-control-allow-origin")).toBeNull();
});

test("several apps of one site share the hint, each with a cookie of its own", async () => {
  await signIn();
  cookies.set("workos-has-session", `client_other.${server.app.clientId}`);
  const answer = await refresh();
  expect(answer.headers.getSetCookie().join()).toContain(
    `workos-has-session=client_other.${server.app.clientId};`,
  );
});

test.each([
  ["app.example.com", "auth.example.com", "example.com"],
  ["example.com", "auth.example.com", "example.com"],
  ["a.b.example.co.uk", "c.b.example.co.uk", "b.example.co.uk"],
  ["app.example.com", "auth.example.org", null],
  ["app.one.com", "auth.two.com", null],
  ["auth.example.com", "auth.example.com", null],
  ["127.0.0.1", "10.0.0.1", null],
  ["localhost", "app.localhost", null],
])("%s and %s share %s", (one, other, domain) => {
  expect(sharedDomain(one, other)).toBe(domain);
});
