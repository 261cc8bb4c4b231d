import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ENDPOINTS } from "./testing/endpoints.ts";
import { basic, openPage, send } from "./testing/test-page.ts";
import { ORIGIN, openTestServer, type TestServer } from "./testing/test-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer({ app: { guestAuth: true } });
});
afterAll(() => server.close());

const anyPaths = () => [
  "/healthz",
  "/readyz",
  "/metrics",
  "/nothing",
  "/api/v1/nothing",
  "/api/v1/users",
  `/api/v1/apps/${server.app.id}`,
  `/v1/apps/${server.app.id}/jwks.json`,
];

test("nothing keeps an answer that depends on a session, errors and 404s included (R8)", async () => {
  const page = openPage(server);
  const signedIn = await page.signIn("ada@example.com");
  const answers = [
    await page.post("/sessions", { refresh_token: signedIn.refresh_token }),
    await page.post("/sessions", { refresh_token: "nonsense" }),
    await page.call("/users/me"),
    await page.call("/users/me", { headers: { authorization: `Bearer ${signedIn.token}` } }),
    await page.call("/no/such/path"),
    await page.call("/sessions", { method: "DELETE" }),
    await page.call("/sessions", { body: "{" }),
    await page.post("/sessions/logout", { refresh_token: signedIn.refresh_token }),
  ];
  for (const { path, method, body } of ENDPOINTS) {
    if (path.endsWith("jwks.json")) continue;
    const options = { method, ...(body && { body }), headers: basic(server.app.id, server.secret) };
    answers.push(await page.call(path.replace(":app", server.app.id), options));
    answers.push(await send(server.fetch, `/v1${path}`, { method, ...(body && { body }) }));
  }
  expect(new Set(answers.map(({ status }) => status)).size).toBeGreaterThan(5);
  for (const { headers } of answers) {
    expect(headers.get("cache-control")).toBe("private, no-store");
    expect(headers.get("vary")).toContain("Cookie");
  }
});

test("the signing keys may be kept for five minutes, and a day while the server is away", async () => {
  const answer = await send(server.fetch, `/api/v1/apps/${server.app.id}/jwks.json`);
  expect(answer.headers.get("cache-control")).toBe("public, max-age=300, stale-if-error=86400");
  const missing = await send(server.fetch, "/api/v1/apps/none/jwks.json");
  expect([missing.status, missing.headers.get("cache-control")]).toEqual([
    400,
    "private, no-store",
  ]);
});

describe("every answer", () => {
  test("is data: not sniffed, not framed, runs nothing, sends no referrer (ASVS 3.4.3 to 3.4.6)", async () => {
    for (const path of anyPaths()) {
      const { headers } = await send(server.fetch, path);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toBe(
        "default-src 'none'; frame-ancestors 'none'",
      );
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
      expect(headers.get("x-powered-by") ?? headers.get("server")).toBeNull();
    }
  });

  test("has a request id that the log names too", async () => {
    const ids = await Promise.all(
      anyPaths().map(async (path) => (await send(server.fetch, path)).headers.get("x-request-id")),
    );
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("keeps browsers on https for a year, behind an https address only (ASVS 3.4.1)", async () => {
    const hsts = "strict-transport-security";
    const { headers } = await send(server.fetch, "/healthz");
    expect(headers.get(hsts)).toBe("max-age=31536000; includeSubDomains");
    const plain = await openTestServer({ settings: { secure: false } });
    expect((await send(plain.fetch, "/healthz")).headers.get(hsts)).toBeNull();
    await plain.close();
  });
});

describe("a path", () => {
  test("that is not there is 404 and says so in JSON", async () => {
    for (const path of [
      "/",
      "/api",
      "/api/v1",
      "/api/v1/",
      "/api/v2/sessions",
      "/api/v1/sessions/",
      "/api/v1//sessions",
      "/api/v1/users/a/b/c",
      "/favicon.ico",
      "/.env",
      "/api/v1/apps/..%2f..%2fetc%2fpasswd/x",
      "/api/v1/%00",
      `/api/v1/users/${"c".repeat(24)}%00`,
      "/organizations/%0a",
      "/api/v1/%E0%A4%A",
    ]) {
      const answer = await send(server.fetch, path, { headers: { accept: "text/html" } });
      expect([path, answer.status, answer.code]).toEqual([path, 404, "not_found"]);
    }
  });

  test("answers another method with 405 and those it has (RFC 9110 section 15.5.6)", async () => {
    const cases = [
      ["PUT", "/api/v1/sessions", "OPTIONS, POST"],
      ["GET", "/v1/sessions/logout", "OPTIONS, POST"],
      ["PATCH", "/api/v1/users", "GET, HEAD, OPTIONS, POST"],
      ["PUT", `/api/v1/users/${"c".repeat(25)}`, "DELETE, GET, HEAD, OPTIONS"],
      ["POST", "/healthz", "GET, HEAD, OPTIONS"],
      ["DELETE", "/api/v1/apps/x/allowlist", undefined],
    ] as const;
    for (const [method, path, allow] of cases) {
      const answer = await send(server.fetch, path, { method });
      if (allow === undefined) {
        expect(answer.status).toBe(401);
        continue;
      }
      expect([path, answer.status, answer.code]).toEqual([path, 405, "method_not_allowed"]);
      expect(answer.headers.get("allow")).toBe(allow);
      expect(answer.text).toContain(`${method} does not answer at ${path}. Use `);
    }
  });

  test("tells its methods to OPTIONS, and answers HEAD as GET without a body", async () => {
    const options = await send(server.fetch, "/healthz", { method: "OPTIONS" });
    expect([options.status, options.headers.get("allow")]).toEqual([204, "GET, HEAD, OPTIONS"]);
    expect((await send(server.fetch, "/nothing", { method: "OPTIONS" })).status).toBe(404);
    const path = `/api/v1/apps/${server.app.id}`;
    const head = await send(server.fetch, path, { method: "HEAD" });
    expect([head.status, head.text]).toEqual([200, ""]);
    expect(head.headers.get("cache-control")).toBe("private, no-store");
  });
});

test("both prefixes of the protocol answer alike", async () => {
  const varies = ["x-request-id", "set-cookie"];
  for (const { method, path, body, caller } of ENDPOINTS) {
    const headers =
      caller === "app_server"
        ? basic(server.app.id, server.secret)
        : { "privy-app-id": server.app.id, origin: ORIGIN };
    const answers = [];
    // What the call changes the first time, it does not change again.
    for (const prefix of ["/api/v1", "/api/v1", "/v1"]) {
      const target = `${prefix}${path.replace(":app", server.app.id)}`;
      const answer = await send(server.fetch, target, { method, headers, ...(body && { body }) });
      const kept = [...answer.headers].filter(([name]) => !varies.includes(name));
      answers.push({ status: answer.status, code: answer.code, kept });
    }
    expect(answers[2], path).toEqual(answers[1]);
  }
});
