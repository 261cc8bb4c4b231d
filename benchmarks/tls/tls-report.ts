import { ratioSpread, type Spread, spread } from "../measure/spread.ts";
import type { Bar } from "../report/bars.ts";
import type { HandshakeSample, TlsResults } from "./measure-tls.ts";

const MOST_TIMES = 1.3;
const MIB = 2 ** 20;

export function tlsBars(tls: TlsResults | null): Bar[] {
  if (!tls) return [];
  const cpu = (samples: readonly HandshakeSample[]) => samples.map(({ cpuMicros }) => cpuMicros);
  const speed = (samples: readonly HandshakeSample[]) => samples.map(({ perSecond }) => perSecond);
  const count = tls.names.toLocaleString("en");
  const bar = (what: string, ratio: Spread): Bar => ({
    what,
    toReach: `at most ${MOST_TIMES} ×`,
    measured: `${ratio.median.toFixed(2)} × (${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)})`,
    reached: ratio.median <= MOST_TIMES,
  });
  return [
    bar(
      `TLS handshake, one name of ${count} over the only one: CPU`,
      ratioSpread(cpu(tls.oneOfMany), cpu(tls.one)),
    ),
    bar(
      `TLS handshake, all of ${count} in turn over the only one: CPU`,
      ratioSpread(cpu(tls.allOfMany), cpu(tls.one)),
    ),
    bar(
      `TLS handshakes per second, the only one over all of ${count}`,
      ratioSpread(speed(tls.one), speed(tls.allOfMany)),
    ),
  ];
}

/** Rows of a table whose first is the head; none when nothing was measured. */
export function tlsTables(tls: TlsResults | null): (readonly (readonly string[])[])[] {
  if (!tls) return [];
  const { names, one, oneOfMany, allOfMany, first, rssBytes } = tls;
  const count = names.toLocaleString("en");
  const row = (what: string, samples: readonly HandshakeSample[]) => {
    const cpu = spread(samples.map(({ cpuMicros }) => cpuMicros));
    const speed = spread(samples.map(({ perSecond }) => perSecond));
    const range = `${cpu.min.toFixed(0)} to ${cpu.max.toFixed(0)}`;
    return [what, cpu.median.toFixed(0), range, speed.median.toFixed(0)];
  };
  return [
    [
      ["a full TLS handshake", "CPU µs", "range", "per s"],
      row("one certificate in the store", one),
      row(`${count} in the store, one asked for`, oneOfMany),
      row(`${count} in the store, each in turn`, allOfMany),
      row("the first one of each name", [first]),
    ],
    [
      ["a server that answered", "resident MiB"],
      ["one name", (rssBytes.one / MIB).toFixed(0)],
      [`${count} names`, (rssBytes.many / MIB).toFixed(0)],
    ],
  ];
}
