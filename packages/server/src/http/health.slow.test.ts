import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestPostgres, type TestPostgres } from "../storage/testing/test-postgres.ts";
import { openPage, send } from "./testing/test-page.ts";
import { openTestServer } from "./testing/test-server.ts";

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

test("a clock more than 30 s off the database's is not ready, ends no session, and recovers (R2)", async () => {
  let drift = 0;
  const server = await openTestServer({
    databaseUrl: await postgres.freshDatabaseUrl(),
    now: () => Date.now() + drift,
  });
  const { clockGuard } = server.services;
  const page = openPage(server);
  const signedIn = await page.signIn("ada@example.com");
  const refresh = () => page.post("/sessions", { refresh_token: signedIn.refresh_token });
  const ready = async () => (await send(server.fetch, "/readyz")).status;

  for (const seconds of [0, 25, -25]) {
    drift = seconds * 1000;
    await clockGuard.measure();
    expect(await ready()).toBe(200);
  }
  for (const seconds of [35, -35, 90_000]) {
    drift = seconds * 1000;
    await clockGuard.measure();
    const answer = await send(server.fetch, "/readyz");
    expect([answer.status, answer.as<object>()]).toEqual([
      503,
      { status: "not_ready", database: "ok", clock: "departed" },
    ]);
    expect((await refresh()).status, "a live session is refreshed all the same").toBe(200);
  }

  drift = 0;
  await clockGuard.measure();
  expect([await ready(), (await refresh()).status]).toEqual([200, 200]);
  await server.close();
});
