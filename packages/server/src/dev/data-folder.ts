import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

export interface DataFolder {
  readonly path: string;
  readonly databaseUrl: string;
  readonly masterKey: string;
}

/** Development's folder, made at the first start and readable by its owner only. */
export function openDataFolder(dataDir: string): DataFolder {
  const path = resolve(dataDir);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  // A folder inside a repository must never be committed.
  writeOnce(join(path, ".gitignore"), "*\n");
  const keyFile = join(path, "master.key");
  writeOnce(keyFile, `${randomBytes(48).toString("base64url")}\n`);
  return {
    path,
    databaseUrl: `sqlite:${join(path, "latchkey.db")}`,
    masterKey: readFileSync(keyFile, "utf8").trim(),
  };
}

function writeOnce(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
