/** The development server as its users run it: a child process, known by its documented interface. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { eventually } from "./eventually.ts";

export interface Credentials {
  readonly app_id: string;
  readonly app_secret: string;
  readonly client_id: string;
  readonly api_key: string;
}

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly code: string | null;
  readonly sent_at: string;
}

export interface CreatedApp {
  readonly id: string;
  readonly secret: string;
}

export interface DevServer {
  readonly url: string;
  readonly credentials: Credentials;
  /** Newest first. */
  mails(to: string): Promise<Mail[]>;
  /** The code of the newest mail, once there are `count` of them. */
  mailedCode(to: string, count?: number): Promise<string>;
  /** Runs the command line on this server's data while it runs; answers what it printed. */
  latchkey(...args: string[]): Promise<string>;
  /** Makes an app of its own for a test, with these settings. */
  createApp(settings: Record<string, unknown>): Promise<CreatedApp>;
  /** Ends the process and answers its exit code, null after SIGKILL. */
  kill(signal: "SIGTERM" | "SIGKILL"): Promise<number | null>;
  /** Starts it again on the same port and data. */
  start(): Promise<void>;
  /** Ends it and removes its data. Throws when it failed unforeseen meanwhile. */
  stop(): Promise<void>;
}

export interface DevServerOptions {
  /** Seconds. */
  readonly accessTokenTtl?: number;
  /** Seconds, the replay window W. */
  readonly refreshGrace?: number;
  /** Runs instead of the command line's `dev`, as `npm start` does. */
  readonly command?: readonly [string, ...string[]];
}

export const root = fileURLToPath(new URL("../..", import.meta.url));
const node = process.execPath;
const ENDED_BY_ITSELF = "The server ended by itself";
const cli = ["--conditions=latchkey-source", join(root, "packages/server/src/cli/main.ts")];

export async function startDevServer(options: DevServerOptions = {}): Promise<DevServer> {
  const dataDir = mkdtempSync(join(tmpdir(), "latchkey-e2e-"));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const env = {
    ...process.env,
    PORT: String(port),
    LATCHKEY_DATA_DIR: dataDir,
    ...(options.accessTokenTtl !== undefined && {
      LATCHKEY_ACCESS_TOKEN_TTL: String(options.accessTokenTtl),
    }),
    ...(options.refreshGrace !== undefined && {
      LATCHKEY_REFRESH_GRACE: String(options.refreshGrace),
    }),
  };
  let running: ChildProcess | undefined;
  let output = "";
  let askedToEnd = false;
  const endWithTests = () => running?.kill("SIGKILL");
  process.on("exit", endWithTests);

  async function start(): Promise<void> {
    const [command, ...args] = options.command ?? [node, ...cli, "dev"];
    const child = spawn(command, args, { env, cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    running = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    askedToEnd = false;
    const ended = new Promise<never>((_resolve, reject) => {
      child.once("exit", (code, signal) => {
        if (!askedToEnd) output += `\n${ENDED_BY_ITSELF} (${code ?? signal})\n`;
        reject(new Error(`the server ended at its start:\n${output}`));
      });
    });
    const healthy = eventually(async () => {
      const { status } = await fetch(`${url}/healthz`);
      if (status !== 200) throw new Error(`/healthz answered ${status}:\n${output}`);
    }, 60_000);
    ended.catch(() => undefined);
    await Promise.race([healthy, ended]);
  }

  async function kill(signal: "SIGTERM" | "SIGKILL"): Promise<number | null> {
    const child = running;
    if (!child || child.exitCode !== null || child.signalCode !== null) return null;
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    askedToEnd = true;
    child.kill(signal);
    const code = await ended;
    running = undefined;
    return code;
  }

  async function latchkey(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(node, [...cli, ...args], { env, cwd: root });
    return stdout;
  }

  async function mails(to: string): Promise<Mail[]> {
    const answer = await fetch(`${url}/dev/mail?to=${encodeURIComponent(to)}`);
    return (await answer.json()) as Mail[];
  }

  await start();
  const credentials = (await (await fetch(`${url}/dev/credentials`)).json()) as Credentials;
  return {
    url,
    credentials,
    mails,
    mailedCode(to, count = 1) {
      return eventually(async () => {
        const received = await mails(to);
        const code = received[0]?.code;
        if (received.length < count || !code) {
          throw new Error(`${received.length} of ${count} mails to ${to} have arrived`);
        }
        return code;
      });
    },
    latchkey,
    async createApp(settings) {
      const assignments = Object.entries(settings).flatMap(([name, value]) => [
        "--set",
        `${name}=${JSON.stringify(value)}`,
      ]);
      const origin = ["--origin", "http://localhost:*"];
      const name = "Test app";
      const text = await latchkey(
        "apps",
        "create",
        name,
        "--development",
        ...origin,
        ...assignments,
      );
      const [, id] = /App id +(\S+)/.exec(text) ?? [];
      const [, secret] = /App secret +(\S+)/.exec(text) ?? [];
      if (!id || !secret) throw new Error(`apps create printed no id and secret:\n${text}`);
      return { id, secret };
    },
    kill,
    start,
    async stop() {
      await kill("SIGTERM");
      process.off("exit", endWithTests);
      rmSync(dataDir, { recursive: true, force: true });
      if (output.includes(ENDED_BY_ITSELF) || /"level":[56]0/.test(output)) {
        throw new Error(`the server met what it did not foresee:\n${output}`);
      }
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
