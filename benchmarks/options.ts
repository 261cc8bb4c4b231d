import { parseArgs } from "node:util";
import type { Timing } from "./measure/measure-rounds.ts";

export interface Options {
  readonly timing: Timing;
  /** Exact names; empty for everything. */
  readonly only: readonly string[];
  readonly starts: number;
  /** Counts of refreshes at which memory is read. */
  readonly memoryPoints: readonly number[];
  /** In the store of the server whose TLS handshakes are measured. */
  readonly certificates: number;
  /** Of the server whose dashboard lists are measured. */
  readonly management: {
    readonly users: number;
    readonly sessions: number;
    readonly times: number;
  };
  readonly profileDir: string | undefined;
}

export const help = `npm run bench -- [name]... [--only=name,...] [--quick] [--rounds=n] [--cpu-profile=folder]

  --quick               shorter rounds, a tenth of the refreshes for memory, of the certificates and of the users
  --only, names         measure only these
  --rounds              how often each figure is taken; at least 3 to be worth quoting
  management            measured only when it is named: it takes ten minutes and 4 GB of disk
  --cpu-profile=folder  leave there a CPU profile of every server

`;

const compile = { compileRequests: 25_000, compileAtMostMs: 10_000 };
const full = { measureMs: 2_000, warmUpMs: 300, compileMs: 2_500, ...compile };
const quick = { measureMs: 600, warmUpMs: 100, compileMs: 500, ...compile };

/** Throws a TypeError that says what is wrong with the arguments; null asks for the help. */
export function readOptions(args: readonly string[]): Options | null {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: "boolean", short: "h" },
      quick: { type: "boolean" },
      only: { type: "string", multiple: true },
      rounds: { type: "string" },
      "cpu-profile": { type: "string" },
    },
  });
  if (values.help) return null;
  const only = [...positionals, ...(values.only ?? []).flatMap((text) => text.split(","))];
  const rounds = Number(values.rounds ?? (values.quick ? 3 : 5));
  if (!Number.isSafeInteger(rounds) || rounds < 1) {
    throw new TypeError(`--rounds takes a whole number of 1 or more, not ${values.rounds}.`);
  }
  const memoryPoints = [0, 25_000, 50_000, 100_000];
  return {
    timing: { rounds, ...(values.quick ? quick : full) },
    only,
    starts: values.quick ? 2 : 5,
    memoryPoints: values.quick ? memoryPoints.map((point) => point / 10) : memoryPoints,
    certificates: values.quick ? 1000 : 10_000,
    management: values.quick
      ? { users: 100_000, sessions: 300_000, times: 50 }
      : { users: 1_000_000, sessions: 3_000_000, times: 100 },
    profileDir: values["cpu-profile"],
  };
}

/** Whether a name was asked for. Throws a TypeError for one that nothing has. */
export function chooser(only: readonly string[], names: readonly string[]) {
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`Nothing is named "${unknown}". The names are ${names.join(", ")}.`);
  }
  return (name: string): boolean => only.length === 0 || only.includes(name);
}
