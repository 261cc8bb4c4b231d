import { afterEach, beforeEach, expect, test } from "vitest";
import { verifyDomain } from "../testing/verified-domain.ts";
import { type AdminClient, openAdminClient } from "./testing/admin-client.ts";

let client: AdminClient;
let clock: number;
beforeEach(async () => {
  clock = Date.now();
  client = await openAdminClient({ now: () => clock });
});
afterEach(() => client.server.close());

async function ask(method: string, path: string, body?: unknown) {
  const answer = await client.call("owner", method, path, body);
  expect(answer.status).toBeLessThan(300);
  return answer.body as { version: number; id: string; warnings: string[] };
}

test("keys of a login on this machine are refused when they are written, as when they are used", async () => {
  const at = `/apps/${client.server.app.id}`;
  const { version } = await ask("GET", at);
  const customJwt = { jwksUrl: "http://127.0.0.1:9/jwks.json", issuer: "login", audience: null };
  const answer = await client.call("owner", "PATCH", at, { version, settings: { customJwt } });
  expect([answer.status, Object.keys(answer.body.fields)]).toEqual([
    400,
    ["settings.customJwt.jwksUrl"],
  ]);
});

test("what a setting does not do is said with the answer, as on the command line", async () => {
  const at = `/apps/${client.server.app.id}`;
  const { version, warnings } = await ask("GET", at);
  expect(warnings).toEqual([]);
  const settings = { httpOnlyCookies: true, allowedOrigins: ["https://elsewhere.test"] };
  const changed = await ask("PATCH", at, { version, settings });
  expect(changed.warnings).toEqual([expect.stringContaining("no verified domain")]);

  await verifyDomain(client.server, client.server.app.id);
  clock += 5000;
  const native = { nativeAppIds: ["com.example.app"] };
  const made = await ask("POST", `${at}/clients`, { name: "Phone", settings: native });
  expect(made.warnings).toEqual([expect.stringContaining("Native apps have no cookies")]);
  expect((await ask("GET", at)).warnings).toEqual([
    expect.stringContaining("may not call: https://elsewhere.test"),
  ]);
  const without = { settings: { cookies: "disabled" }, version: made.version };
  expect((await ask("PATCH", `${at}/clients/${made.id}`, without)).warnings).toEqual([]);
});
