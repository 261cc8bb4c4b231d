import type { LoadJob } from "../load/load-job.ts";
import type { Load } from "../load/start-load.ts";
import { CONNECTIONS, type OpenScenario, type Scenario } from "../scenarios/scenario.ts";

export interface Timing {
  readonly rounds: number;
  /** Of each scenario in each round. */
  readonly measureMs: number;
  /** Before each of them, not counted. */
  readonly warmUpMs: number;
  /** Before the first round, so that its code is compiled. */
  readonly compileMs: number;
  /**
   * The same for each scenario of requests, which ends at so many milliseconds too: the runtime
   * compiles by how often code ran, and a busy machine runs it less often.
   */
  readonly compileRequests: number;
  readonly compileAtMostMs: number;
}

/** One scenario in one round. */
export interface Sample {
  readonly requests: number;
  readonly perSecond: number;
  /** CPU of the server's process per request, all its threads. */
  readonly cpuMicros: number;
  /** CPU of its database's processes per request, when it has some and they can be seen. */
  readonly databaseCpuMicros: number | null;
  readonly p50: number;
  readonly p99: number;
  readonly rssBytes: number;
  /** Commits seen during the round; of SQLite only whether there were any. */
  readonly writes: number | null;
  /** How much of one core the client used: near 1, the client was what limited. */
  readonly clientShare: number;
}

export interface Measured {
  readonly name: string;
  readonly title: string;
  readonly samples: readonly Sample[];
}

/** Interleaved: each round measures every scenario once, so that all see the same machine. */
export async function measureRounds(
  scenarios: readonly Scenario[],
  load: Load,
  timing: Timing,
  say: (text: string) => void,
): Promise<Measured[]> {
  const running = [];
  for (const scenario of scenarios) {
    say(`starting: ${scenario.title}`);
    const open = await scenario.open();
    const one = { scenario, open, tokens: open.tokens, samples: [] as Sample[] };
    running.push(one);
    one.tokens = await compile(load, open, timing);
  }
  for (let round = 1; round <= timing.rounds; round += 1) {
    for (const one of running) {
      say(`round ${round} of ${timing.rounds}: ${one.scenario.title}`);
      one.tokens = await warmUp(load, one.open, one.tokens, timing.warmUpMs);
      const { sample, tokens } = await measure(load, one.open, one.tokens, timing.measureMs);
      one.tokens = tokens;
      one.samples.push(sample);
    }
  }
  return running.map(({ scenario: { name, title }, samples }) => ({ name, title, samples }));
}

function jobOf(
  { server, request, rotates }: OpenScenario,
  tokens: readonly string[],
  until: LoadJob["until"],
): LoadJob {
  return { port: server.port, connections: CONNECTIONS, until, request, tokens, rotates };
}

const COMPILE_STEP = 1_000;

async function compile(
  load: Load,
  open: OpenScenario,
  { compileRequests, compileAtMostMs }: Timing,
): Promise<readonly string[]> {
  const until = performance.now() + compileAtMostMs;
  let { tokens } = open;
  for (let sent = 0; sent < compileRequests && performance.now() < until; sent += COMPILE_STEP) {
    ({ tokens } = await load.run(jobOf(open, tokens, { requests: COMPILE_STEP })));
  }
  return tokens;
}

async function warmUp(load: Load, open: OpenScenario, tokens: readonly string[], ms: number) {
  return (await load.run(jobOf(open, tokens, { ms }))).tokens;
}

async function measure(
  load: Load,
  open: OpenScenario,
  tokens: readonly string[],
  ms: number,
): Promise<{ sample: Sample; tokens: readonly string[] }> {
  const read = async () => ({
    writes: (await open.writes?.()) ?? null,
    database: open.databaseCpuMicros?.() ?? null,
    usage: await open.server.usage(),
  });
  const before = await read();
  const result = await load.run(jobOf(open, tokens, { ms }));
  const after = await read();
  const { requests, seconds } = result;
  const difference = (of: "writes" | "database") => {
    const from = before[of];
    const to = after[of];
    return from === null || to === null ? null : to - from;
  };
  const writes = difference("writes");
  requireWrites(open, writes, result);
  const databaseCpu = difference("database");
  const sample: Sample = {
    requests,
    perSecond: requests / seconds,
    cpuMicros: (after.usage.cpuMicros - before.usage.cpuMicros) / requests,
    databaseCpuMicros: databaseCpu === null ? null : databaseCpu / requests,
    ...result.latency,
    rssBytes: after.usage.rssBytes,
    writes,
    clientShare: result.clientCpuMicros / (seconds * 1e6),
  };
  return { sample, tokens: result.tokens };
}

/** A scenario that is meant to write and does not measures something else. */
function requireWrites(
  open: OpenScenario,
  writes: number | null,
  { requests, moved }: { requests: number; moved: number },
): void {
  if (open.expectsWrites === undefined) return;
  const expected = open.expectsWrites && open.rotates ? requests : 0;
  if (moved !== expected) {
    throw new Error(`${moved} of ${requests} refreshes moved their session, not ${expected}`);
  }
  if (open.expectsWrites && writes === 0) {
    throw new Error("the refreshes moved, but no commit was seen: writes are not counted rightly");
  }
}
