import { crypto } from "@latchkey/core/crypto";
import { base64url, utf8 } from "@latchkey/core/encoding";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openAppServer, type TestAppServer } from "../http/testing/app-server.ts";
import { openTestServer, type TestServer } from "../http/testing/test-server.ts";
import { issueAuthorizationCode } from "./authorization-codes.ts";

let server: TestServer;
let backend: TestAppServer;

beforeEach(async () => {
  server = await openTestServer();
  backend = openAppServer(server);
});
afterEach(() => server.close());

const verifier = base64url(crypto.randomBytes(32));
const exchange = (code: string, code_verifier?: string) =>
  backend.authenticate({ grant_type: "authorization_code", code, code_verifier });

test("a verifier for a code that has no challenge is refused, and the code is not spent by it (RFC 9700 2.1.1)", async () => {
  const code = await backend.code();
  const downgraded = await exchange(code, verifier);
  expect([downgraded.status, downgraded.as<{ error: string }>().error]).toEqual([
    400,
    "invalid_grant",
  ]);
  expect((await exchange(code)).status).toBe(200);
  const codeChallenge = base64url(await crypto.sha256(utf8(verifier)));
  expect((await exchange(await backend.code({ codeChallenge }), verifier)).status).toBe(200);
});

test("an operator's code never had a challenge: a client that always sends a verifier can use it", async () => {
  const { id } = await backend.user("ada@example.com");
  const app = await server.services.directory.find(server.app.id);
  if (!app) throw new TypeError("no app");
  const code = await issueAuthorizationCode(server.services, {
    app,
    userId: id,
    redirectUri: "https://app.example.com/callback",
    codeChallenge: null,
    method: "impersonation",
    authenticatedAt: await server.services.store.now(),
    impersonator: { email: "op@example.com", reason: "ticket 7" },
  });
  expect((await exchange(code, verifier)).status).toBe(200);
});
