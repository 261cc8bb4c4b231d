import type { AuthenticatedUser } from "@latchkey/core/protocol/browser";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { APP_SERVER_ENDPOINTS, ENDPOINTS, type Endpoint, OWN_ENDPOINTS } from "./endpoints.ts";
import { type Answer, basic, bearer, openPage, send, type TestPage } from "./test-page.ts";
import { ORIGIN, openTestServer, type TestServer } from "./test-server.ts";

const strange = fc.constantFrom(
  "",
  " ",
  "\u0000",
  "\ud800",
  "ﷺ".repeat(80),
  "'; DROP TABLE users; --",
  "%",
  "../../../etc/passwd",
  "{{7*7}}",
  "<script>",
  "__proto__",
  "constructor",
  "x".repeat(5000),
  "-1",
  "1e999",
  "did:privy:c00000000000000000000000a",
  "deprecated",
  "null",
);
const leaf = fc.oneof(
  strange,
  fc.string({ unit: "binary" }),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);

/** The right body with any of its parts replaced, left out or doubled. */
function spoiled(body: unknown): fc.Arbitrary<unknown> {
  if (typeof body !== "object" || body === null) {
    return fc.oneof(
      { weight: 2, arbitrary: fc.constant(body) },
      { weight: 1, arbitrary: anything },
    );
  }
  if (Array.isArray(body)) {
    return fc.oneof(
      { weight: 3, arbitrary: fc.tuple(...body.map(spoiled)) },
      { weight: 1, arbitrary: anything },
    );
  }
  const fields = Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, spoiled(value)]),
  );
  return fc.oneof(
    { weight: 4, arbitrary: fc.record(fields, { requiredKeys: [] }) },
    { weight: 1, arbitrary: fc.dictionary(strange, anything) },
    { weight: 1, arbitrary: anything },
  );
}
const anything: fc.Arbitrary<unknown> = fc.oneof(
  leaf,
  fc.array(leaf, { maxLength: 3 }),
  fc.dictionary(strange, leaf, { maxKeys: 3 }),
);

const headerText = fc
  .string({ maxLength: 60 })
  .map((text) => text.replace(/[^\x20-\x7e\xa0-\xff]/g, "").trim());
const method = fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS");

interface Call {
  readonly path: string;
  readonly method: string;
  readonly body: string | undefined;
  readonly headers: Record<string, string>;
}

