import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { cpus, loadavg, platform, release, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { spread } from "./spread.ts";

export interface Machine {
  readonly node: string;
  readonly system: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** One 4 KiB write that waits for the disk of the temporary folder, the median of fifty. */
  readonly diskSyncMicros: number;
}

export function describeMachine(): Machine {
  const cores = cpus();
  return {
    node: process.version,
    system: `${platform()} ${release()}`,
    cpu: cores[0]?.model.trim() ?? "unknown",
    cores: cores.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    diskSyncMicros: Math.round(diskSyncMicros()),
  };
}

/** Processes that wanted a core, averaged over the last minute. */
export function loadAverage(): number {
  return loadavg()[0] ?? Number.NaN;
}

function diskSyncMicros(): number {
  const directory = mkdtempSync(join(tmpdir(), "latchkey-bench-disk-"));
  const file = openSync(join(directory, "file"), "w");
  const page = new Uint8Array(4096).fill(1);
  const micros: number[] = [];
  for (let write = 0; write < 50; write += 1) {
    const started = performance.now();
    writeSync(file, page);
    fdatasyncSync(file);
    micros.push((performance.now() - started) * 1000);
  }
  closeSync(file);
  rmSync(directory, { recursive: true });
  return spread(micros).median;
}
