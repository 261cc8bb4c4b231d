/** Other processes as Linux shows them under /proc; on other systems there are none to see. */
import { readdirSync, readFileSync } from "node:fs";

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** Its own and that of its children that have ended, in microseconds. */
  readonly cpuMicros: number;
}

/** The kernel counts in hundredths of a second (USER_HZ) on every platform that Node runs on. */
const tickMicros = 10_000;

function readProcesses(): ProcessRow[] {
  return readPids().flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
      // The name before may hold spaces and brackets.
      const fields = stat
        .slice(stat.lastIndexOf(")") + 2)
        .split(" ")
        .map(Number);
      const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15);
      const cpuMicros = (utime + stime + cutime + cstime) * tickMicros;
      return [{ pid, parent: fields[1] ?? 0, cpuMicros }];
    } catch {
      return [];
    }
  });
}

function readPids(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** The process and all below it. */
function treeOf(root: number): ProcessRow[] {
  const rows = readProcesses();
  const tree = rows.filter(({ pid }) => pid === root);
  for (const row of tree) tree.push(...rows.filter(({ parent }) => parent === row.pid));
  return tree;
}

/** CPU of a process and all below it; null where it cannot be seen. */
export function treeCpuMicros(root: number): number | null {
  const tree = treeOf(root);
  return tree.length === 0 ? null : tree.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0);
}

/** Resident bytes of the process below `root` whose command line holds `words`; else null. */
export function residentBytes(root: number, words: string): number | null {
  for (const { pid } of treeOf(root)) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      if (!command.includes(words)) continue;
      const resident = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"));
      if (resident) return Number(resident[1]) * 1024;
    } catch {
      // It ended meanwhile.
    }
  }
  return null;
}
