// Measures Latchkey beside bare probes and other libraries, all in one run on one machine.
// `npm run bench`, or `node --conditions=latchkey-source benchmarks/run.ts`
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { type Load, startLoad } from "./load/start-load.ts";
import { measureManagement } from "./management/measure-management.ts";
import { describeMachine, loadAverage } from "./measure/machine.ts";
import { measureRounds } from "./measure/measure-rounds.ts";
import { measureMemory } from "./measure/memory.ts";
import { measureStartUp } from "./measure/start-up.ts";
import { measureVerification } from "./measure/verification.ts";
import { chooser, help, type Options, readOptions } from "./options.ts";
import { judge, type Results } from "./report/bars.ts";
import { writeTables } from "./report/tables.ts";
import { comparisons } from "./scenarios/comparisons.ts";
import { latchkeyScenarios } from "./scenarios/latchkey-scenarios.ts";
import { openShared, type Shared } from "./scenarios/shared.ts";
import { measureSealed, sealedNames } from "./sealed/measure-sealed.ts";
import { measureTls } from "./tls/measure-tls.ts";

const resultFile = fileURLToPath(new URL("./results/latest.json", import.meta.url));

async function run(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === null) {
    process.stdout.write(help);
    return;
  }
  const began = { date: new Date().toISOString(), loadAverage: loadAverage() };
  const machine = describeMachine();
  const shared = openShared(options.profileDir);
  const load = startLoad();
  try {
    const results = await measureAll(options, shared, load);
    const bars = judge(results);
    const { node, cpu, cores, diskSyncMicros } = machine;
    process.stdout.write(
      `\n${began.date}  Node ${node}  ${cores} × ${cpu}  disk sync ${diskSyncMicros} µs  load ` +
        `${began.loadAverage.toFixed(1)} before, ${loadAverage().toFixed(1)} after\n\n` +
        `${writeTables(results, bars)}\n`,
    );
    mkdirSync(dirname(resultFile), { recursive: true });
    const record = { ...began, loadAverageAfter: loadAverage(), machine, options, results, bars };
    writeFileSync(resultFile, `${JSON.stringify(record, null, 2)}\n`);
    say(`all figures: ${resultFile}`);
  } finally {
    load.stop();
    await shared.stop();
  }
}

async function measureAll(options: Options, shared: Shared, load: Load): Promise<Results> {
  const scenarios = [...comparisons(shared), ...latchkeyScenarios(shared)];
  const names = [
    ...scenarios.map(({ name }) => name),
    "verification",
    ...sealedNames,
    "memory",
    "start",
    "tls",
    "management",
  ];
  const isChosen = chooser(options.only, names);
  const { rounds, measureMs } = options.timing;
  const requests = await measureRounds(
    scenarios.filter(({ name }) => isChosen(name)),
    load,
    options.timing,
    say,
  );
  const when = async <T>(name: string, what: string, measure: () => Promise<T>) => {
    if (!isChosen(name)) return null;
    say(what);
    return measure();
  };
  return {
    requests,
    verification: await when("verification", "verifying access tokens", () =>
      measureVerification(shared, { rounds, measureMs: measureMs / 4 }),
    ),
    sealed: await measureSealed(shared, isChosen, options.timing, say),
    memory: await when("memory", "memory while sessions move", () =>
      measureMemory(shared, load, options.memoryPoints),
    ),
    startUp: await when("start", "npm start", () => measureStartUp(options.starts)),
    tls: await when("tls", "TLS handshakes", () =>
      measureTls({
        rounds,
        measureMs,
        names: options.certificates,
        profileDir: options.profileDir,
      }),
    ),
    // Too long and too large to come along unasked.
    management: options.only.includes("management")
      ? await measureManagement({ ...options.management, profileDir: options.profileDir }, say)
      : null,
  };
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

try {
  await run();
} catch (error) {
  // Wrong arguments need their sentence, anything else needs its stack.
  say(error instanceof TypeError ? error.message : String((error as Error).stack ?? error));
  process.exitCode = 1;
}
