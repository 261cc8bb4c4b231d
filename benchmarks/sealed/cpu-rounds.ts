/** What several ways to do one thing cost this process, measured in turns. */
export type Ways<Name extends string> = Readonly<Record<Name, () => Promise<unknown>>>;

export interface RoundTiming {
  readonly rounds: number;
  /** Of each way in each round. */
  readonly measureMs: number;
}

/** Microseconds of CPU, all threads of the process, for one call of each way; one figure per round. */
export type Costs<Name extends string> = Readonly<Record<Name, readonly number[]>>;

const AT_ONCE = 32;

/** Interleaved: each round measures every way once, so that all see the same machine. */
export async function cpuRounds<Name extends string>(
  ways: Ways<Name>,
  { rounds, measureMs }: RoundTiming,
): Promise<Costs<Name>> {
  const named = Object.entries(ways) as [Name, () => Promise<unknown>][];
  const costs = {} as Record<Name, number[]>;
  // Once uncounted, so that the code is compiled.
  for (const [name, way] of named) {
    await cpuMicros(way, measureMs);
    costs[name] = [];
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, way] of named) costs[name].push(await cpuMicros(way, measureMs));
  }
  return costs;
}

async function cpuMicros(way: () => Promise<unknown>, measureMs: number): Promise<number> {
  let calls = 0;
  const before = process.cpuUsage();
  const started = performance.now();
  while (performance.now() - started < measureMs) {
    for (let i = 0; i < AT_ONCE; i += 1) await way();
    calls += AT_ONCE;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}
