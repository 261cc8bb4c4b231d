import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as jose from "jose";
import { afterEach, beforeEach, expect, it } from "vitest";
import { APP_ID, createSessionServer, type SessionServer } from "../test-support/session-server.ts";
import { createLatchkeyBackend, type LatchkeyBackend } from "./index.ts";

let session: SessionServer;
let answer: RequestListener;
let server: Server;
let serverUrl: string;
let token: string;
let seen: string[];

beforeEach(async () => {
  session = createSessionServer();
  await session.publish("key-1");
  token = await session.accessToken();
  seen = [];
  answer = (_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(session.jwks()));
  };
  server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  serverUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const backendWith = (jwks = {}): LatchkeyBackend =>
  createLatchkeyBackend({ appId: APP_ID, serverUrl, now: () => session.now, jwks });
const signIn = (backend: LatchkeyBackend) =>
  backend.authenticateRequest(
    new Request("https://app.example.com/", { headers: { cookie: `privy-token=${token}` } }),
  );

it("verifies with the keys of a real server", async () => {
  const backend = backendWith();
  expect((await signIn(backend)).status).toBe("signed_in");
  expect((await signIn(backend)).status).toBe("signed_in");
  expect(seen).toEqual([`GET /api/v1/apps/${APP_ID}/jwks.json`]);
});

it("agrees with jose, an independent verifier, on the same JWKS and token", async () => {
  const jwksUrl = new URL(`${serverUrl}/api/v1/apps/${APP_ID}/jwks.json`);
  const { payload } = await jose.jwtVerify(token, jose.createRemoteJWKSet(jwksUrl), {
    algorithms: ["ES256"],
    typ: "JWT",
    issuer: "privy.io",
    audience: APP_ID,
    currentDate: new Date(session.now),
  });
  expect(await signIn(backendWith())).toMatchObject({
    userId: payload.sub,
    sessionId: payload.sid,
    expiresAt: payload.exp,
  });
});

it.each<[string, RequestListener]>([
  ["does not answer", () => {}],
  ["stops in the middle of the body", (_request, response) => response.write('{"keys":[')],
  ["hangs up", (request) => request.socket.destroy()],
])("R5 says unavailable within the timeout when the server %s", async (_case, broken) => {
  answer = broken;
  const begun = performance.now();
  expect((await signIn(backendWith({ timeoutMs: 100 }))).status).toBe("unavailable");
  expect(performance.now() - begun).toBeLessThan(2_000);
});

it("R5 goes on with its keys when the server is gone", async () => {
  const backend = backendWith();
  await signIn(backend);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  session.pass(9 * 60_000);
  expect((await signIn(backend)).status).toBe("signed_in");
  server = createServer();
});
