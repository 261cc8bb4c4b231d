import { afterEach, expect, test } from "vitest";
import { send } from "./testing/test-page.ts";
import { openTestServer, type TestServer } from "./testing/test-server.ts";
import { SESSION_HOST, verifyDomain } from "./testing/verified-domain.ts";

let server: TestServer;
afterEach(() => server.close());

test("the session host tells which other origins use the domain's passkeys (WebAuthn section 5.11)", async () => {
  server = await openTestServer({
    app: {
      passkeyAuth: true,
      allowedOrigins: ["https://app.example.com", "https://example.de", "https://*.example.fr"],
    },
  });
  await verifyDomain(server, server.app.id);
  const ask = (host: string) => send(server.fetch, `https://${host}/.well-known/webauthn`);
  const answer = await ask(SESSION_HOST);
  expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
  expect(answer.as()).toEqual({ origins: ["https://example.de"] });
  expect((await ask("sessions.example.com")).as()).toEqual({ origins: [] });
});
