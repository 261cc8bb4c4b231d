/** Two production servers on one PostgreSQL, behind a load balancer without affinity. */
import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  copyStorage,
  newClient,
  newStorage,
  refreshBySelf,
  type TestStorage,
  tokens,
} from "../js-sdk-core/client.ts";
import { createApp } from "../support/created-app.ts";
import { eventually } from "../support/eventually.ts";
import { balanceLoad, type LoadBalancer } from "../support/load-balancer.ts";
import { type Postgres, startPostgres } from "../support/postgres.ts";
import { latchkeyCommand, type ServerProcess, serverProcess } from "../support/server-process.ts";

/** Seconds: longer than the client's retries, which take six and a half. */
const WINDOW = 10;

let postgres: Postgres;
let servers: ServerProcess[];
let balancer: LoadBalancer;
let appId: string;
/** Its window is two seconds. */
let briefAppId: string;

beforeAll(async () => {
  postgres = await startPostgres();
  const env = {
    LATCHKEY_DATABASE_URL: postgres.url,
    LATCHKEY_MASTER_KEY: randomBytes(48).toString("base64"),
    LATCHKEY_PUBLIC_URL: "https://sessions.example.com",
    LATCHKEY_SMTP_URL: "smtp://localhost:9",
    LATCHKEY_MAIL_FROM: "sign-in@example.com",
    LATCHKEY_ACCESS_TOKEN_TTL: "3",
    LATCHKEY_REFRESH_GRACE: String(WINDOW),
  };
  const command = latchkeyCommand("start");
  // What the database's crash in a test brings about.
  const expectedErrors = ["database_unavailable", "busy"];
  servers = await Promise.all([0, 1].map(() => serverProcess({ env, command, expectedErrors })));
  await Promise.all(servers.map((server) => server.start()));
  ({ id: appId } = await createApp(env, { guestAuth: true }));
  ({ id: briefAppId } = await createApp(env, { guestAuth: true, refreshWindow: 2 }));
  balancer = await balanceLoad(servers.map(({ url }) => url));
});
afterAll(async () => {
  await balancer.close();
  await Promise.all(servers.map((server) => server.end()));
  await postgres.stop();
});

const open = (storage: TestStorage) => newClient({ baseUrl: balancer.url, appId, storage });

test("a session moves between them, and a burst over both gives one successor", async () => {
  const storage = newStorage();
  const client = newClient({ baseUrl: balancer.url, appId: briefAppId, storage });
  await client.auth.guest.create();
  const { refresh = "" } = tokens(storage);
  await wait(2100);
  const copies = Array.from({ length: 10 }, () => copyStorage(storage));
  await Promise.all(
    copies.map((copy) =>
      newClient({ baseUrl: balancer.url, appId: briefAppId, storage: copy }).user.get(),
    ),
  );
  const successors = new Set(copies.map((copy) => tokens(copy).refresh));
  expect(successors.size).toBe(1);
  expect(successors).not.toContain(refresh);
  expect(balancer.answers.size).toBe(2);
});

test("a sign-out through one is seen by the other at once", async () => {
  const [first, second] = servers as [ServerProcess, ServerProcess];
  for (const [here, there] of [
    [first, second],
    [second, first],
  ] as const) {
    const storage = newStorage();
    const client = newClient({ baseUrl: here.url, appId, storage });
    await client.auth.guest.create();
    const { refresh = "" } = tokens(storage);
    await client.auth.logout();
    await eventually(async () => {
      const answer = await refreshBySelf(here, appId, refresh);
      expect(answer.cause).toBe("logout");
    });
    await expect(refreshBySelf(there, appId, refresh)).resolves.toMatchObject({
      code: "missing_or_invalid_token",
      cause: "logout",
    });
  }
});

test("a rolling restart and a crash of the database sign nobody out, and sessions move on", async () => {
  const storages = Array.from({ length: 4 }, () => newStorage());
  const users = await Promise.all(
    storages.map(async (storage) => (await open(storage).auth.guest.create()).user.id),
  );
  const first = storages.map((storage) => tokens(storage).refresh);
  let over = false;
  // Two tabs of each browser go on refreshing meanwhile.
  const tabs = [...storages, ...storages].map(async (storage) => {
    const client = open(storage);
    while (!over) {
      const token = await client.getAccessToken().catch(() => undefined);
      // Null would be "signed out"; that is for the end of the test to find.
      if (token === null) break;
    }
  });
  try {
    const windowEnds = wait(WINDOW * 1000 + 500);
    for (const server of servers) {
      expect(await server.kill("SIGTERM")).toBe(0);
      await server.start();
    }
    await postgres.crash();
    await wait(1000);
    await postgres.start();
    await windowEnds;
  } finally {
    over = true;
  }
  await Promise.all(tabs);
  for (const [at, storage] of storages.entries()) {
    const { user } = await open(storage).user.get();
    expect(user.id).toBe(users[at]);
    expect(tokens(storage).refresh).not.toBe(first[at]);
  }
});
