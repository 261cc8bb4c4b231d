import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  readAddressConfig,
  readConfig,
  readDomainConfig,
  readOperatorConfig,
  readSessionConfig,
} from "../config/config.ts";
import { openDataFolder } from "../dev/data-folder.ts";
import { openServices } from "../main.ts";
import { openLogger } from "../node/logger.ts";
import type { Services } from "../services.ts";

export interface OperatorTarget {
  readonly databaseUrl: string;
  readonly masterKey: string;
  /** Set where a database of the other mode is refused. */
  readonly mode?: "production";
  /** Where the development server of this folder is reached, when it runs. */
  readonly developmentUrl?: string;
}

/**
 * What an operator's command works on: the database that the environment names, else the one that
 * `latchkey dev` keeps here.
 */
export function operatorTarget(): OperatorTarget {
  const { dataDir, port } = readConfig("development", process.env);
  const development = existsSync(join(dataDir, "latchkey.db"));
  if (process.env.LATCHKEY_DATABASE_URL || !development) return readOperatorConfig(process.env);
  const folder = openDataFolder(dataDir);
  process.stderr.write(`Working on the development database in ${folder.path}.\n`);
  return { ...folder, developmentUrl: `http://localhost:${port}` };
}

/** Opens it for one piece of work. */
export async function withOperator<T>(
  work: (services: Services) => Promise<T>,
  { developmentUrl, ...target }: OperatorTarget = operatorTarget(),
): Promise<T> {
  const services = await openServices({
    ...target,
    mailer: { send: async () => undefined },
    log: openLogger("warn"),
    settings: {
      sessions: readSessionConfig(process.env),
      secure: true,
      limitByIp: true,
      metricsToken: undefined,
      publicUrl: () => process.env.LATCHKEY_PUBLIC_URL?.replace(/\/$/, "") ?? developmentUrl ?? "",
      domains: readDomainConfig(process.env),
      allowPrivateAddresses:
        developmentUrl !== undefined || readAddressConfig(process.env).allowPrivateAddresses,
    },
  });
  try {
    return await work(services);
  } finally {
    await services.store.close();
  }
}

/** Lines up columns; the first row is the heading. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")
    .concat("\n");
}
