import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ENDPOINTS } from "../testing/endpoints.ts";
import { basic, openPage, send } from "../testing/test-page.ts";
import { ORIGIN, openTestServer, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer({
    app: { allowedOrigins: [ORIGIN, "https://*.preview.example.com", "http://localhost:5173"] },
  });
});
afterAll(() => server.close());

const pathOf = (path: string) => `/api/v1${path.replace(":app", server.app.id)}`;
const allowed = (headers: Headers) => headers.get("access-control-allow-origin");

describe("a call of a page", () => {
  test("is answered to exactly the origin that asked, with credentials (ASVS 3.4.2)", async () => {
    for (const origin of [ORIGIN, "https://x-1.preview.example.com", "http://localhost:5173"]) {
      const answer = await openPage(server, { origin }).call(`/apps/${server.app.id}`);
      expect(answer.status).toBe(200);
      expect(allowed(answer.headers)).toBe(origin);
      expect(answer.headers.get("access-control-allow-credentials")).toBe("true");
      expect(answer.headers.get("access-control-expose-headers")).toBe(
        "Date, Retry-After, X-Request-Id",
      );
      expect(answer.headers.get("vary")).toContain("Origin");
    }
  });

  test("can read its errors, whatever is wrong: app id, origin, path, method, body", async () => {
    const headers = { origin: ORIGIN };
    const app = { ...headers, "privy-app-id": server.app.id };
    const answers = [
      await send(server.fetch, "/api/v1/sessions", { body: {}, headers }),
      await send(server.fetch, "/api/v1/apps/unknown", { headers }),
      await send(server.fetch, "/api/v1/telegram/authenticate", { body: {}, headers }),
      await send(server.fetch, "/api/v1/sessions", { method: "PUT", headers }),
      await send(server.fetch, "/api/v1/passwordless/init", { body: "{", headers: app }),
      await send(server.fetch, "/api/v1/users/me", { headers: app }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 404, 405, 400, 401]);
    for (const answer of answers) expect(allowed(answer.headers)).toBe(ORIGIN);
    const elsewhere = { ...app, origin: "https://evil.example" };
    const refused = await send(server.fetch, "/api/v1/sessions", { body: {}, headers: elsewhere });
    expect([refused.status, allowed(refused.headers)]).toEqual([403, "https://evil.example"]);
  });

  test("from an opaque origin is granted nothing: null is not a site (ASVS 3.4.2)", async () => {
    const answer = await openPage(server, { origin: "null" }).post("/passwordless/init", {});
    expect([answer.status, allowed(answer.headers)]).toEqual([403, null]);
  });

  test("without an origin gets no CORS headers", async () => {
    const answer = await openPage(server, { origin: null }).call(`/apps/${server.app.id}`);
    expect([answer.status, allowed(answer.headers)]).toEqual([200, null]);
  });
});

describe("a preflight", () => {
  const ask = (path: string, headers: Record<string, string> = {}) =>
    send(server.fetch, pathOf(path), {
      method: "OPTIONS",
      headers: { origin: ORIGIN, "access-control-request-method": "POST", ...headers },
    });

  test("echoes the headers that the clients send", async () => {
    const wanted =
      "authorization,content-type,privy-app-id,privy-ca-id,privy-client,privy-client-id,privy-retry-attempt,privy-ui,x-native-app-identifier";
    const answer = await ask("/sessions", { "access-control-request-headers": wanted });
    expect([answer.status, answer.text]).toEqual([204, ""]);
    expect(answer.headers.get("access-control-allow-headers")).toBe(wanted);
    expect(allowed(answer.headers)).toBe(ORIGIN);
    expect(answer.headers.get("access-control-allow-credentials")).toBe("true");
    expect(answer.headers.get("access-control-allow-methods")).toBe("GET, POST");
    expect(answer.headers.get("vary")).toBe("Origin, Access-Control-Request-Headers");
  });

  test("echoes nothing that is no header name", async () => {
    for (const wanted of ["a b", "x".repeat(65), "*", Array(40).fill("a").join(","), "a;b"]) {
      const answer = await ask("/sessions", { "access-control-request-headers": wanted });
      expect(answer.headers.get("access-control-allow-headers")).toBeNull();
    }
  });

  test("is granted for every call of a page, and for paths that do not exist, so that their 404 is readable", async () => {
    const pages = ENDPOINTS.filter(({ caller }) => caller !== "app_server");
    for (const { path } of [...pages, { path: "/telegram/init" }]) {
      const answer = await ask(path);
      expect([path, answer.status, allowed(answer.headers)]).toEqual([path, 204, ORIGIN]);
    }
  });

  test("is granted for no call of an app's own server: a page never holds the secret", async () => {
    for (const { path } of ENDPOINTS.filter(({ caller }) => caller === "app_server")) {
      const answer = await ask(path);
      expect([path, answer.status, allowed(answer.headers)]).toEqual([path, 204, null]);
    }
  });
});

test("an app server's answer is for no page, even with its secret in the page", async () => {
  const headers = { ...basic(server.app.id, server.secret), origin: ORIGIN };
  const answer = await send(server.fetch, "/api/v1/users", { headers });
  expect(answer.status).toBe(200);
  expect(allowed(answer.headers)).toBeNull();
  expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
});

test("the signing keys are for everyone and without credentials", async () => {
  const path = pathOf("/apps/:app/jwks.json");
  const answer = await send(server.fetch, path, { headers: { origin: "https://any.example" } });
  expect(answer.status).toBe(200);
  expect(allowed(answer.headers)).toBe("*");
  expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
  expect(answer.headers.get("vary")).toBeNull();
});
