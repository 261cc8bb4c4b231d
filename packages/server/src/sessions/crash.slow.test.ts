import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { sql } from "kysely";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createApp } from "../apps/create-app.ts";
import type { Database } from "../storage/database.ts";
import { migrate } from "../storage/migrate.ts";
import { migrations } from "../storage/migrations/index.ts";
import { openDatabase } from "../storage/open-database.ts";
import { sqlStore } from "../storage/sql/sql-store.ts";
import { startTestPostgres, type TestPostgres } from "../storage/testing/test-postgres.ts";
import {
  newClient,
  refreshOnce,
  refreshSurely,
  type SdkClient,
  type Target,
} from "./testing/sdk-clients.ts";
import { type ServerProcess, startServer } from "./testing/server-process.ts";

const CLIENTS = 24;
const ROUNDS = 6;
const WINDOW_S = 600;

/** A deployment that a test crashes and starts again, and its database as the test sees it. */
interface Deployment {
  readonly db: Database;
  readonly target: Target;
  server: ServerProcess;
  start(): Promise<void>;
  close(): Promise<void>;
}

async function deployment(
  command: "dev" | "start",
  env: Record<string, string>,
  databaseUrl: string,
  appId: (port: number) => Promise<string>,
): Promise<Deployment> {
  const open = () => startServer(command, { LATCHKEY_REFRESH_GRACE: String(WINDOW_S), ...env });
  const server = await open();
  const db = openDatabase(databaseUrl, { now: Date.now, maxConnections: 2 });
  const target: Target = { port: server.port, appId: await appId(server.port) };
  const on: Deployment = {
    db,
    target,
    server,
    async start() {
      on.server = await open();
      target.port = on.server.port;
    },
    async close() {
      await on.server.end("SIGKILL");
      await db.close();
    },
  };
  return on;
}

const folders: string[] = [];
let postgres: TestPostgres;
let running: Deployment | undefined;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterEach(async () => {
  await running?.close();
  running = undefined;
});
afterAll(async () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  await postgres.stop();
});

const databases = {
  async SQLite(): Promise<Deployment> {
    const folder = mkdtempSync(join(tmpdir(), "latchkey-crash-"));
    folders.push(folder);
    const url = `sqlite:${join(folder, "latchkey.db")}`;
    running = await deployment("dev", { LATCHKEY_DATA_DIR: folder }, url, async (port) => {
      const response = await fetch(`http://127.0.0.1:${port}/dev/credentials`);
      return ((await response.json()) as { app_id: string }).app_id;
    });
    return running;
  },
  async PostgreSQL(): Promise<Deployment> {
    const url = await postgres.freshDatabaseUrl();
    const db = openDatabase(url, { now: Date.now, maxConnections: 1 });
    await migrate(db, migrations);
    const settings = { guestAuth: true };
    const { app } = await createApp(sqlStore(db).apps, {
      name: "App",
      kind: "production",
      settings,
    });
    await db.close();
    const env = {
      LATCHKEY_HOST: "127.0.0.1",
      LATCHKEY_PUBLIC_URL: "https://sessions.example.com",
      LATCHKEY_DATABASE_URL: url,
      LATCHKEY_MASTER_KEY: "crash test master key 0123456789 abcdefghijkl",
      LATCHKEY_SMTP_URL: "smtp://127.0.0.1:1",
      LATCHKEY_MAIL_FROM: "Example <sign-in@example.com>",
    };
    running = await deployment("start", env, url, async () => app.id);
    return running;
  },
};

/** Ends every window, so that the next refresh of each session moves. */
async function ripen(db: Database): Promise<void> {
  await db.write(
    sql`UPDATE sessions SET moved_at = moved_at - ${WINDOW_S * 1000}`.compile(db.build),
  );
}

async function generations(db: Database): Promise<Map<string, number>> {
  const rows = await db.all(db.build.selectFrom("sessions").select(["id", "generation"]));
  return new Map(rows.map(({ id, generation }) => [id, generation]));
}

/**
 * A client is told of a move only once it is durable, and at most one move is untold. How many
 * clients have been told, and how many moves are durable and untold.
 */
