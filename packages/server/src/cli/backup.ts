import { parseArgs } from "node:util";
import { backupSqlite, restoreSqlite } from "../storage/sqlite/backup.ts";
import { UsageError } from "./failure.ts";
import { operatorTarget } from "./operator.ts";

export async function backupCommand(args: string[]): Promise<number> {
  const [file] = args;
  if (!file) throw new UsageError("Name the file to write: latchkey backup sessions.db");
  const { bytes } = backupSqlite(sqlitePath(), file);
  process.stdout.write(
    `Wrote ${bytes} bytes to ${file}. It opens only with the master key, which is not in it: keep that apart.\n`,
  );
  return 0;
}

export async function restoreCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { force: { type: "boolean", default: false } },
  });
  const [file] = positionals;
  if (!file) throw new UsageError("Name the backup: latchkey restore sessions.db");
  restoreSqlite(file, sqlitePath(), { force: values.force });
  process.stdout.write(
    "Restored. Sessions begun since the backup are kept as unknown (503) until you run: latchkey sessions declare-loss\n",
  );
  return 0;
}

function sqlitePath(): string {
  const { databaseUrl } = operatorTarget();
  if (databaseUrl.startsWith("sqlite:")) return databaseUrl.slice("sqlite:".length);
  throw new UsageError("This database is PostgreSQL: back it up with pg_dump and pg_restore.");
}
