import type { ErrorBody } from "@latchkey/core/protocol/browser";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserProtocol } from "./browser/routes.ts";
import { ENDPOINTS, type Endpoint } from "./testing/endpoints.ts";
import { type Answer, basic, bearer, type CallOptions, send } from "./testing/test-page.ts";
import { ORIGIN, openTestServer, type TestServer } from "./testing/test-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer({ app: { guestAuth: true } });
});
afterAll(() => server.close());

const nameOf = ({ method, path }: Endpoint) => `${method} ${path}`;
const pathOf = (endpoint: Endpoint) => `/api/v1${endpoint.path.replace(":app", server.app.id)}`;
const withBody = ENDPOINTS.filter(({ body }) => body !== undefined);

/** What the endpoint's caller sends, changed by `options`. */
function call(endpoint: Endpoint, options: CallOptions = {}): Promise<Answer> {
  const { caller, method, body } = endpoint;
  return send(server.fetch, pathOf(endpoint), {
    method,
    ...(body && { body }),
    ...options,
    headers: {
      ...(caller === "app_server"
        ? basic(server.app.id, server.secret)
        : { "privy-app-id": server.app.id, origin: ORIGIN }),
      ...options.headers,
    },
  });
}

/** A JSON error with a code and a sentence that says what to do. */
function expectError(answer: Answer, status: number, code: string, words: RegExp): void {
  expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
  expect({ status: answer.status, code: answer.code }, answer.text).toEqual({ status, code });
  expect(answer.as<ErrorBody>().error).toMatch(words);
}

test("the table of endpoints is complete", () => {
  const routes = browserProtocol(server.services).routes;
  const mounted = routes.filter(({ method }) => method !== "ALL");
  const missing = mounted.filter(
    (route) =>
      !ENDPOINTS.some(
        ({ method, path }) =>
          method === route.method &&
          new RegExp(`^${route.path.replaceAll(/:\w+/g, "[^/]+")}$`).test(path),
      ),
  );
  expect(missing.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
});

describe.each(withBody.map((endpoint) => [nameOf(endpoint), endpoint] as const))(
  "%s",
  (_, endpoint) => {
    const post = (body: string, headers: CallOptions["headers"] = {}) =>
      call(endpoint, { body, headers });

    test("refuses what is not JSON", async () => {
      // Clients report events in shapes of their own; nothing is read of them.
      if (endpoint.path === "/analytics_events") return;
      for (const body of ["{", "{'email':1}", '{"email":', "undefined", "\u0000", "NaN", "{}{}"]) {
        expectError(await post(body), 400, "invalid_data", /not valid JSON/);
      }
    });

    test("refuses an array, a text or a number in place of an object", async () => {
      if (endpoint.path === "/analytics_events") return;
      for (const body of ["[]", '"text"', "7", "null", "[[]]"]) {
        expectError(await post(body), 400, "invalid_data", /body must be an object/);
      }
    });

    test("refuses another content type with the one to send", async () => {
      for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"]) {
        const answer = await post("{}", { "content-type": type });
        expectError(answer, 415, "unsupported_media_type", /application\/json/);
      }
      const zipped = await post("{}", { "content-encoding": "gzip" });
      expectError(zipped, 415, "unsupported_media_type", /Content-Encoding/);
    });

    test("refuses a body over its limit, declared or not", async () => {
      const body = JSON.stringify({ padding: "x".repeat(1024 * 1024) });
      const declared = await post(body, { "content-length": String(body.length) });
      expectError(declared, 413, "payload_too_large", /KB/);
      expectError(await post(body), 413, "payload_too_large", /KB/);
    });

    test("refuses bytes that are not UTF-8 and half characters", async () => {
      const half = await post('{"email":"\\ud800@example.com","x":{"\\udfff":1}}');
      if (endpoint.path !== "/analytics_events") {
        expectError(half, 400, "invalid_data", /surrogate/);
      }
      const request = new Request(`https://sessions.example.com${pathOf(endpoint)}`, {
        method: endpoint.method,
        headers: {
          "content-type": "application/json",
          "privy-app-id": server.app.id,
          ...(endpoint.caller === "app_server" && basic(server.app.id, server.secret)),
        },
        body: new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
      });
      const response = await server.fetch(request, { ip: null });
      expect([response.status, (await response.json()).code]).toEqual([400, "invalid_data"]);
    });

    test("survives deep nesting and keys of prototypes", async () => {
      const deep = await post(`${"[".repeat(30_000)}${"]".repeat(30_000)}`);
      if (endpoint.path !== "/analytics_events") {
        expectError(deep, 400, "invalid_data", /nested/);
      }
      const polluted = `{"__proto__":{"email":"eve@example.com","polluted":true},"constructor":{"prototype":{"polluted":true}}}`;
      await post(polluted);
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    });
  },
);

