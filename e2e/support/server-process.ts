/** The `latchkey` command as a process of its own, as its users run it. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { eventually } from "./eventually.ts";
import { freePort } from "./free-port.ts";

export interface ServerProcess {
  readonly url: string;
  /** Starts it, also again, and waits until it is healthy. */
  start(): Promise<void>;
  /** Ends it and answers its exit code, null after SIGKILL. */
  kill(signal: "SIGTERM" | "SIGKILL"): Promise<number | null>;
  /** Freezes the process, as a machine does that is moved or out of memory, until `resume`. */
  pause(): void;
  resume(): void;
  /** Ends it for good. Throws when it ended by itself or logged an error meanwhile. */
  end(): Promise<void>;
}

export interface ServerProcessOptions {
  /** Without LATCHKEY_ variables of this process's own. */
  readonly env: Record<string, string>;
  readonly command: readonly [string, ...string[]];
  /** Codes of errors that the test brings about, which may be logged. */
  readonly expectedErrors?: readonly string[];
}

export const root = fileURLToPath(new URL("../..", import.meta.url));
const main = join(root, "packages/server/src/cli/main.ts");

export function latchkeyCommand(...args: string[]): [string, ...string[]] {
  return [process.execPath, "--conditions=latchkey-source", main, ...args];
}

/** Runs one command to its end; answers what it printed. */
export async function latchkey(env: Record<string, string>, args: string[]): Promise<string> {
  const [node, ...rest] = latchkeyCommand(...args);
  const { stdout } = await promisify(execFile)(node, rest, { env: cleanEnv(env), cwd: root });
  return stdout;
}

export async function serverProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const env = cleanEnv({ ...options.env, PORT: String(port) });
  const failures: string[] = [];
  let running: ChildProcess | undefined;
  let askedToEnd = false;
  const endWithTests = () => running?.kill("SIGKILL");
  process.on("exit", endWithTests);

  async function start(): Promise<void> {
    const [command, ...args] = options.command;
    const child = spawn(command, args, { env, cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    running = child;
    askedToEnd = false;
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    const ended = new Promise<never>((_resolve, reject) => {
      child.once("close", (code, signal) => {
        if (!askedToEnd) failures.push(`it ended by itself (${code ?? signal}):\n${output}`);
        failures.push(...unforeseen(output, options.expectedErrors ?? []));
        reject(new Error(`the server ended at its start:\n${output}`));
      });
    });
    ended.catch(() => undefined);
    const healthy = eventually(async () => {
      const { status } = await fetch(`${url}/healthz`);
      if (status !== 200) throw new Error(`/healthz answered ${status}:\n${output}`);
    }, 60_000);
    await Promise.race([healthy, ended]);
  }

  async function kill(signal: "SIGTERM" | "SIGKILL"): Promise<number | null> {
    const child = running;
    if (!child || child.exitCode !== null || child.signalCode !== null) return null;
    const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
    askedToEnd = true;
    child.kill(signal);
    return closed;
  }

  return {
    url,
    start,
    kill,
    pause: () => void running?.kill("SIGSTOP"),
    resume: () => void running?.kill("SIGCONT"),
    async end() {
      await kill("SIGTERM");
      process.off("exit", endWithTests);
      if (failures.length > 0) throw new Error(`the server failed:\n${failures.join("\n")}`);
    },
  };
}

/** Lines that it logged as an error, without those that are to be expected. */
function unforeseen(output: string, expected: readonly string[]): string[] {
  return output
    .split("\n")
    .filter((line) => /"level":[56]0/.test(line))
    .filter((line) => !expected.some((code) => line.includes(`"code":"${code}"`)));
}

function cleanEnv(env: Record<string, string>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("LATCHKEY_"));
  return { ...Object.fromEntries(inherited), ...env };
}
