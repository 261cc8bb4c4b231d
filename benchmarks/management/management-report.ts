import type { Bar } from "../report/bars.ts";
import type { ManagementFigures, ManagementResults } from "./measure-management.ts";

const MOST_MS = 50;

export function managementTables(results: ManagementResults | null): string[][][] {
  if (!results) return [];
  const { users, sessions, sqlite, postgres } = results;
  const size = `${users.toLocaleString("en")} users, ${sessions.toLocaleString("en")} sessions`;
  return [
    [
      [`a page; ${size}`, "SQLite CPU ms", "p50", "p99", "PostgreSQL CPU ms", "p50", "p99", "rows"],
      ...sqlite.lists.map((list, index) => {
        const other = postgres.lists[index];
        return [
          list.name,
          list.cpu.toFixed(1),
          list.p50.toFixed(1),
          list.p99.toFixed(1),
          other?.cpu.toFixed(1) ?? "",
          other?.p50.toFixed(1) ?? "",
          other?.p99.toFixed(1) ?? "",
          String(list.rows),
        ];
      }),
    ],
    [
      ["making an index over all the rows", "SQLite s", "PostgreSQL s"],
      ...Object.entries(sqlite.indexSeconds).map(([name, seconds]) => [
        name,
        seconds.toFixed(1),
        postgres.indexSeconds[name]?.toFixed(1) ?? "",
      ]),
    ],
  ];
}

export function managementBars(results: ManagementResults | null): Bar[] {
  if (!results) return [];
  return [
    ...slowest("SQLite", results.sqlite),
    ...slowest("PostgreSQL", results.postgres),
    {
      what: "PostgreSQL: reads of a whole table meanwhile",
      toReach: "none",
      measured: String(results.postgres.tableScans),
      reached: results.postgres.tableScans === 0,
    },
  ];
}

function slowest(database: string, { lists }: ManagementFigures): Bar[] {
  const [worst] = lists.toSorted((a, b) => b.p99 - a.p99);
  if (!worst) return [];
  return [
    {
      what: `${database}: p99 of the slowest page (${worst.name})`,
      toReach: `at most ${MOST_MS} ms`,
      measured: `${worst.p99.toFixed(1)} ms`,
      reached: worst.p99 <= MOST_MS,
    },
  ];
}
