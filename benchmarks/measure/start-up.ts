import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../processes/free-port.ts";
import { residentBytes } from "../processes/process-table.ts";
import { untilAnswering } from "../processes/until-answering.ts";
import { root } from "../servers/checkout.ts";

export interface StartUp {
  /** From `npm start` to the first answer of /healthz. */
  readonly seconds: readonly number[];
  /** Of the server alone, two seconds after; null where it cannot be seen. */
  readonly idleRssBytes: readonly (number | null)[];
}

const IDLE_MS = 2_000;

/** Starts the development server as its user does; a first start, not counted, makes all ready. */
export async function measureStartUp(starts: number): Promise<StartUp> {
  const dataDir = mkdtempSync(join(tmpdir(), "latchkey-bench-start-"));
  try {
    await startOnce(dataDir, 0);
    const measured = [];
    for (let start = 0; start < starts; start += 1) {
      measured.push(await startOnce(dataDir, IDLE_MS));
    }
    return {
      seconds: measured.map(({ seconds }) => seconds),
      idleRssBytes: measured.map(({ rssBytes }) => rssBytes),
    };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function startOnce(dataDir: string, idleMs: number) {
  const port = await freePort();
  const started = performance.now();
  const child = spawn("npm", ["start"], {
    cwd: root,
    env: { ...process.env, PORT: String(port), LATCHKEY_DATA_DIR: dataDir },
    stdio: ["ignore", "ignore", "pipe"],
    // A group of its own, so that the server below npm ends with it.
    detached: true,
  });
  let complaints = "";
  child.stderr.on("data", (chunk) => {
    complaints = `${complaints}${chunk}`.slice(-2000);
  });
  const exited = once(child, "exit");
  const failed = exited.then(([code]) => {
    throw new Error(`npm start ended with ${code}:\n${complaints}`);
  });
  failed.catch(() => undefined);
  const pid = child.pid ?? 0;
  try {
    await Promise.race([untilAnswering(`http://127.0.0.1:${port}/healthz`, 120_000), failed]);
    const seconds = (performance.now() - started) / 1000;
    await sleep(idleMs);
    return { seconds, rssBytes: residentBytes(pid, "cli/main.ts dev") };
  } finally {
    if (child.exitCode === null) process.kill(-pid, "SIGTERM");
    await exited;
  }
}
