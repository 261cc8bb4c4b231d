import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { type ServerProcess, sourceCondition, startServer } from "../processes/server-process.ts";
import { latchkeyCommand } from "./checkout.ts";
import { browserHeaders } from "./request-headers.ts";

/** An app, and the account that signs in to it without a mail. */
export interface App {
  readonly id: string;
  readonly email: string;
  readonly code: string;
}

/** The same, with the hosted sign-in. */
export interface HostedApp extends App {
  readonly clientId: string;
  readonly apiKey: string;
  readonly redirectUri: string;
}

export interface Session {
  readonly accessToken: string;
  readonly refreshToken: string;
}

export interface Latchkey {
  readonly server: ServerProcess;
  /** W = 0: every refresh moves its session and is committed. */
  readonly moving: App;
  /** W = 600 s: a refresh right after sign-in writes nothing. */
  readonly repeating: App;
  readonly hosted: HostedApp;
  /** Signs in over HTTP; each session is one row of one user with one e-mail address. */
  signIn(app: App, sessions: number): Promise<Session[]>;
  stop(): Promise<void>;
}

/** The server as `latchkey start` runs it in production, behind a proxy on this machine. */
export async function startLatchkey(
  databaseUrl: string,
  profileDir: string | undefined,
): Promise<Latchkey> {
  const env = {
    LATCHKEY_PUBLIC_URL: "https://sessions.example.com",
    LATCHKEY_DATABASE_URL: databaseUrl,
    LATCHKEY_MASTER_KEY: randomBytes(48).toString("base64"),
    LATCHKEY_SMTP_URL: "smtp://127.0.0.1:9",
    LATCHKEY_MAIL_FROM: "Benchmark <sign-in@example.com>",
    LATCHKEY_TRUSTED_PROXIES: "127.0.0.1",
  };
  const moving = await createApp(env, 0);
  const repeating = await createApp(env, 600);
  const server = await startServer({ command: [latchkeyCommand, "start"], env, profileDir });
  return {
    server,
    moving,
    repeating,
    hosted: repeating,
    signIn: (app, sessions) => signInAll(server.port, app, sessions),
    stop: () => server.stop(),
  };
}

async function createApp(env: Record<string, string>, refreshWindow: number): Promise<HostedApp> {
  const origin = browserHeaders.origin;
  const redirectUri = `${origin}/callback`;
  const settings = ["--origin", origin, "--set", `refreshWindow=${refreshWindow}`];
  settings.push("--set", `redirectUris=${JSON.stringify([redirectUri])}`);
  const created = await latchkey(env, ["apps", "create", "Benchmark", ...settings]);
  const id = field(created, "App id");
  const account = await latchkey(env, ["apps", "test-account", id]);
  return {
    id,
    email: field(account, "E-mail"),
    code: field(account, "Code"),
    clientId: field(created, "Client id"),
    apiKey: field(created, "API key"),
    redirectUri,
  };
}

async function latchkey(env: Record<string, string>, args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [sourceCondition, latchkeyCommand, ...args],
    { env: { ...process.env, ...env } },
  );
  return stdout;
}

function field(output: string, name: string): string {
  const value = new RegExp(`^ *${name} +(\\S+)$`, "m").exec(output)?.[1];
  if (value === undefined) throw new Error(`no "${name}" in what latchkey printed:\n${output}`);
  return value;
}

async function signInAll(port: number, app: App, sessions: number): Promise<Session[]> {
  const signedIn: Session[] = [];
  let begun = 0;
  async function signInNext(): Promise<void> {
    while (begun < sessions) {
      begun += 1;
      signedIn.push(await signIn(port, app, begun));
    }
  }
  await Promise.all(Array.from({ length: 16 }, signInNext));
  return signedIn;
}

async function signIn(port: number, app: App, index: number): Promise<Session> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/passwordless/authenticate`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "privy-app-id": app.id,
      // Sign-ins are limited per network: these come from many.
      "x-forwarded-for": `10.${index >> 8}.${index & 255}.1`,
    },
    body: JSON.stringify({ email: app.email, code: app.code }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`signing in was answered ${response.status}: ${text}`);
  const answer = JSON.parse(text) as { token: string; refresh_token: string };
  return { accessToken: answer.token, refreshToken: answer.refresh_token };
}
