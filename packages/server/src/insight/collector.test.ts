import { LatchkeyError } from "@latchkey/core/errors";
import { beforeEach, describe, expect, test } from "vitest";
import { migrate } from "../storage/migrate.ts";
import { migrations } from "../storage/migrations/index.ts";
import { openDatabase } from "../storage/open-database.ts";
import { sqlStore } from "../storage/sql/sql-store.ts";
import type { Store } from "../storage/store.ts";
import { type InsightCollector, insightCollector } from "./collector.ts";
import { countEverything } from "./count-everything.ts";
import { type InsightCounters, insightCounters } from "./counters.ts";
import { readInsight } from "./read-insight.ts";

const HOUR = 3_600_000;
const NOON = 1_800_014_400_000;

let clock: number;
let store: Store;
let counters: InsightCounters;
let collector: InsightCollector;
let isDown: boolean;

beforeEach(async () => {
  clock = NOON;
  isDown = false;
  const db = openDatabase(":memory:", { now: () => clock });
  await migrate(db, migrations);
  store = sqlStore(db);
  counters = insightCounters();
  // The database as it is while it cannot be reached.
  const insight = {
    ...store.insight,
    add: async (...given: Parameters<typeof store.insight.add>) => {
      if (isDown) throw new LatchkeyError("database_unavailable", 503, "gone");
      return store.insight.add(...given);
    },
  };
  collector = insightCollector({ ...store, insight }, counters, () => clock);
  return () => store.close();
});

const signIns = async (range: "1h" | "24h" | "90d") =>
  (await readInsight(store, "app", range)).signIns[0]?.total ?? 0;

describe("what was counted in memory", () => {
  test("is in every range once it is written and rolled up", async () => {
    counters.signIn("app", "email");
    counters.refresh("app", "moved");
    counters.refresh("app", "terminal_reuse");
    counters.failure("app", "too_many_requests");
    for (const ms of [2, 3, 400]) counters.requestTime("app", ms);
    await collector.flush();
    await collector.rollUp();
    for (const range of ["1h", "24h", "7d", "30d", "90d"] as const) {
      const { times, ...seen } = await readInsight(store, "app", range);
      expect(seen, range).toMatchObject({
        signIns: [{ label: "email", total: 1 }],
        refreshes: [{ label: "moved", total: 1 }],
        failures: expect.arrayContaining([
          expect.objectContaining({ label: "terminal_reuse", total: 1 }),
          expect.objectContaining({ label: "too_many_requests", total: 1 }),
        ]),
        requestTimes: { overall: { count: 3 } },
      });
      expect(seen.reuseDetections.at(-1)).toBe(1);
      expect(seen.requestTimes.overall.p99).toBeGreaterThan(280);
      expect(seen.requestTimes.overall.p50).toBeLessThan(5);
      // The last point is the one that is going on.
      expect(times.at(-1)).toBeLessThanOrEqual(clock);
      expect((times.at(-1) ?? 0) + seen.width).toBeGreaterThan(clock);
    }
  });

  test("waits while the database is gone, and is written once it is back", async () => {
    isDown = true;
    counters.signIn("app", "email");
    await expect(collector.flush()).rejects.toMatchObject({ code: "database_unavailable" });
    clock += 5 * 60_000;
    counters.signIn("app", "email");
    await expect(collector.flush()).rejects.toThrow();
    expect(await signIns("1h")).toBe(0);
    isDown = false;
    await collector.flush();
    await collector.flush();
    expect(await signIns("1h")).toBe(2);
    const { times, signIns: series } = await readInsight(store, "app", "1h");
    const values = series[0]?.values ?? [];
    // Each in its own minute, not in the one in which it could be written.
    expect(values.filter((n) => n === 1)).toHaveLength(2);
    expect((times[values.lastIndexOf(1)] ?? 0) - (times[values.indexOf(1)] ?? 0)).toBe(300_000);
  });

  test("is kept for the minutes of an hour at most, so that memory has a bound", async () => {
    isDown = true;
    for (let minute = 0; minute < 200; minute++) {
      clock += 60_000;
      counters.signIn("app", "email");
      await collector.flush().catch(() => undefined);
    }
    isDown = false;
    await collector.flush();
    await collector.rollUp();
    expect(await signIns("24h")).toBe(60);
  });

  test("writes nothing where nothing happened", async () => {
    await collector.flush();
    await collector.rollUp();
    expect(await signIns("90d")).toBe(0);
  });

  test("outlasts the fine buckets in the coarse ones", async () => {
    counters.signIn("app", "email");
    await collector.flush();
    await collector.rollUp();
    clock += 30 * HOUR;
    await store.insight.forget(clock);
    expect(await signIns("24h")).toBe(0);
    expect(await signIns("90d")).toBe(1);
  });
});

describe("counting everything", () => {
  const count = (took = 1) => {
    const waited: number[] = [];
    let time = 0;
    const deps = {
      store,
      wait: async (ms: number) => {
        waited.push(ms);
      },
      stopwatch: () => {
        time += took;
        return time;
      },
    };
    return countEverything(deps).then((done) => ({ done, waited }));
  };

  test("is done by one, not again at once, and said with its age", async () => {
    expect((await readInsight(store, "app", "1h")).counts).toBeNull();
    expect((await count()).done).toBe(true);
    expect((await count()).done).toBe(false);
    const { counts } = await readInsight(store, "app", "1h");
    expect(counts).toMatchObject({ countedAt: NOON, users: 0, liveSessions: 0 });
    clock += 21_000;
    expect((await count()).done).toBe(true);
  });

  test("is rarer the longer it takes: a fiftieth of the time at most", async () => {
    await count(60_000);
    clock += 50 * 60_000;
    expect((await count()).done).toBe(false);
    clock += 51 * 60_000;
    expect((await count()).done).toBe(true);
  });
});
