import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openAppServer, type TestAppServer } from "./app-server.ts";
import { openTestServer, type TestServer } from "./test-server.ts";

const strange = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "",
    "\u0000",
    "\ud800",
    "x".repeat(5000),
    "__proto__",
    "' OR 1=1 --",
    "%00",
    "🦊",
  ),
);
const anything = fc.oneof(
  strange,
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(strange, { maxLength: 3 }),
  fc.dictionary(strange, strange, { maxKeys: 3 }),
);

/** Fields that the calls read, good and bad, so that what lies behind the first check is reached. */
const fields = fc.record(
  {
    grant_type: fc.oneof(
      fc.constantFrom(
        "authorization_code",
        "refresh_token",
        "password",
        "urn:workos:oauth:grant-type:magic-auth:code",
      ),
      anything,
    ),
    code: fc.oneof(fc.constant("123456"), anything),
    code_verifier: anything,
    refresh_token: fc.oneof(
      fc.constant(`lk1.k.s.0.1.${"A".repeat(22)}.${"A".repeat(43)}`),
      anything,
    ),
    email: fc.oneof(fc.constant("ada@example.com"), anything),
    password: anything,
    organization_id: anything,
    user_id: anything,
    session_id: anything,
    name: anything,
    first_name: anything,
    external_id: anything,
    metadata: anything,
    role_slug: anything,
    ip_address: anything,
    user_agent: anything,
  },
  { requiredKeys: [] },
);

const call = fc.oneof(
  fc.record({ method: fc.constant("POST"), path: fc.constant("/user_management/authenticate") }),
  fc.record({
    method: fc.constantFrom("GET", "POST", "PUT", "DELETE"),
    path: fc
      .tuple(
        fc.constantFrom(
          "/user_management/users",
          "/user_management/users/external_id",
          "/user_management/organization_memberships",
          "/user_management/sessions/revoke",
          "/user_management/magic_auth",
          "/organizations",
          "/organizations/external_id",
          "/sso/jwks",
        ),
        fc.option(strange.map((text) => `/${encodeURIComponent(text.toWellFormed())}`)),
        fc.option(
          fc
            .dictionary(
              fc.constantFrom("before", "after", "limit", "order", "email", "user_id", "statuses"),
              strange.map((text) => text.toWellFormed()),
            )
            .map((query) => `?${new URLSearchParams(query)}`),
        ),
      )
      .map((parts) => parts.map((part) => part ?? "").join("")),
  }),
);

/** Whatever is sent to the app-server protocol, nothing fails that is not meant to. */
export function appServerFuzz(openDatabase: () => Promise<string>, numRuns: number): void {
  const failures: object[] = [];
  let server: TestServer;
  let backend: TestAppServer;
  beforeAll(async () => {
    const quiet = () => undefined;
    server = await openTestServer({
      databaseUrl: await openDatabase(),
      app: { passwordAuth: true, publicClients: true },
      log: { debug: quiet, info: quiet, warn: quiet, error: (fields) => failures.push(fields) },
    });
    backend = openAppServer(server);
  });
  afterAll(() => server.close());

  test("whatever is sent, the answer is JSON of the protocol's shape and no failure of ours", async () => {
    await fc.assert(
      fc.asyncProperty(call, fields, async ({ method, path }, body) => {
        const isToken = path === "/user_management/authenticate";
        const answer = isToken
          ? await backend.authenticate(body)
          : await backend.call(path, {
              method,
              ...((method === "POST" || method === "PUT") && { body }),
            });
        const told = `${method} ${path} ${JSON.stringify(body)}: ${answer.status} ${answer.text}`;
        // What a refresh token's unknown key says of no session.
        const isKeyUnknown = answer.text.includes("unknown_token_key");
        expect(answer.status < 500 || isKeyUnknown, told).toBe(true);
        expect(answer.headers.get("content-type"), told).toMatch(/^application\/json/);
        if (answer.status < 400) return;
        const keys = Object.keys(answer.as<object>()).sort();
        const shapes = [["code", "message"], ...(isToken ? [["error", "error_description"]] : [])];
        expect(shapes, told).toContainEqual(keys);
        expect(answer.text, told).not.toMatch(/undefined|\[object|SQLITE|at .*\.ts:/);
      }),
      { numRuns },
    );
    const unforeseen = failures.filter(
      (each) => (each as { err?: { code?: string } }).err?.code !== "unknown_token_key",
    );
    expect(unforeseen).toEqual([]);
  }, 60_000);
}
