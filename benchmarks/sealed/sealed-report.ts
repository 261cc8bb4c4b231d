import { ratioSpread, type Spread, spread } from "../measure/spread.ts";
import type { Bar } from "../report/bars.ts";
import type { SealedResults } from "./measure-sealed.ts";

const TIMES = 20;

export function sealedBars({ seals }: SealedResults): Bar[] {
  if (!seals) return [];
  const { costs } = seals;
  const bar = (what: string, peer: readonly number[], own: readonly number[]): Bar => {
    const ratio = ratioSpread(peer, own);
    return {
      what,
      toReach: `at least ${TIMES} ×`,
      measured: `${round(ratio)} ×`,
      reached: ratio.median >= TIMES,
    };
  };
  return [
    bar("seal of 2 KB: iron-session over compact", costs.sealIronSession, costs.sealCompact),
    bar("seal of 2 KB: iron-webcrypto over compact", costs.sealIronWebcrypto, costs.sealCompact),
    bar("open of 2 KB: iron-session over compact", costs.openIronSession, costs.openCompact),
    bar("open of 2 KB: iron-webcrypto over compact", costs.openIronWebcrypto, costs.openCompact),
  ];
}

/** Rows of tables whose first is the head. */
export function sealedTables(results: SealedResults): (readonly (readonly string[])[])[] {
  return [sealRows(results), requestRows(results), signInRows(results)].filter(
    (rows) => rows.length > 0,
  );
}

function sealRows({ seals }: SealedResults): string[][] {
  if (!seals) return [];
  const { costs, lengths } = seals;
  const row = (what: string, seal: readonly number[], open: readonly number[]) => [
    what,
    ...figures(seal),
    ...figures(open),
  ];
  return [
    ["a session of 2 KB, CPU µs", "seal", "range", "open", "range"],
    row(`compact, ${lengths.compact} characters`, costs.sealCompact, costs.openCompact),
    row(`iron, ${lengths.iron} characters`, costs.sealIron, costs.openIron),
    row("iron-session 8", costs.sealIronSession, costs.openIronSession),
    row("iron-webcrypto 2", costs.sealIronWebcrypto, costs.openIronWebcrypto),
  ];
}

function requestRows({ protectedRequest: costs }: SealedResults): string[][] {
  if (!costs) return [];
  return [
    ["a request with a sealed session", "CPU µs", "range"],
    ["@latchkey/backend, token seen before", ...figures(costs.seen)],
    ["@latchkey/backend, not seen before", ...figures(costs.unseen)],
    ["authkit-nextjs authkit(request)", ...figures(costs.authkit)],
    ["@workos-inc/node authenticate()", ...figures(costs.node)],
  ];
}

function signInRows({ hostedSignIn }: SealedResults): string[][] {
  if (!hostedSignIn) return [];
  const { cpuMicros, perSecond } = hostedSignIn;
  return [
    ["a hosted sign-in, end to end", "", "range"],
    ["the server's CPU µs", ...figures(cpuMicros)],
    ["a second and core of it", ...figures(cpuMicros.map((micros) => 1e6 / micros))],
    ["a second, with 16 people on the machine", ...figures(perSecond)],
  ];
}

function figures(values: readonly number[]): [string, string] {
  const { median, min, max } = spread(values);
  const digits = digitsFor(median);
  return [median.toFixed(digits), `${min.toFixed(digits)} to ${max.toFixed(digits)}`];
}

function round({ median, min, max }: Spread): string {
  return `${median.toFixed(1)} (${min.toFixed(1)} to ${max.toFixed(1)})`;
}

const digitsFor = (value: number) => (value < 100 ? 1 : 0);
