import { spawn } from "node:child_process";
import { once } from "node:events";
import { freePort } from "./free-port.ts";
import { untilAnswering } from "./until-answering.ts";
import type { SeedsAnswer, Usage, UsageAnswer, UsageQuestion } from "./usage.ts";

/** A server in a process of its own on 127.0.0.1. */
export interface ServerProcess {
  readonly port: number;
  usage(options?: { readonly collectGarbage: boolean }): Promise<Usage>;
  /** The tokens that it told it made; waits for them. */
  seeds(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export interface ServerProcessOptions {
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What is asked until there is an answer. */
  readonly readyPath?: string;
  /** Where Node writes a CPU profile when the server ends. */
  readonly profileDir?: string | undefined;
}

const reporter = new URL("./report-usage.ts", import.meta.url).href;
/** Ours run from their TypeScript sources, as under `npm start`. */
export const sourceCondition = "--conditions=latchkey-source";

export async function startServer(options: ServerProcessOptions): Promise<ServerProcess> {
  const port = await freePort();
  const profile = options.profileDir ? ["--cpu-prof", `--cpu-prof-dir=${options.profileDir}`] : [];
  const child = spawn(
    process.execPath,
    [sourceCondition, ...profile, `--import=${reporter}`, ...options.command],
    {
      env: { ...process.env, NODE_ENV: "production", PORT: String(port), ...options.env },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    },
  );
  let complaints = "";
  child.stderr?.on("data", (chunk) => {
    complaints = `${complaints}${chunk}`.slice(-4000);
  });
  const exited = once(child, "exit");
  const failed = exited.then(([code]) => {
    throw new Error(`${options.command.join(" ")} ended with ${code}:\n${complaints}`);
  });
  // Ending is a failure only while somebody waits for it.
  failed.catch(() => undefined);

  let seeds: (tokens: readonly string[]) => void;
  const seeded = new Promise<readonly string[]>((resolve) => {
    seeds = resolve;
  });
  const asked: ((usage: Usage) => void)[] = [];
  child.on("message", (message: UsageAnswer | SeedsAnswer) => {
    if (message.kind === "seeds") seeds(message.tokens);
    else asked.shift()?.(message.usage);
  });

  await Promise.race([
    untilAnswering(`http://127.0.0.1:${port}${options.readyPath ?? "/healthz"}`),
    failed,
  ]);
  return {
    port,
    usage({ collectGarbage } = { collectGarbage: false }) {
      const answer = new Promise<Usage>((resolve) => asked.push(resolve));
      child.send({ kind: "usage", collectGarbage } satisfies UsageQuestion);
      return Promise.race([answer, failed]);
    },
    seeds: () => Promise.race([seeded, failed]),
    async stop() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}
