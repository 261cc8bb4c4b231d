import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export type Env = Readonly<Record<string, string>>;

export interface Finished {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  /** http://127.0.0.1 and the port that it took. */
  readonly url: string;
  readonly pid: number;
  /** Everything written so far, to both streams. */
  output(): string;
  kill(signal: NodeJS.Signals): void;
  readonly finished: Promise<Finished>;
}

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));

/** The command line as a process of its own, with no environment but `env`. */
function begin(args: readonly string[], env: Env, cwd: string) {
  const child = spawn(process.execPath, ["--conditions=latchkey-source", MAIN, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const finished = new Promise<Finished>((resolve) => {
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { child, finished, stdout: () => stdout, output: () => stdout + stderr };
}

/** Runs a command to its end. */
export function latchkey(args: readonly string[], env: Env = {}, cwd = tmpdir()) {
  return begin(args, env, cwd).finished;
}

/** Starts `latchkey start` or `latchkey dev` and waits until it serves. */
export async function serveLatchkey(
  args: readonly string[],
  env: Env,
  cwd = tmpdir(),
): Promise<Running> {
  const { child, finished, stdout, output } = begin(args, { PORT: "0", ...env }, cwd);
  running.add(child);
  finished.then(() => running.delete(child));
  const port = await new Promise<string>((resolve, reject) => {
    const look = () => {
      const found = /"port":(\d+)[^\n]*"ready"|http:\/\/localhost:(\d+)\/healthz/.exec(stdout());
      if (found) resolve(found[1] ?? found[2] ?? "");
    };
    child.stdout.on("data", look);
    finished.then(() => reject(new Error(`It ended before it was ready:\n${output()}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid as number,
    output,
    kill: (signal) => child.kill(signal),
    finished,
  };
}

const running = new Set<ChildProcess>();

/** Ends what a failed test left running. */
export function endAll(): void {
  for (const child of running) child.kill("SIGKILL");
}

export interface Folder {
  readonly path: string;
  remove(): void;
}

export function makeFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "latchkey-cli-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A whole production environment on this machine, changed by `changes`. */
export function productionEnv(databaseUrl: string, smtpPort: number, changes: Env = {}): Env {
  return {
    LATCHKEY_HOST: "127.0.0.1",
    LATCHKEY_PUBLIC_URL: "https://sessions.example.com",
    LATCHKEY_DATABASE_URL: databaseUrl,
    LATCHKEY_MASTER_KEY: randomBytes(48).toString("base64"),
    LATCHKEY_SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
    LATCHKEY_MAIL_FROM: "Latchkey <sign-in@example.com>",
    ...changes,
  };
}

/** What `latchkey apps create` printed. */
export function readCreatedApp({ stdout }: Finished) {
  const after = (label: string) => new RegExp(`${label} +(\\S+)`).exec(stdout)?.[1] ?? "";
  return {
    id: after("App id"),
    secret: after("App secret"),
    clientId: after("Client id"),
    apiKey: after("API key"),
  };
}
