import { Hono } from "hono";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { beforeEach, describe, expect, test } from "vitest";
import { PAGE_POLICY } from "./page-policy.ts";
import { testProviderRoutes } from "./test-provider.ts";

const ORIGIN = "http://localhost:4400";
const ISSUER = `${ORIGIN}/dev/idp`;
const CALLBACK = `${ORIGIN}/api/v1/oauth/callback/conn_1`;
// RFC 7636 appendix B.
const VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const ASKED = {
  client_id: "demo",
  redirect_uri: CALLBACK,
  state: "s1",
  nonce: "n1",
  code_challenge: CHALLENGE,
};

let clock = Date.now();
let app: Hono;
beforeEach(() => {
  const routes = testProviderRoutes(
    () => ORIGIN,
    () => clock,
  );
  app = new Hono().route("/", routes);
  app.onError((error, context) => context.text(error.message, 400));
});

const post = (path: string, fields: Record<string, string>) =>
  app.request(`/dev/idp${path}`, { method: "POST", body: new URLSearchParams(fields) });
const answerTo = async (fields: Record<string, string>) =>
  new URL((await post("/authorize", { ...ASKED, ...fields })).headers.get("location") ?? "");
const redeem = async (code: string | null, fields: Record<string, string> = {}) =>
  post("/token", { code: code ?? "", redirect_uri: CALLBACK, code_verifier: VERIFIER, ...fields });

describe("development's own provider", () => {
  test("makes whoever types an address that person, by a code that is good once", async () => {
    const back = await answerTo({ email: " Ada@Example.com " });
    expect(back.origin + back.pathname).toBe(CALLBACK);
    expect([back.searchParams.get("state"), back.searchParams.get("iss")]).toEqual(["s1", ISSUER]);
    const code = back.searchParams.get("code");
    const { id_token } = (await (await redeem(code)).json()) as { id_token: string };
    const keys = (await (await app.request("/dev/idp/jwks.json")).json()) as JSONWebKeySet;
    expect(JSON.stringify(keys)).not.toContain('"d"');
    const expected = { issuer: ISSUER, audience: "demo", currentDate: new Date(clock) };
    const { payload } = await jwtVerify(id_token, createLocalJWKSet(keys), expected);
    expect(payload).toMatchObject({
      sub: "ada@example.com",
      email: "ada@example.com",
      email_verified: true,
      nonce: "n1",
    });
    expect((await redeem(code)).status).toBe(400);
  });

  test("gives nothing for a wrong verifier, another redirect URI or a code that is too old", async () => {
    for (const fields of [
      { code_verifier: `${VERIFIER}x` },
      { redirect_uri: `${CALLBACK}x` },
      "too old",
    ] as const) {
      const code = (await answerTo({ email: "ada@example.com" })).searchParams.get("code");
      if (fields === "too old") clock += 121_000;
      const answer = await redeem(code, fields === "too old" ? {} : fields);
      expect([answer.status, await answer.json()]).toEqual([400, { error: "invalid_grant" }]);
    }
  });

  test("says that it was cancelled, and what is no address", async () => {
    const back = await answerTo({ cancel: "1" });
    expect([back.searchParams.get("error"), back.searchParams.get("code")]).toEqual([
      "access_denied",
      null,
    ]);
    const again = await post("/authorize", { ...ASKED, email: '"><script>' });
    expect(again.status).toBe(422);
    const html = await again.text();
    expect(html).toContain('role="alert"');
    expect(html).not.toContain("<script>");
  });

  test("sends nobody to another machine", async () => {
    for (const redirect_uri of [
      "https://evil.example/cb",
      "https://localhost.evil.example/",
      "javascript:alert(1)",
      "",
    ]) {
      const query = new URLSearchParams({ ...ASKED, redirect_uri });
      expect((await app.request(`/dev/idp/authorize?${query}`)).status).toBe(400);
      expect((await post("/authorize", { ...ASKED, redirect_uri, email: "a@b.c" })).status).toBe(
        400,
      );
    }
  });

  test("shows a form that runs no script and is in no frame", async () => {
    const answer = await app.request(`/dev/idp/authorize?${new URLSearchParams(ASKED)}`);
    const policy = answer.headers.get("content-security-policy");
    expect(PAGE_POLICY).toContain(policy);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(await answer.text()).toContain("It asks for no proof");
  });
});