describe.each(
  ENDPOINTS.filter(({ caller }) => caller === "page" || caller === "user").map(
    (endpoint) => [nameOf(endpoint), endpoint] as const,
  ),
)("%s", (_, endpoint) => {
  test("names the header that carries the app id", async () => {
    const without = await call(endpoint, { headers: { "privy-app-id": undefined } });
    expectError(without, 400, "missing_or_invalid_privy_app_id", /privy-app-id/);
    for (const id of ["", "x", "c".repeat(25), "../../etc/passwd", "x".repeat(4000)]) {
      const answer = await call(endpoint, { headers: { "privy-app-id": id } });
      expectError(answer, 400, "missing_or_invalid_privy_app_id", /25 characters/);
    }
  });

  test("names an unknown app client", async () => {
    const answer = await call(endpoint, { headers: { "privy-client-id": "client-none" } });
    expectError(answer, 400, "missing_or_invalid_privy_client_id", /privy-client-id/);
  });

  test("refuses another origin by name, with the command that allows it", async () => {
    for (const origin of [
      "https://evil.example",
      "http://app.example.com",
      `${ORIGIN}:8443`,
      "https://app.example.com.evil.example",
    ]) {
      const answer = await call(endpoint, { headers: { origin } });
      const fix = `latchkey apps update ${server.app.id} --add-origin ${origin}`;
      expectError(answer, 403, "invalid_origin", /may not use the app/);
      expect(answer.as<ErrorBody>().error).toContain(fix);
    }
    for (const origin of ["null", "https://$(reboot).example.com"]) {
      const answer = await call(endpoint, { headers: { origin } });
      expectError(answer, 403, "invalid_origin", /Serve the page from/);
      expect(answer.as<ErrorBody>().error).not.toContain("latchkey apps update");
    }
  });
});

describe.each(
  ENDPOINTS.filter(({ caller }) => caller === "user").map(
    (endpoint) => [nameOf(endpoint), endpoint] as const,
  ),
)("%s", (_, endpoint) => {
  test("answers a bad access token with a code on which no client clears its session (R5)", async () => {
    expectError(await call(endpoint), 401, "missing_access_token", /Authorization: Bearer/);
    for (const token of ["x", "a.b.c", "..", "x".repeat(14_000), "eyJhbGciOiJub25lIn0.e30."]) {
      const answer = await call(endpoint, { headers: bearer(token) });
      expectError(answer, 401, "invalid_access_token", /not an access token/);
      expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    }
  });
});

describe.each(
  ENDPOINTS.filter(({ caller }) => caller === "app_server").map(
    (endpoint) => [nameOf(endpoint), endpoint] as const,
  ),
)("%s", (_, endpoint) => {
  test("asks for Basic authentication (RFC 7617) and takes no other", async () => {
    const { id } = server.app;
    for (const authorization of [
      undefined,
      "",
      "Basic",
      "Basic !!!",
      `Basic ${btoa("nocolon")}`,
      `Basic ${btoa(`${id}:`)}`,
      basic(id, "wrong").authorization,
      basic("c".repeat(25), server.secret).authorization,
      `Bearer ${server.secret}`,
      `Basic ${btoa(`${id}:${server.secret}x`)}`,
      `Basic ${"A".repeat(8000)}`,
    ]) {
      const answer = await call(endpoint, { headers: { authorization } });
      expectError(answer, 401, "invalid_credentials", /Basic authentication/);
      expect(answer.headers.get("www-authenticate")).toMatch(/^Basic realm=/);
    }
  });
});

