/** What is started once for all scenarios, when the first one needs it, and stopped at the end. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Sqlite from "better-sqlite3";
import { type ServerProcess, startServer } from "../processes/server-process.ts";
import { type Latchkey, startLatchkey } from "../servers/latchkey.ts";
import { type Postgres, startPostgres } from "../servers/postgres.ts";
import { SESSIONS } from "./scenario.ts";

export interface SqliteDeployment {
  readonly latchkey: Latchkey;
  writes(): Promise<number>;
}

export interface PostgresDeployment {
  readonly latchkey: Latchkey;
  readonly postgres: Postgres;
}

export interface Shared {
  sqlite(): Promise<SqliteDeployment>;
  postgres(): Promise<PostgresDeployment>;
  /** A fresh one on SQLite that nobody else uses. */
  freshLatchkey(): Promise<Latchkey>;
  /** One of the programs of servers/, which makes its own sessions. */
  program(name: string, sessions?: number): Promise<ServerProcess>;
  stop(): Promise<void>;
}

export function openShared(profileDir: string | undefined): Shared {
  const directory = mkdtempSync(join(tmpdir(), "latchkey-bench-"));
  const closing: (() => Promise<void> | void)[] = [];
  let databases = 0;
  const freshFile = () => join(directory, `${++databases}.db`);
  const onStop = (close: () => Promise<void> | void) => closing.unshift(close);

  async function latchkeyOn(databaseUrl: string): Promise<Latchkey> {
    const latchkey = await startLatchkey(databaseUrl, profileDir);
    onStop(latchkey.stop);
    return latchkey;
  }

  return {
    sqlite: once(async () => {
      const file = freshFile();
      const latchkey = await latchkeyOn(`sqlite:${file}`);
      const reader = new Sqlite(file, { readonly: true });
      onStop(() => void reader.close());
      const writes = async () => reader.pragma("data_version", { simple: true }) as number;
      return { latchkey, writes };
    }),
    postgres: once(async () => {
      const postgres = await startPostgres();
      onStop(postgres.stop);
      return { latchkey: await latchkeyOn(postgres.url), postgres };
    }),
    freshLatchkey: () => latchkeyOn(`sqlite:${freshFile()}`),
    async program(name, sessions = SESSIONS) {
      const server = await startServer({
        command: [fileURLToPath(new URL(`../servers/${name}.ts`, import.meta.url))],
        env: { PROBE_DATABASE: freshFile(), SESSIONS: String(sessions) },
        readyPath: "/",
        profileDir,
      });
      onStop(server.stop);
      return server;
    },
    async stop() {
      for (const close of closing) await close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
