/** A production server with its own TLS listener and a number of certificates in its store. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { crypto } from "@latchkey/core/crypto";
import { base64url, utf8 } from "@latchkey/core/encoding";
import Database from "better-sqlite3";
import { freePort } from "../processes/free-port.ts";
import { type ServerProcess, sourceCondition, startServer } from "../processes/server-process.ts";
import { latchkeyCommand } from "../servers/checkout.ts";
import { openIssuer } from "./issued-certificates.ts";

export interface StockedServer {
  readonly server: ServerProcess;
  readonly tlsPort: number;
  readonly names: number;
  stop(): Promise<void>;
}

export const nameOf = (index: number): string => `privy.n${index}.example`;

export async function startStockedServer(
  names: number,
  profileDir: string | undefined,
): Promise<StockedServer> {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-bench-tls-"));
  const file = join(folder, "latchkey.db");
  const masterKey = randomBytes(48).toString("base64");
  const tlsPort = await freePort();
  const env = {
    LATCHKEY_DATABASE_URL: `sqlite:${file}`,
    LATCHKEY_MASTER_KEY: masterKey,
    // One of the names: what is not in the store would be asked of a CA.
    LATCHKEY_PUBLIC_URL: `https://${nameOf(0)}`,
    LATCHKEY_SMTP_URL: "smtp://127.0.0.1:9",
    LATCHKEY_MAIL_FROM: "Benchmark <sign-in@example.com>",
    LATCHKEY_HOST: "127.0.0.1",
    LATCHKEY_TLS_PORT: String(tlsPort),
    LATCHKEY_ACME_DIRECTORY: "https://127.0.0.1:9/directory",
    LATCHKEY_DNS_SERVERS: "127.0.0.1:9",
  };
  await promisify(execFile)(process.execPath, [sourceCondition, latchkeyCommand, "migrate"], {
    env: { ...process.env, ...env },
  });
  await stock(file, masterKey, names);
  const server = await startServer({ command: [latchkeyCommand, "start"], env, profileDir });
  return {
    server,
    tlsPort,
    names,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Rows as the server writes them: an active domain each, the certificate's key sealed. */
async function stock(file: string, masterKey: string, names: number): Promise<void> {
  const key = await crypto.hkdfSha256(utf8(masterKey), utf8(""), "latchkey certificate-key", 32);
  const issue = openIssuer();
  const sealed: { name: string; chain: string; sealedKey: string }[] = [];
  for (let index = 0; index < names; index++) {
    const name = nameOf(index);
    const { chain, keyPem } = issue(name);
    sealed.push({
      name,
      chain,
      sealedKey: base64url(await crypto.sealAesGcm(key, utf8(keyPem), utf8(name))),
    });
  }
  const now = Date.now();
  const later = now + 60 * 86_400_000;
  const database = new Database(file);
  const insert = (table: string, row: Record<string, string | number>) => {
    const columns = Object.keys(row);
    const values = columns.map((column) => `@${column}`);
    database.prepare(`INSERT INTO ${table} (${columns}) VALUES (${values})`).run(row);
  };
  const times = { created_at: now, updated_at: now };
  database.transaction(() => {
    for (const [index, { name, chain, sealedKey }] of sealed.entries()) {
      const id = `c${index}`;
      const app = { id, client_id: id, name: id, kind: "production", settings: "{}" };
      insert("apps", { ...app, ...times });
      insert("domains", {
        ...{ id, app_id: id, domain: name.slice("privy.".length), session_host: name },
        ...{ target_label: id, ownership_token: id, state: "active", state_at: now },
        ...{ approval: "not_needed", attempts: 0, misses: 0, version: 1 },
        ...{ next_check_at: later, activated_at: now, ...times },
      });
      insert("certificates", {
        ...{ hostname: name, state: "live", version: 1, sealed_key: sealedKey, chain },
        ...{ not_before_at: now, not_after_at: later * 1.01, renew_at: later, failures: 0 },
        ...times,
      });
    }
  })();
  database.close();
}