describe("a refresh token", () => {
  test("that this server never issued is refused without a look at the database (R1)", async () => {
    const valid = `lk1.k.s.0.1.${"A".repeat(22)}.${"A".repeat(43)}`;
    for (const token of ["x", "lk1......", `${valid}.`, "é".repeat(100), "x".repeat(4096)]) {
      const answer = await call(find("POST /sessions"), { body: { refresh_token: token } });
      expectError(answer, 401, "missing_or_invalid_token", /Sign in again/);
    }
  });

  test("that names an unknown key says nothing about the session (R1, R5)", async () => {
    const token = `lk1.k.s.0.1.${"A".repeat(22)}.${"A".repeat(43)}`;
    const answer = await call(find("POST /sessions"), { body: { refresh_token: token } });
    expectError(answer, 503, "unknown_token_key", /the session is kept/);
    expect(answer.headers.get("retry-after")).toBe("1");
  });

  test("longer than any is named as too long", async () => {
    const body = { refresh_token: "x".repeat(4097) };
    const answer = await call(find("POST /sessions"), { body });
    expectError(answer, 400, "invalid_data", /refresh_token must have at most 4096 characters/);
  });
});

test("every field that is wrong is named, with what it should be", async () => {
  const cases: readonly [string, object, RegExp][] = [
    ["POST /passwordless/init", {}, /^email is missing: send a string\.$/],
    ["POST /passwordless/init", { email: 7 }, /^email must be a string, not a number\.$/],
    ["POST /passwordless/init", { email: "ada" }, /^email must be an e-mail address such as/],
    ["POST /passwordless/init", { email: "a\u0000@example.com" }, /control characters/],
    ["POST /passwordless/init", { email: "a\u200b@example.com" }, /control characters/],
    ["POST /passwordless/init", { email: `${"a".repeat(300)}@b.de` }, /at most 254 characters/],
    [
      "POST /passwordless/authenticate",
      { email: "x", code: 123456, mode: "maybe" },
      /^email must be .*; code must be a string, not a number; mode must be "login-or-sign-up" or "no-signup"\.$/,
    ],
    ["POST /users", { linked_accounts: [] }, /linked_accounts must have at least 1 items/],
    ["POST /users", { linked_accounts: [{ type: "phone" }] }, /must be "email" or "custom_auth"/],
    ["POST /users/search", { limit: 1e9 }, /limit must be at most 100/],
    ["POST /users/search", { limit: 0.5 }, /limit must be a whole number\.$/],
    ["POST /users/search", { cursor: "nonsense" }, /cursor must be the next_cursor/],
    ["POST /users/custom_auth/id", { custom_user_id: "" }, /at least 1 characters/],
  ];
  for (const [name, body, words] of cases) {
    expectError(await call(find(name), { body }), 400, "invalid_data", words);
  }
  const manyWrong = { users: Array.from({ length: 9 }, () => ({})) };
  const answer = await call(find("POST /users/import"), { body: manyWrong });
  expectError(answer, 400, "invalid_data", /and 6 more\.$/);
});

test("numbers beyond all bounds are refused like any wrong value", async () => {
  const answer = await call(find("POST /users/search"), { body: '{"limit":1e999}' });
  expectError(answer, 400, "invalid_data", /limit/);
});

function find(name: string): Endpoint {
  const found = ENDPOINTS.find((endpoint) => nameOf(endpoint) === name);
  if (found) return found;
  throw new TypeError(`The table has no ${name}.`);
}
