/** What several ways to do one thing cost this process, measured in turns. */
export type Ways<Name extends string> = Readonly<Record<Name, () => Promise<unknown>>>;

export interface RoundTiming {
  readonly rounds: number;
  /** Of each way in each round. */
  readonly measureMs: number;
}

/** Microseconds of CPU, all threads of the process, for one call of each way; one figure per round. */
export type Costs<Name extends string> = Readonly<Record<Name, readonly number[]>>;

const CALLS_AT_ONCE = 8;
/** A round goes so often around all ways: what slows the machine for a moment slows them alike. */
const TURNS = 16;

interface Spent {
  cpuMicros: number;
  calls: number;
}

/** Interleaved: each round measures every way in turns, so that all see the same machine. */
export async function cpuRounds<Name extends string>(
  ways: Ways<Name>,
  { rounds, measureMs }: RoundTiming,
): Promise<Costs<Name>> {
  const names = Object.keys(ways) as Name[];
  const costs = {} as Record<Name, number[]>;
  for (const name of names) {
    // Once uncounted, so that the code is compiled.
    await spend(ways[name], measureMs, { cpuMicros: 0, calls: 0 });
    costs[name] = [];
  }
  for (let round = 0; round < rounds; round += 1) {
    const spent = new Map(names.map((name) => [name, { cpuMicros: 0, calls: 0 }]));
    for (let turn = 0; turn < TURNS; turn += 1) {
      for (const [name, sum] of spent) await spend(ways[name], measureMs / TURNS, sum);
    }
    for (const [name, { cpuMicros, calls }] of spent) costs[name].push(cpuMicros / calls);
  }
  return costs;
}

async function spend(way: () => Promise<unknown>, ms: number, sum: Spent): Promise<void> {
  const before = process.cpuUsage();
  const started = performance.now();
  while (performance.now() - started < ms) {
    for (let i = 0; i < CALLS_AT_ONCE; i += 1) await way();
    sum.calls += CALLS_AT_ONCE;
  }
  const { user, system } = process.cpuUsage(before);
  sum.cpuMicros += user + system;
}
