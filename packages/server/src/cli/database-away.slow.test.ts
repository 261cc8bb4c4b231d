import { setTimeout as sleep } from "node:timers/promises";
import type { AuthenticatedUser } from "@latchkey/core/protocol/browser";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestPostgres, type TestPostgres } from "../storage/testing/test-postgres.ts";
import {
  type Env,
  endAll,
  latchkey,
  productionEnv,
  type Running,
  readCreatedApp,
  serveLatchkey,
} from "./testing/latchkey.ts";
import { type Relay, startRelay } from "./testing/relay.ts";
import { openWebPage, type WebPage } from "./testing/web-page.ts";

const ORIGIN = "https://app.example.com";

let postgres: TestPostgres;
let relay: Relay;
let env: Env;
let server: Running;
let appId: string;
let page: WebPage;

beforeAll(async () => {
  [postgres, relay] = await Promise.all([startTestPostgres(), startRelay()]);
  // Every refresh moves, so that every refresh needs the database.
  const changes = { LATCHKEY_REFRESH_GRACE: "0" };
  env = productionEnv(await postgres.freshDatabaseUrl(), relay.port, changes);
  const created = await latchkey(["apps", "create", "Demo", "--origin", ORIGIN], env);
  appId = readCreatedApp(created).id;
  server = await serveLatchkey(["start"], env);
  page = openWebPage(server.url, appId, ORIGIN);
});
afterAll(async () => {
  endAll();
  await relay.close();
  await postgres.stop();
});

test("while PostgreSQL is away everything says so with 503 and nobody is signed out; it mends by itself (R5)", async () => {
  // As every page does first.
  const config = await page.get(`/apps/${appId}`);
  const ada = await page.signIn("ada@example.com", relay.codeFor);
  const keys = `${server.url}/v1/apps/${appId}/jwks.json`;
  const known = await (await fetch(keys)).json();
  await postgres.crash();

  const answers = [
    await page.post("/sessions", { refresh_token: ada.refresh_token }),
    await page.post("/sessions/logout", { refresh_token: ada.refresh_token }),
    await page.get("/users/me", ada.token),
    await page.post("/passwordless/init", { email: "bob@example.com" }),
    await page.post("/passwordless/authenticate", { email: "ada@example.com", code: "123456" }),
  ];
  for (const { status, headers, body } of answers) {
    expect([status, body.code]).toEqual([503, "database_unavailable"]);
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    expect(headers.get("cache-control")).toBe("private, no-store");
    expect(headers.get("access-control-allow-origin")).toBe(ORIGIN);
    expect(headers.getSetCookie()).toEqual([]);
  }
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  const notReady = await fetch(`${server.url}/readyz`);
  expect([notReady.status, await notReady.json()]).toEqual([
    503,
    { status: "not_ready", database: "unreachable", clock: "ok" },
  ]);
  // Longer than settings are cached: backends go on verifying through the outage.
  await sleep(5500);
  const { status, body } = await page.get(`/apps/${appId}`);
  expect([status, body]).toEqual([200, config.body]);
  expect(await (await fetch(keys)).json()).toEqual(known);

  await postgres.restart();
  let refreshed = await page.post<AuthenticatedUser>("/sessions", {
    refresh_token: ada.refresh_token,
  });
  for (let tries = 0; refreshed.status !== 200 && tries < 100; tries++) {
    await sleep(100);
    refreshed = await page.post("/sessions", { refresh_token: ada.refresh_token });
  }
  expect(refreshed.body.user.id).toBe(ada.user.id);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  expect((await page.signIn("bob@example.com", relay.codeFor)).is_new_user).toBe(true);
});

test("requests that a crash of PostgreSQL interrupts end with 503, and the session goes on", async () => {
  const ada = await page.signIn("ada@example.com", relay.codeFor);
  let token = ada.refresh_token;
  let crashed = false;
  const statuses = new Set<number>();
  const crash = sleep(150).then(async () => {
    await postgres.crash();
    crashed = true;
    await postgres.restart();
  });
  const until = performance.now() + 4000;
  while (performance.now() < until && !(crashed && statuses.has(503) && statuses.has(200))) {
    const answer = await page.post<AuthenticatedUser>("/sessions", { refresh_token: token });
    statuses.add(answer.status);
    if (answer.status === 200) token = answer.body.refresh_token;
  }
  await crash;
  expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([]);
  let last = await page.post<AuthenticatedUser>("/sessions", { refresh_token: token });
  for (let tries = 0; last.status !== 200 && tries < 100; tries++) {
    await sleep(100);
    last = await page.post("/sessions", { refresh_token: token });
  }
  expect(last.body.user.id).toBe(ada.user.id);
});

test("several instances share one database: a code asked of one signs in at another", async () => {
  const second = await serveLatchkey(["start"], env);
  const there = openWebPage(second.url, appId, ORIGIN);
  await page.post("/passwordless/init", { email: "grace@example.com" });
  const code = await relay.codeFor("grace@example.com");
  const body = { email: "grace@example.com", code };
  const signedIn = await there.post<AuthenticatedUser>("/passwordless/authenticate", body);
  expect(signedIn.status).toBe(200);
  const { refresh_token } = signedIn.body;
  expect((await page.post("/sessions", { refresh_token })).status).toBe(200);
  await there.post("/sessions/logout", { refresh_token });
  expect((await page.post("/sessions", { refresh_token })).status).toBe(401);
  second.kill("SIGTERM");
  expect((await second.finished).code).toBe(0);
});

test("an instance that starts before its database ends with words, for its supervisor to try again", async () => {
  await postgres.crash();
  const { code, stderr } = await latchkey(["start"], env);
  await postgres.restart();
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^latchkey: PostgreSQL/)]);
});
