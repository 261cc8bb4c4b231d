import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const CERTUTIL = "/usr/bin/certutil";
export const hasCertutil = existsSync(CERTUTIL);

/** Makes `home` one in which Chromium trusts this root, as it does the CAs that it ships. */
export function trustRoot(home: string, root: string): void {
  const database = join(home, ".pki/nssdb");
  mkdirSync(database, { recursive: true });
  const file = join(home, "root.pem");
  writeFileSync(file, root);
  const run = (...args: string[]) => execFileSync(CERTUTIL, ["-d", `sql:${database}`, ...args]);
  run("-N", "--empty-password");
  run("-A", "-t", "C,,", "-n", "test CA", "-i", file);
}
