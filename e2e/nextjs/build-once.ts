/** Work whose result is a folder, done by one of the processes that want it and kept for the others. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const UNUSED_MS = 3_600_000;

/** Does `work` in the empty `folder`, unless that was done before. */
export async function buildOnce(folder: string, work: () => Promise<void>): Promise<void> {
  const finished = join(folder, "finished");
  mkdirSync(dirname(folder), { recursive: true });
  while (!takes(folder)) {
    if (existsSync(finished)) {
      utimesSync(folder, new Date(), new Date());
      return;
    }
    await wait(300);
  }
  removeUnused(dirname(folder));
  try {
    await work();
    writeFileSync(finished, "");
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Whether this process is the one to do it. */
function takes(folder: string): boolean {
  const builder = join(folder, "builder");
  try {
    mkdirSync(folder);
    writeFileSync(builder, String(process.pid));
    return true;
  } catch {
    if (existsSync(join(folder, "finished")) || isRunning(builder)) return false;
    rmSync(folder, { recursive: true, force: true });
    return false;
  }
}

/** False for one that was ended before it could clean up. */
function isRunning(builder: string): boolean {
  try {
    process.kill(Number(readFileSync(builder, "utf8") || process.pid), 0);
    return true;
  } catch {
    // It may be about to say who it is.
    const folder = statSync(dirname(builder), { throwIfNoEntry: false });
    return folder !== undefined && folder.mtimeMs > Date.now() - 5_000;
  }
}

function removeUnused(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).mtimeMs < Date.now() - UNUSED_MS) rmSync(path, { recursive: true });
  }
}