async function expectNothingLost(db: Database, clients: readonly SdkClient[], expected?: number) {
  const stored = await generations(db);
  let [told, untold] = [0, 0];
  for (const { sid, generation } of clients) {
    const kept = stored.get(sid) ?? -1;
    expect(kept).toBeGreaterThanOrEqual(generation);
    expect(kept).toBeLessThanOrEqual(generation + 1);
    if (generation === expected) told += 1;
    else if (kept === expected) untold += 1;
  }
  return { told, untold };
}

async function expectNoAlarm(db: Database): Promise<void> {
  const events = await db.all(db.build.selectFrom("session_events").select("type").distinct());
  expect(events).toEqual([{ type: "signed_in" }]);
}

describe.each(Object.entries(databases))("a server on %s under refresh traffic", (_name, open) => {
  test("killed at any moment loses no answered move and signs nobody out", async () => {
    const on = await open();
    const { db, target } = on;
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => newClient(target)));
    const seen = { told: 0, untold: 0 };
    for (let round = 1; round <= ROUNDS; round++) {
      await Promise.all(clients.map((client) => refreshSurely(target, client)));
      await ripen(db);
      const traffic = clients.map((client) => refreshSurely(target, client));
      await wait(Math.random() * 40);
      await on.server.end("SIGKILL");
      const { told, untold } = await expectNothingLost(db, clients, round);
      seen.told += told;
      seen.untold += untold;
      await on.start();
      await Promise.all(traffic);
      await expectNothingLost(db, clients);
    }
    expect(clients.map(({ over }) => over)).toEqual(clients.map(() => null));
    expect(Math.min(...clients.map(({ generation }) => generation))).toBe(ROUNDS);
    // The kills are worth something only if they met moves in the making.
    expect(seen.told + seen.untold).toBeGreaterThan(0);
    expect(seen.told).toBeLessThan(ROUNDS * CLIENTS);
    await expectNoAlarm(db);
  });

  test("told to stop finishes what it has begun, then ends cleanly", async () => {
    const on = await open();
    const { db, target } = on;
    const clients = await Promise.all(Array.from({ length: 8 }, () => newClient(target)));
    await ripen(db);
    const release = await holdWrites(on);
    const answers = clients.map((client) => refreshOnce(target, client));
    await wait(300);
    on.server.signal("SIGTERM");
    await wait(300);
    await release();
    expect(await Promise.all(answers)).toEqual(answers.map(() => true));
    expect(await on.server.exited).toBe(0);
    await expect(fetch(`http://127.0.0.1:${target.port}/healthz`)).rejects.toThrow();
    await expectNothingLost(db, clients);
    expect(clients.map(({ generation }) => generation)).toEqual(clients.map(() => 1));
  });
});

/** Keeps every session row locked, as a slow writer does, until the result is called. */
async function holdWrites({ db }: Deployment): Promise<() => Promise<void>> {
  if (db.dialect === "postgres") {
    const { rows } = { rows: await db.all<{ name: string }>(databaseName(db)) };
    const holder = new pg.Client(postgres.url.replace(/[^/]+$/, rows[0]?.name ?? ""));
    await holder.connect();
    await holder.query("BEGIN; SELECT 1 FROM sessions FOR UPDATE");
    return async () => {
      await holder.query("COMMIT");
      await holder.end();
    };
  }
  const { default: Sqlite } = await import("better-sqlite3");
  const file = new Sqlite(join(folders.at(-1) ?? "", "latchkey.db"));
  file.exec("BEGIN IMMEDIATE");
  return async () => {
    file.exec("COMMIT");
    file.close();
  };
}

const databaseName = (db: Database) =>
  sql<{ name: string }>`SELECT current_database() AS name`.compile(db.build);

describe("a PostgreSQL that crashes under a running server", () => {
  test("costs answers, never a session, and the server goes on without being started again", async () => {
    const { db, target } = await databases.PostgreSQL();
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => newClient(target)));
    for (let round = 1; round <= 3; round++) {
      await Promise.all(clients.map((client) => refreshSurely(target, client)));
      await ripen(db);
      const traffic = clients.map((client) => refreshSurely(target, client));
      await wait(Math.random() * 30);
      await postgres.crash();
      await wait(100);
      await postgres.restart();
      await Promise.all(traffic);
      await vi.waitFor(() => expectNothingLost(db, clients), { timeout: 10_000 });
    }
    expect(clients.map(({ over }) => over)).toEqual(clients.map(() => null));
    expect(clients.map(({ generation }) => generation)).toEqual(clients.map(() => 3));
    await expectNoAlarm(db);
  });
});
