import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

/** The real command line in a process of its own, which a test can kill. */
export interface ServerProcess {
  readonly port: number;
  /** Sends the signal and waits for the end; the exit code, null when the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Sends the signal only. */
  signal(signal: NodeJS.Signals): void;
  readonly exited: Promise<number | null>;
}

const main = join(import.meta.dirname, "../../cli/main.ts");
/** The line in which each command says where it listens. */
const ready = {
  dev: /Health +http:\/\/localhost:([0-9]+)\/healthz/,
  start: /"port":([0-9]+),.*"msg":"ready"/,
};

/** Resolves once it is ready to serve; rejects with what it said when it ends before. */
export async function startServer(
  command: keyof typeof ready,
  env: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  const child: ChildProcess = spawn(
    process.execPath,
    ["--conditions=latchkey-source", "--disable-warning=ExperimentalWarning", main, command],
    { env: { PATH: process.env.PATH, PORT: "0", ...env }, stdio: ["ignore", "pipe", "pipe"] },
  );
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  let said = "";
  const port = await new Promise<number>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      said += chunk.toString();
      const found = ready[command].exec(said)?.[1];
      if (found) resolve(Number(found));
    };
    child.stdout?.on("data", listen);
    child.stderr?.on("data", listen);
    exited.then((code) => reject(new Error(`latchkey ${command} ended with ${code}: ${said}`)));
  });
  return {
    port,
    exited,
    signal: (signal) => void child.kill(signal),
    async end(signal) {
      child.kill(signal);
      return exited;
    },
  };
}
