/** A built site in production, as `next start` runs it. */
import { type ChildProcess, spawn } from "node:child_process";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { environment, nextBin, type Variant } from "./build-site.ts";

export interface Site {
  /** Where it listens; a proxy in front of it may have another name. */
  readonly url: string;
  /** What it has printed so far. */
  output(): string;
  close(): Promise<void>;
}

export async function startSite(
  variant: Variant,
  folder: string,
  configure: (url: string) => Record<string, string>,
): Promise<Site> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const child = spawn(process.execPath, [nextBin(variant, folder), "start", "-p", String(port)], {
    cwd: folder,
    // Its own group, as it may have children of its own.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: environment(configure(url)),
  });
  const kill = () => endGroup(child);
  process.on("exit", kill);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  async function close(): Promise<void> {
    kill();
    process.off("exit", kill);
    await closed;
  }
  try {
    await eventually(async () => {
      if (child.exitCode !== null) return;
      const { status } = await fetch(url);
      if (status !== 200) throw new Error(`${url} answered ${status}:\n${output}`);
    }, 60_000);
    if (child.exitCode !== null) throw new Error(`next start ended at once:\n${output}`);
  } catch (error) {
    await close();
    throw error;
  }
  return { url, output: () => output, close };
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It is gone.
  }
}
