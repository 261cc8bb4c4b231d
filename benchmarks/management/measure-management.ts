/** What pages of the dashboard's lists take the server with a million users and three million sessions. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { sourceCondition, startServer } from "../processes/server-process.ts";
import { latchkeyCommand } from "../servers/checkout.ts";
import { startPostgres } from "../servers/postgres.ts";
import { openAdminCalls, PUBLIC_URL } from "./admin-call.ts";
import { type ListFigure, measureLists } from "./measure-lists.ts";
import { postgresTarget, type SeedTarget, seedDatabase, sqliteTarget } from "./seed-database.ts";

export interface ManagementOptions {
  readonly users: number;
  readonly sessions: number;
  /** How often each page is asked for in each of three rounds. */
  readonly times: number;
  readonly profileDir: string | undefined;
}

export interface ManagementFigures {
  readonly lists: readonly ListFigure[];
  readonly seedSeconds: number;
  /** Of the indexes that the dashboard's lists brought, made over all the rows. */
  readonly indexSeconds: Readonly<Record<string, number>>;
  /** How often PostgreSQL read a whole table meanwhile; null where that cannot be asked. */
  readonly tableScans: number | null;
  readonly bytes: number;
}

export interface ManagementResults extends ManagementOptions {
  readonly sqlite: ManagementFigures;
  readonly postgres: ManagementFigures;
}

type Say = (text: string) => void;

export async function measureManagement(
  options: ManagementOptions,
  say: Say,
): Promise<ManagementResults> {
  return {
    ...options,
    sqlite: await onSqlite(options, say),
    postgres: await onPostgres(options, say),
  };
}

async function onSqlite(options: ManagementOptions, say: Say): Promise<ManagementFigures> {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-bench-management-"));
  const path = join(folder, "latchkey.db");
  try {
    return await measureOn(`sqlite:${path}`, options, say, {
      async seed(work) {
        const target = sqliteTarget(path);
        await work(target);
        target.close();
      },
      tableScans: async () => null,
      cpuMicros: () => 0,
      bytes: async () => statSync(path).size,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function onPostgres(options: ManagementOptions, say: Say): Promise<ManagementFigures> {
  const postgres = await startPostgres();
  try {
    const number = async (sql: string) =>
      Number(((await postgres.query(sql)).rows[0] as { n: string } | undefined)?.n);
    return await measureOn(postgres.url, options, say, {
      seed: (work) => work(postgresTarget(postgres.query)),
      tableScans: () =>
        number(`SELECT sum(seq_scan) AS n FROM pg_stat_user_tables
          WHERE relname IN ('users', 'accounts', 'sessions', 'organization_memberships')`),
      cpuMicros: () => postgres.cpuMicros() ?? Number.NaN,
      bytes: () => number("SELECT pg_database_size(current_database()) AS n"),
    });
  } finally {
    await postgres.stop();
  }
}

interface Place {
  seed(work: (target: SeedTarget) => Promise<void>): Promise<void>;
  tableScans(): Promise<number | null>;
  /** Of the database beside the server, so far. */
  cpuMicros(): number;
  bytes(): Promise<number>;
}

async function measureOn(
  databaseUrl: string,
  { users, sessions, times, profileDir }: ManagementOptions,
  say: Say,
  place: Place,
): Promise<ManagementFigures> {
  const env = {
    LATCHKEY_PUBLIC_URL: PUBLIC_URL,
    LATCHKEY_DATABASE_URL: databaseUrl,
    LATCHKEY_MASTER_KEY: randomBytes(48).toString("base64"),
    LATCHKEY_SMTP_URL: "smtp://127.0.0.1:9",
    LATCHKEY_MAIL_FROM: "Benchmark <sign-in@example.com>",
    LATCHKEY_TRUSTED_PROXIES: "127.0.0.1",
  };
  const created = await latchkey(env, ["apps", "create", "Benchmark"]);
  const appId = /^ *App id +(\S+)$/m.exec(created)?.[1];
  if (appId === undefined) throw new Error(`no app id in what latchkey printed:\n${created}`);
  const invitation = await latchkey(env, ["admins", "invite"]);
  const now = Date.now();
  say(
    `${databaseUrl.split(":", 1)}: ${users.toLocaleString("en")} users, ${sessions.toLocaleString("en")} sessions`,
  );
  const began = performance.now();
  let indexes: ReadonlyMap<string, number> = new Map();
  await place.seed(async (target) => {
    indexes = await seedDatabase(target, { users, sessions, appId, now }, say);
  });
  const seedSeconds = (performance.now() - began) / 1000;
  const server = await startServer({ command: [latchkeyCommand, "start"], env, profileDir });
  const calls = openAdminCalls(server.port);
  try {
    const before = await place.tableScans();
    const lists = await measureLists(
      calls,
      {
        appId,
        users,
        invitation,
        times,
        now,
        cpuMicros: async () => (await server.usage()).cpuMicros + place.cpuMicros(),
      },
      say,
    );
    // PostgreSQL tells its counters a second later.
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const after = await place.tableScans();
    return {
      lists,
      seedSeconds,
      indexSeconds: Object.fromEntries(
        [...indexes].map(([name, ms]) => [name, Math.round(ms / 100) / 10]),
      ),
      tableScans: before === null || after === null ? null : after - before,
      bytes: await place.bytes(),
    };
  } finally {
    calls.close();
    await server.stop();
  }
}

async function latchkey(env: Record<string, string>, args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [sourceCondition, latchkeyCommand, ...args],
    { env: { ...process.env, ...env } },
  );
  return stdout;
}
