import { managementTables } from "../management/management-report.ts";
import type { Measured } from "../measure/measure-rounds.ts";
import { spread } from "../measure/spread.ts";
import { sealedTables } from "../sealed/sealed-report.ts";
import { tlsTables } from "../tls/tls-report.ts";
import { type Bar, inMiB, type Results } from "./bars.ts";

/** Everything that was measured, as text for a terminal. */
export function writeTables(results: Results, bars: readonly Bar[]): string {
  const parts = [
    requestTable(results.requests),
    verificationTable(results),
    ...sealedTables(results.sealed).map(align),
    memoryTable(results),
    ...tlsTables(results.tls).map(align),
    ...managementTables(results.management).map(align),
    barTable(bars),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function requestTable(requests: readonly Measured[]): string {
  if (requests.length === 0) return "";
  const rows = requests.map(({ title, samples }) => {
    const of = (read: (sample: (typeof samples)[number]) => number) => spread(samples.map(read));
    const cpu = of((sample) => sample.cpuMicros);
    const database = of((sample) => sample.databaseCpuMicros ?? Number.NaN).median;
    return [
      title,
      cpu.median.toFixed(0),
      `${cpu.min.toFixed(0)} to ${cpu.max.toFixed(0)}`,
      Number.isNaN(database) ? "" : database.toFixed(0),
      of((sample) => sample.p50).median.toFixed(1),
      of((sample) => sample.p99).median.toFixed(1),
      of((sample) => sample.perSecond).median.toFixed(0),
      String(inMiB(of((sample) => sample.rssBytes).median)),
      `${(of((sample) => sample.clientShare).median * 100).toFixed(0)} %`,
    ];
  });
  return align([
    ["32 connections", "CPU µs", "range", "DB µs", "p50 ms", "p99 ms", "per s", "MiB", "client"],
    ...rows,
  ]);
}

function verificationTable({ verification }: Results): string {
  if (!verification) return "";
  const row = (title: string, micros: readonly number[]) => {
    const { median, min, max } = spread(micros);
    return [title, median.toFixed(2), `${min.toFixed(2)} to ${max.toFixed(2)}`];
  };
  return align([
    ["one access token", "CPU µs", "range"],
    row("@latchkey/backend, not seen before", verification.cold),
    row("@latchkey/backend, seen before", verification.cached),
    row("@latchkey/backend, seen before, from a request", verification.cachedRequest),
    row("jose jwtVerify", verification.jose),
  ]);
}

function memoryTable({ memory }: Results): string {
  if (!memory) return "";
  return align([
    ["memory of a fresh server", "MiB", "of it live"],
    ...memory.map(({ refreshes, rssBytes, liveBytes }) => [
      `after ${refreshes} refreshes`,
      String(inMiB(rssBytes)),
      String(inMiB(liveBytes)),
    ]),
  ]);
}

function barTable(bars: readonly Bar[]): string {
  if (bars.length === 0) return "";
  return align([
    ["to reach", "", "", ""],
    ...bars.map(({ what, toReach, measured, reached }) => [
      what,
      toReach,
      measured,
      reached ? "reached" : "MISSED",
    ]),
  ]);
}

/** The first column to the left, figures to the right, words to the left. */
function align(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const isFigure = (column: number) =>
    rows.slice(1).every((row) => /^[\d.,]*( %)?$/.test(row[column] ?? ""));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          isFigure(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