/** `good`: headers that an endpoint asks for, so that the rest of it is reached. */
function callOf(endpoint: Endpoint, good: () => Record<string, string>): fc.Arbitrary<Call> {
  const body = fc.oneof(
    { weight: 5, arbitrary: spoiled(endpoint.body ?? {}).map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
  );
  const path = fc.oneof(
    { weight: 8, arbitrary: fc.constant(endpoint.path) },
    {
      weight: 1,
      arbitrary: strange.map(
        (text) => `${endpoint.path}/${encodeURIComponent(text.toWellFormed())}`,
      ),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(strange, strange).map(([cursor, limit]) => {
        const query = new URLSearchParams({ cursor, limit });
        return `${endpoint.path}${endpoint.path.includes("?") ? "&" : "?"}${query}`;
      }),
    },
    {
      weight: 1,
      arbitrary: strange.map((text) =>
        endpoint.path.replace(
          /did:[^/]+|:app|:client|(user|org|om)_\d+/,
          encodeURIComponent(text.toWellFormed()),
        ),
      ),
    },
  );
  const headers = fc
    .dictionary(
      fc.constantFrom(
        "authorization",
        "content-type",
        "cookie",
        "idempotency-key",
        "origin",
        "privy-app-id",
        "privy-ca-id",
        "privy-client-id",
        "user-agent",
        "access-control-request-headers",
      ),
      headerText,
      { maxKeys: 2 },
    )
    .map((odd) => ({ "content-type": "application/json", ...good(), ...odd }));
  return fc.record({
    path,
    method: fc.oneof(
      { weight: 8, arbitrary: fc.constant<string>(endpoint.method) },
      { weight: 1, arbitrary: method },
    ),
    body: fc.option(body, { nil: undefined, freq: 8 }),
    headers,
  });
}

function checkAnswer(call: Call, answer: Answer): void {
  const told = `${call.method} ${call.path}: ${answer.status} ${answer.text}`;
  const { error, code, message, error_description } =
    answer.as<Partial<Record<string, string>>>() ?? {};
  const named = code ?? error ?? "";
  const isMeant = answer.status === 503 && (call.method === "HEAD" || MEANT.has(named));
  expect(answer.status < 500 || isMeant, told).toBe(true);
  if (answer.status < 400 || call.method === "HEAD") return;
  expect(answer.headers.get("content-type"), told).toMatch(/^application\/json/);
  expect(named, told).toMatch(/^[a-z_]+$/);
  const words = error_description ?? message ?? error ?? "";
  expect(words.length, told).toBeGreaterThan(10);
  expect(words.length, told).toBeLessThan(1500);
  expect(words, told).not.toMatch(/undefined|\[object|SQLITE|at .*\.ts:/);
}

/**
 * What input can cause that is 503 all the same: a login whose keys cannot be fetched, and, in the
 * app-server protocol, whatever its clients would otherwise take for the end of a session.
 */
const MEANT = new Set([
  "keys_unavailable",
  "invalid_client",
  "client_mismatch",
  "not_a_navigation",
]);

const ALL = [
  ...ENDPOINTS.map((endpoint) => ({ ...endpoint, path: `/api/v1${endpoint.path}` })),
  ...APP_SERVER_ENDPOINTS,
  ...OWN_ENDPOINTS,
];

/** Whatever is sent, nothing fails that is not meant to, and nobody loses a session by it. */
export function fuzzContract(openDatabase: () => Promise<string>, numRuns: number): void {
  let server: TestServer;
  let page: TestPage;
  let session: AuthenticatedUser;
  const failures: object[] = [];

  beforeAll(async () => {
    server = await openTestServer({
      databaseUrl: await openDatabase(),
      app: {
        guestAuth: true,
        identityToken: true,
        customJwt: { jwksUrl: "http://127.0.0.1:9/jwks.json", issuer: "https://issuer.example" },
      },
      log: { debug() {}, info() {}, warn() {}, error: (fields) => failures.push(fields) },
    });
    page = openPage(server);
    session = await page.signIn("ada@example.com");
  });
  afterAll(() => server.close());

  const goodFor = (endpoint: Endpoint) => (): Record<string, string> => {
    if (endpoint.caller === "app_server") return basic(server.app.id, server.secret);
    if (endpoint.caller === "api_key") return bearer(server.apiKey);
    return {
      "privy-app-id": server.app.id,
      origin: ORIGIN,
      ...(endpoint.caller === "user" && bearer(session.token)),
    };
  };

  /** Puts the app's ids and key where the table only names them. */
  const filled = (text: string) =>
    text
      .replace(":app", server.app.id)
      .replace(":client", server.app.clientId)
      .replace(":key", server.apiKey);

  test.each(ALL.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint] as const))(
    "%s answers anything with a coded JSON error below 500 or does what it is for",
    async (_, endpoint) => {
      await fc.assert(
        fc.asyncProperty(callOf(endpoint, goodFor(endpoint)), async (call) => {
          const bodiless = call.method === "GET" || call.method === "HEAD";
          const answer = await send(server.fetch, filled(call.path), {
            method: call.method,
            headers: call.headers,
            ...(call.body !== undefined && !bodiless && { body: filled(call.body) }),
          });
          checkAnswer(call, answer);
        }),
        { numRuns },
      );
    },
  );

  test("nobody lost a session by any of it, and nothing was logged as failed", async () => {
    const unforeseen = failures.filter((fields) => {
      const { err } = fields as { err?: { code?: string } };
      return !MEANT.has(err?.code ?? "");
    });
    expect(unforeseen).toEqual([]);
    const refreshed = await page.post("/sessions", { refresh_token: session.refresh_token });
    expect(refreshed.status).toBe(200);
    const { user, token } = refreshed.as<AuthenticatedUser>();
    expect(user.id).toBe(session.user.id);
    const me = await page.call("/users/me", { headers: bearer(token) });
    expect(me.status).toBe(200);
  });
}
