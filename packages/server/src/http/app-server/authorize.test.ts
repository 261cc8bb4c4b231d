import { afterAll, beforeAll, expect, test } from "vitest";
import {
  CALLBACK,
  type LoginWorld,
  openLoginWorld,
  sentTo,
} from "../../login/testing/login-world.ts";

let world: LoginWorld;
beforeAll(async () => {
  world = await openLoginWorld();
});
afterAll(() => world.close());

const ask = (changes: Record<string, string | undefined>, extra = "") =>
  world.browser().request(`${world.authorizeUrl(changes)}${extra}`);

test.each([
  ["no client_id", { client_id: undefined }, "client_id_missing"],
  ["an unknown client_id", { client_id: "client_nobody" }, "unknown_client"],
  [
    "an app id of the other protocol",
    { client_id: "c0000000000000000000000000" },
    "unknown_client",
  ],
  ["no redirect_uri", { redirect_uri: undefined }, "redirect_uri_missing"],
  [
    "another redirect_uri",
    { redirect_uri: "https://evil.example/" },
    "redirect_uri_not_registered",
  ],
  ["a trailing slash", { redirect_uri: `${CALLBACK}/` }, "redirect_uri_not_registered"],
  ["a query of its own", { redirect_uri: `${CALLBACK}?a=b` }, "redirect_uri_not_registered"],
  [
    "http for https",
    { redirect_uri: CALLBACK.replace("https", "http") },
    "redirect_uri_not_registered",
  ],
])("%s is an error page, never a redirect (RFC 6749 4.1.2.1)", async (_name, changes, code) => {
  const page = await ask(changes);
  expect([page.status, page.location]).toEqual([400, null]);
  expect(page.text).toContain(code);
  expect(page.text).toContain(page.headers.get("x-request-id"));
  expect(page.headers.getSetCookie()).toEqual([]);
});

test("client_id and redirect_uri sent twice are refused (RFC 6749 3.1)", async () => {
  for (const extra of ["&client_id=client_x", "&redirect_uri=https://evil.example/"]) {
    expect((await ask({}, extra)).status).toBe(400);
  }
});

test.each([
  ["no response_type", { response_type: undefined }, "invalid_request"],
  ["response_type=token", { response_type: "token" }, "unsupported_response_type"],
  ["another provider", { provider: "GoogleOAuth" }, "invalid_request"],
  ["a connection", { connection_id: "conn_1" }, "invalid_request"],
  ["a plain challenge (RFC 9700 2.1.1)", { code_challenge_method: "plain" }, "invalid_request"],
  ["a challenge without a method", { code_challenge_method: undefined }, "invalid_request"],
  ["a method without a challenge", { code_challenge: undefined }, "invalid_request"],
  ["a challenge that is no SHA-256", { code_challenge: "abc" }, "invalid_request"],
  ["an unknown screen_hint", { screen_hint: "reset" }, "invalid_request"],
  ["an unknown prompt", { prompt: "create" }, "invalid_request"],
  ["prompt=none with another", { prompt: "none login" }, "invalid_request"],
  ["max_age that is no number", { max_age: "-1" }, "invalid_request"],
  ["an organization that is no id", { organization_id: "../x" }, "invalid_request"],
])("%s is told to the app, with its state (RFC 6749 4.1.2.1)", async (_name, changes, error) => {
  const page = await ask(changes);
  const url = sentTo(page);
  expect([page.status, `${url.origin}${url.pathname}`]).toEqual([302, CALLBACK]);
  expect([url.searchParams.get("error"), url.searchParams.get("state")]).toEqual([
    error,
    "state-1",
  ]);
  expect(url.searchParams.get("error_description")).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
  expect(url.searchParams.has("code")).toBe(false);
});

test("a parameter or the state sent twice is told to the app", async () => {
  for (const extra of ["&response_type=code", "&prompt=login&prompt=none", "&state=2"]) {
    expect(sentTo(await ask({}, extra)).searchParams.get("error")).toBe("invalid_request");
  }
});

test("what the vendor's SDKs may send beside is no fault", async () => {
  const page = await ask({
    provider: undefined,
    code_challenge: undefined,
    code_challenge_method: undefined,
    state: undefined,
    domain_hint: "example.com",
    claim_nonce: "x",
    provider_scopes: "a b",
    screen_hint: "sign-up",
    prompt: "consent",
    max_age: "0",
  });
  expect([page.status, page.location?.startsWith("/login?request=")]).toEqual([302, true]);
});

test("a program is answered in JSON, a person with a page", async () => {
  const url = world.authorizeUrl({ client_id: "client_nobody" });
  for (const accept of ["application/json", "*/*"]) {
    const answer = await world.browser().request(url, { headers: { accept } });
    expect([answer.status, JSON.parse(answer.html).code]).toEqual([400, "unknown_client"]);
  }
});

test("every request is sealed anew, and tells nothing of what is in it", async () => {
  const one = await ask({ login_hint: "ada@example.com" });
  const two = await ask({ login_hint: "ada@example.com" });
  expect(one.location).not.toBe(two.location);
  expect(
    atob((one.location ?? "").replace(/.*=/, "").replace(/-/g, "+").replace(/_/g, "/")),
  ).not.toContain("ada");
});
