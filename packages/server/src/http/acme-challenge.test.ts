import { afterAll, beforeAll, expect, test } from "vitest";
import { httpsOnly } from "./https-only.ts";
import { openTestServer, type TestServer } from "./testing/test-server.ts";

const HOST = "sessions.example.com";

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
  const { certificates } = server.services.store;
  await certificates.adopt([HOST], 10);
  const claim = await certificates.claim({
    id: "order",
    hostname: HOST,
    directoryUrl: "https://ca.example/directory",
    method: "http-01",
    sealedKey: "sealed",
    leaseHolder: "holder",
    leaseMs: 30_000,
    lifetimeMs: 3_600_000,
  });
  if (!claim) throw new Error("not claimed");
  const challenge = {
    type: "http-01",
    value: "token-1.thumbprint",
    lifetimeMs: 3_600_000,
  } as const;
  await certificates.addChallenge(claim.order, { ...challenge, token: "token-1" });
});
afterAll(() => server.close());

const ask = (url: string, method = "GET") =>
  server.fetch(new Request(url, { method }), { ip: "192.0.2.1" });

test("a live challenge is answered on its host with the key authorization (RFC 8555 section 8.3)", async () => {
  const answer = await ask(`http://${HOST}/.well-known/acme-challenge/token-1`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("application/octet-stream");
  expect(await answer.text()).toBe("token-1.thumbprint");
});

test.each([
  ["another host", `http://other.example.com/.well-known/acme-challenge/token-1`],
  ["another token", `http://${HOST}/.well-known/acme-challenge/token-2`],
  ["what is no token", `http://${HOST}/.well-known/acme-challenge/..%2f..%2fetc`],
  ["a longer path", `http://${HOST}/.well-known/acme-challenge/token-1/x`],
])("%s gets 404", async (_, url) => {
  expect((await ask(url)).status).toBe(404);
});

test("the plain port answers the CA and health checks only, and sends navigations to https", async () => {
  const plain = httpsOnly(server.fetch, () => "https://sessions.example.com:8443");
  const get = async (path: string, method = "GET") =>
    plain(new Request(`http://privy.example.org${path}`, { method }), { ip: null });
  const own = await plain(new Request(`http://${HOST}/.well-known/acme-challenge/token-1`), {
    ip: null,
  });
  expect(own.status).toBe(200);
  expect((await get("/healthz")).status).toBe(200);
  const sent = await get("/login?request=a%2Fb");
  expect(sent.status).toBe(308);
  expect(sent.headers.get("location")).toBe("https://privy.example.org:8443/login?request=a%2Fb");
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
    const refused = await get("/api/v1/sessions", method);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ code: "https_required" });
  }
});
