/** A production server with a verified domain, https in front of it, and a browser that finds both. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Browser } from "playwright-core";
import { launchChromium } from "../support/chromium.ts";
import { type HttpsFront, openHttpsFront } from "../support/https-front.ts";
import {
  latchkey,
  latchkeyCommand,
  type ServerProcess,
  serverProcess,
} from "../support/server-process.ts";

export const DOMAIN = "example.test";
export const APP = `https://app.${DOMAIN}`;
export const SESSION_HOST = `https://privy.${DOMAIN}`;
/** Of no app: where the deployment itself is. */
export const PUBLIC_URL = "https://sessions.latchkey.test";
export const ELSEWHERE = "https://news.elsewhere.test";

export interface Deployment {
  readonly server: ServerProcess;
  readonly front: HttpsFront;
  readonly browser: Browser;
  /** A person who signs in with a code that does not change. */
  readonly person: { readonly email: string; readonly code: string };
  readonly appId: string;
  latchkey(...args: string[]): Promise<string>;
  stop(): Promise<void>;
}

export interface DeploymentOptions {
  /** Seconds. */
  readonly accessTokenTtl: number;
  /** More of the server's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export async function startDeployment({
  accessTokenTtl,
  ...options
}: DeploymentOptions): Promise<Deployment> {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-cookies-"));
  const file = join(folder, "latchkey.db");
  const env = {
    LATCHKEY_DATABASE_URL: `sqlite:${file}`,
    LATCHKEY_MASTER_KEY: randomBytes(48).toString("base64"),
    LATCHKEY_PUBLIC_URL: PUBLIC_URL,
    LATCHKEY_SMTP_URL: "smtp://localhost:9",
    LATCHKEY_MAIL_FROM: "sign-in@example.com",
    LATCHKEY_ACCESS_TOKEN_TTL: String(accessTokenTtl),
    ...options.env,
  };
  const command = latchkeyCommand("start");
  const server = await serverProcess({ env, command });
  await server.start();
  const front = await openHttpsFront("test");
  front.serve(new URL(SESSION_HOST).host, server.url);
  front.serve(new URL(PUBLIC_URL).host, server.url);
  const run = (...args: string[]) => latchkey(env, args);
  const settings = ["httpOnlyCookies=true", "guestAuth=true"].flatMap((each) => ["--set", each]);
  const made = await run("apps", "create", "Notes", "--origin", APP, ...settings);
  const appId = /App id +(\S+)/.exec(made)?.[1] ?? "";
  const account = await run("apps", "test-account", appId);
  verifyDomain(file, appId);
  return {
    server,
    front,
    appId,
    browser: await launchChromium(front.chromiumArgs),
    person: {
      email: /E-mail +(\S+)/.exec(account)?.[1] ?? "",
      code: /Code +(\S+)/.exec(account)?.[1] ?? "",
    },
    latchkey: run,
    async stop() {
      await front.close();
      await server.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** As if its DNS records had been seen: what they are about is proven with the domains. */
function verifyDomain(file: string, appId: string): void {
  const now = Date.now();
  const columns = {
    id: "d1",
    app_id: appId,
    domain: DOMAIN,
    session_host: `privy.${DOMAIN}`,
    target_label: "label",
    ownership_token: "token",
    state: "active",
    state_at: now,
    approval: "not_needed",
    attempts: 0,
    misses: 0,
    next_check_at: now + 86_400_000,
    activated_at: now,
    version: 1,
    created_at: now,
    updated_at: now,
  };
  const database = new DatabaseSync(file);
  const names = Object.keys(columns);
  database
    .prepare(`INSERT INTO domains (${names}) VALUES (${names.map(() => "?")})`)
    .run(...Object.values(columns));
  database.close();
}
