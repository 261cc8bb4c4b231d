import { LatchkeyError } from "@latchkey/core/errors";
import { backupSqlite, restoreSqlite } from "../storage/sqlite/backup.ts";
import { readArguments } from "./arguments.ts";
import { UsageError } from "./failure.ts";
import { operatorTarget } from "./operator.ts";

export async function backupCommand(args: string[]): Promise<number> {
  const [file] = readArguments(args, ["file"], {}).positionals;
  const { bytes } = backupSqlite(sqlitePath(), file);
  process.stdout.write(
    `Wrote ${bytes} bytes to ${file}. It opens only with the master key, which is not in it: keep that apart.\n`,
  );
  return 0;
}

export async function restoreCommand(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args, ["file"], {
    force: { type: "boolean", default: false },
  });
  const [file] = positionals;
  const target = sqlitePath();
  try {
    restoreSqlite(file, target, { force: values.force });
  } catch (error) {
    if (!(error instanceof LatchkeyError && error.code === "target_exists")) throw error;
    throw new UsageError(`${target} exists already. Add --force to replace it with the backup.`);
  }
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
