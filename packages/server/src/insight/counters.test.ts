import { describe, expect, test } from "vitest";
import { insightCounters } from "./counters.ts";
import { histogramBucket } from "./histogram.ts";

describe("what happens in an app", () => {
  test("is counted by app and label, and taken away once", () => {
    const counters = insightCounters();
    counters.signIn("a", "email");
    counters.signIn("a", "email");
    counters.signIn("b", "passkey");
    counters.refresh("a", "moved");
    counters.failure("a", "too_many_requests");
    counters.requestTime("a", 12);
    const tallies = counters.drain();
    expect(tallies).toHaveLength(5);
    expect(tallies).toContainEqual({ appId: "a", metric: "sign_in", label: "email", n: 2 });
    expect(tallies).toContainEqual({ appId: "b", metric: "sign_in", label: "passkey", n: 1 });
    const label = String(histogramBucket(12));
    expect(tallies).toContainEqual({ appId: "a", metric: "request_time", label, n: 1 });
    expect(counters.drain()).toEqual([]);
  });

  test("takes no more memory for labels than it has labels of its own", () => {
    const counters = insightCounters();
    for (let index = 0; index < 10_000; index++) counters.failure("a", `code_${index}`);
    expect(counters.drain().length).toBeLessThanOrEqual(100);
  });

  test("costs a request well under ten microseconds", () => {
    const counters = insightCounters();
    const count = 100_000;
    const began = performance.now();
    for (let index = 0; index < count; index++) {
      counters.refresh("a", "repeated");
      counters.requestTime("a", index % 300);
    }
    expect(((performance.now() - began) / count) * 1000).toBeLessThan(10);
  });
});
