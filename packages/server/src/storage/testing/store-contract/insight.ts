import { describe, expect, test } from "vitest";
import type { InsightPoint, InsightStore } from "../../store.ts";
import {
  DAY,
  HOUR,
  inParallel,
  MINUTE,
  newApp,
  newEmail,
  newSession,
  signIn,
  signInRequest,
} from "../samples.ts";
import type { StoreWorld } from "../store-world.ts";

/** A whole day, so that every level's buckets begin here. */
const AT = 20_000 * DAY;

export function insightContract(get: () => StoreWorld): void {
  const tally = (appId: string, label: string, n: number) =>
    ({ appId, metric: "sign_in", label, n }) as const;
  const read = (insight: InsightStore, appId: string, width: number): Promise<InsightPoint[]> =>
    insight.series({ appId, from: AT - DAY, until: AT + DAY, width });
  const sum = (points: readonly InsightPoint[]) => points.reduce((all, { n }) => all + n, 0);

  describe("what is counted for charts", () => {
    test("adds up over servers that write at once, and over every level, however often it is rolled up", async () => {
      const world = get();
      const appId = await newApp(world.store);
      const add = (store: typeof world.store, index: number) =>
        store.insight.add(AT + (index % 4) * 10 * MINUTE, [
          tally(appId, "email", 2),
          tally(appId, "passkey", 1),
        ]);
      await inParallel(12, world, add);
      for (let round = 0; round < 2; round++) {
        await inParallel(2, world, (store) => store.insight.rollUp(AT - HOUR));
      }
      for (const width of [MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, DAY]) {
        expect(sum(await read(world.store.insight, appId, width)), String(width)).toBe(36);
      }
      expect(await read(world.store.insight, appId, HOUR)).toEqual(
        expect.arrayContaining([{ at: AT, metric: "sign_in", label: "email", n: 24 }]),
      );
      // What comes late is added to its bucket.
      await world.store.insight.add(AT, [tally(appId, "email", 5)]);
      await world.store.insight.rollUp(AT - HOUR);
      expect(sum(await read(world.store.insight, appId, DAY))).toBe(41);
    });

    test("is forgotten level by level, and the coarse ones keep what the fine ones knew", async () => {
      const { insight } = get().store;
      const appId = await newApp(get().store);
      await insight.add(AT, [tally(appId, "email", 3)]);
      await insight.rollUp(0);
      await insight.forget(AT + 4 * HOUR);
      expect(await read(insight, appId, MINUTE)).toEqual([]);
      expect(sum(await read(insight, appId, HOUR))).toBe(3);
      await insight.rollUp(0);
      expect(sum(await read(insight, appId, HOUR))).toBe(3);
      await insight.forget(AT + 500 * DAY);
      for (const width of [15 * MINUTE, HOUR, DAY]) {
        expect(await read(insight, appId, width)).toEqual([]);
      }
    });

    test("is each app's own", async () => {
      const { store } = get();
      const [one, other] = [await newApp(store), await newApp(store)];
      await store.insight.add(AT, [tally(one, "email", 1)]);
      expect(await read(store.insight, other, MINUTE)).toEqual([]);
    });
  });

  describe("counting users and live sessions", () => {
    test("is one server's at a time, and again when it is due", async () => {
      const world = get();
      const due = await world.store.now();
      await world.store.insight.saveCounts([], due - 1);
      const claims = await inParallel(8, world, (store) => store.insight.claimCount(due + HOUR));
      expect(claims.filter((each) => each)).toHaveLength(1);
      expect(await world.other.insight.claimCount(due + HOUR)).toBe(false);
    });

    test("finds those that are live, by app, whatever the chunks are", async () => {
      const { store } = get();
      const appId = await newApp(store);
      const accounts = Array.from({ length: 5 }, newEmail);
      for (const account of [...accounts, ...accounts.slice(0, 2)]) {
        await signIn(store, signInRequest(appId, account));
      }
      const session = newSession(appId);
      await signIn(store, signInRequest(appId, newEmail(), { session }));
      await store.sessions.end(session.id, "logout");
      const total = async (name: string, count: InsightStore["countUsers"], size: number) => {
        let n = 0;
        for (let after: string | null = ""; after !== null; ) {
          const chunk: Awaited<ReturnType<typeof count>> = await count(after, size);
          for (const each of chunk.counts) {
            if (each.appId === appId && each.name === name) n += each.n;
          }
          after = chunk.next;
        }
        return n;
      };
      for (const size of [1, 3, 1000]) {
        expect(await total("live_sessions", store.insight.countSessions, size)).toBe(7);
        expect(await total("signed_in_users", store.insight.countSessions, size)).toBe(5);
        expect(await total("users", store.insight.countUsers, size)).toBe(6);
        expect(await total("signed_in_24h", store.insight.countUsers, size)).toBe(6);
      }
    });

    test("replaces the counts before, also of an app that has none any more", async () => {
      const { store } = get();
      const appId = await newApp(store);
      const { insight } = store;
      await insight.saveCounts([{ appId, name: "users", n: 3 }], 0);
      expect((await insight.counts(appId))?.counts.get("users")).toBe(3);
      await insight.saveCounts([], 0);
      const after = await insight.counts(appId);
      expect(after?.counts.get("users")).toBe(0);
      expect(Math.abs((after?.countedAt ?? 0) - (await store.now()))).toBeLessThan(MINUTE);
    });
  });
}
