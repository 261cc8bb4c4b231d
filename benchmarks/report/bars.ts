import { managementBars } from "../management/management-report.ts";
import type { ManagementResults } from "../management/measure-management.ts";
import type { Measured, Sample } from "../measure/measure-rounds.ts";
import type { MemoryPoint } from "../measure/memory.ts";
import { ratioSpread, type Spread, spread } from "../measure/spread.ts";
import type { StartUp } from "../measure/start-up.ts";
import type { VerificationResult } from "../measure/verification.ts";
import type { SealedResults } from "../sealed/measure-sealed.ts";
import { sealedBars } from "../sealed/sealed-report.ts";
import type { TlsResults } from "../tls/measure-tls.ts";
import { tlsBars } from "../tls/tls-report.ts";

export interface Results {
  readonly requests: readonly Measured[];
  readonly verification: VerificationResult | null;
  readonly sealed: SealedResults;
  readonly startUp: StartUp | null;
  readonly memory: readonly MemoryPoint[] | null;
  readonly tls: TlsResults | null;
  readonly management: ManagementResults | null;
}

/** What is to be reached, and whether this run did. */
export interface Bar {
  readonly what: string;
  readonly toReach: string;
  readonly measured: string;
  readonly reached: boolean;
}

const MIB = 2 ** 20;

/** Only those whose figures this run has. */
export function judge(results: Results): Bar[] {
  return [
    ...refreshBars(results.requests),
    ...writeBars(results.requests),
    ...verificationBars(results.verification),
    ...sealedBars(results.sealed),
    ...startBars(results.startUp),
    ...memoryBars(results.memory),
    ...tlsBars(results.tls),
    ...managementBars(results.management),
  ];
}

function refreshBars(requests: readonly Measured[]): Bar[] {
  const refresh = cpu(requests, "refresh");
  if (!refresh) return [];
  const bars = [atMost("refresh that moves, SQLite: server CPU", spread(refresh), 500, "µs")];
  const probe = cpu(requests, "probe");
  if (probe)
    bars.push(atMost("the same over the bare probe", ratioSpread(refresh, probe), 1.5, "×"));
  const provider = cpu(requests, "oidc-provider");
  if (provider) {
    const ratio = ratioSpread(refresh, provider);
    bars.push({
      what: "the same over oidc-provider in memory",
      toReach: "below 1 ×",
      measured: show(ratio, "×"),
      reached: ratio.median < 1,
    });
  }
  return bars;
}

/**
 * The repeat inside the window writes nothing at all. The server itself does, a few times a minute:
 * what it counted for the dashboard.
 */
function writeBars(requests: readonly Measured[]): Bar[] {
  return ["repeat", "repeat-postgres"].flatMap((name) => {
    const measured = requests.find((each) => each.name === name);
    if (!measured) return [];
    const total = (of: (sample: Sample) => number) =>
      measured.samples.reduce((sum, sample) => sum + of(sample), 0);
    const writes = total((sample) => sample.writes ?? Number.NaN);
    const seconds = total((sample) => sample.requests / sample.perSecond);
    return [
      {
        what: `${measured.title}: commits`,
        toReach: "the server's own, below 1 a second",
        measured: `${writes} in ${seconds.toFixed(0)} s, of ${total((sample) => sample.requests)} requests`,
        reached: writes < seconds,
      },
    ];
  });
}

function verificationBars(verification: VerificationResult | null): Bar[] {
  if (!verification) return [];
  const ratio = ratioSpread(verification.jose, verification.cached);
  return [
    {
      what: "token seen before: jose's jwtVerify over @latchkey/backend",
      toReach: "at least 20 ×",
      measured: show(ratio, "×"),
      reached: ratio.median >= 20,
    },
  ];
}

function startBars(startUp: StartUp | null): Bar[] {
  if (!startUp) return [];
  const bars = [atMost("warm npm start to ready", spread(startUp.seconds), 1.5, "s")];
  const seen = startUp.idleRssBytes.filter((bytes) => bytes !== null);
  if (seen.length > 0) {
    bars.push(atMost("idle memory of the server", spread(seen.map(inMiB)), 150, "MiB"));
  }
  return bars;
}

/**
 * Flat: the second half adds at most a tenth. Before, the runtime gives the heap its room, while
 * what is live stays as it is from the beginning.
 */
function memoryBars(memory: readonly MemoryPoint[] | null): Bar[] {
  const last = memory?.at(-1);
  const half = memory?.find(({ refreshes }) => last && refreshes >= last.refreshes / 2);
  const first = memory?.[0];
  if (!first || !half || !last) return [];
  return [
    growth(`memory after ${last.refreshes} refreshes over ${half.refreshes}`, [
      half.rssBytes,
      last.rssBytes,
    ]),
    growth(`live memory after ${last.refreshes} refreshes over none`, [
      first.liveBytes,
      last.liveBytes,
    ]),
  ];
}

function growth(what: string, [from, to]: readonly [number, number]): Bar {
  return {
    what,
    toReach: "at most 1.1 ×",
    measured: `${(to / from).toFixed(2)} × (${inMiB(from)} to ${inMiB(to)} MiB)`,
    reached: to / from <= 1.1,
  };
}

function atMost(what: string, measured: Spread, most: number, unit: string): Bar {
  return {
    what,
    toReach: `at most ${most} ${unit}`,
    measured: show(measured, unit),
    reached: measured.median <= most,
  };
}

function cpu(requests: readonly Measured[], name: string): number[] | undefined {
  return requests.find((each) => each.name === name)?.samples.map((sample) => sample.cpuMicros);
}

function show({ median, min, max }: Spread, unit: string): string {
  const digits = median < 10 ? 2 : 0;
  const text = (value: number) => value.toFixed(digits);
  return `${text(median)} ${unit} (${text(min)} to ${text(max)})`;
}

export function inMiB(bytes: number): number {
  return Math.round(bytes / MIB);
}
