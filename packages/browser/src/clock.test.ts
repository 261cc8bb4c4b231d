/** Token expiry is judged by the server's clock, whatever the user's says. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createServerClock } from "./server-clock.ts";
import { DIRECT } from "./testing/fake-network.ts";
import { ADA, HOUR, pass, settle, setUp } from "./testing/set-up.ts";

const DAY = 24 * HOUR;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 10) });
});
afterEach(() => {
  vi.useRealTimers();
});

describe.each([
  ["right", 0],
  ["2 days ahead", 2 * DAY],
  ["2 days behind", -2 * DAY],
])("a user's clock that is %s", (_name, clockError) => {
  it("refreshes when due and not before, in this page and the next", async () => {
    const { server, browser, tab } = setUp({ clockError });
    await settle(tab.client.start(), 100);
    await settle(tab.client.signInWithCode(ADA), 100);
    await pass(HOUR - 60_000);
    await tab.client.getAccessToken();
    tab.close();
    const reloaded = browser.openTab();
    await settle(reloaded.client.start(), 100);
    await reloaded.client.getAccessToken();
    expect(server.count("/sessions")).toBe(0);
    await pass(31_000);
    await settle(reloaded.client.getAccessToken(), 100);
    expect(server.count("/sessions")).toBe(1);
  });

  it("keeps the cookies of development mode exactly as long", async () => {
    const { browser, tab } = setUp({ clockError });
    await settle(tab.client.start(), 100);
    await settle(tab.client.signInWithCode(ADA), 100);
    await pass(HOUR - 2000);
    expect(browser.cookieJar.cookie).toMatch(/privy-token=.+; privy-session=t/);
    await pass(4000);
    expect(browser.cookieJar.cookie).toBe("privy-session=t");
  });

  it("tells the page the expiry by that very clock", async () => {
    const { tab } = setUp({ clockError });
    await settle(tab.client.start(), 100);
    await settle(tab.client.signInWithCode(ADA), 10);
    const left = (tab.client.getSnapshot().session?.expiresAt ?? 0) - (Date.now() + clockError);
    expect(Math.abs(left - HOUR)).toBeLessThanOrEqual(1000);
  });
});

describe.each([
  ["forward by 2 days", 0, 2 * DAY],
  ["back by 2 days", 0, -2 * DAY],
  ["right, from 2 hours ahead", 2 * HOUR, 0],
  ["right, from 2 hours behind", -2 * HOUR, 0],
])("a clock that is set %s", (_name, before, after) => {
  it("while the page is open, never lets an expired token out", async () => {
    const { server, browser, tab } = setUp({ clockError: before });
    await settle(tab.client.start(), 100);
    await settle(tab.client.signInWithCode(ADA), 100);
    browser.setClock(after);
    await settle(tab.client.getAccessToken(), 100);
    const early = server.count("/sessions");
    expect(early).toBeLessThanOrEqual(1);
    await pass(HOUR + 1000);
    await settle(tab.client.getAccessToken(), 100);
    expect(server.count("/sessions")).toBe(early + 1);
  });

  it("between two pages, is known after the first answer", async () => {
    const { server, browser, tab } = setUp({ clockError: before });
    await settle(tab.client.start(), 100);
    await settle(tab.client.signInWithCode(ADA), 100);
    tab.close();
    browser.setClock(after);
    await pass(HOUR + 1000);
    const reloaded = browser.openTab();
    await settle(reloaded.client.start(), 100);
    const token = await settle(reloaded.client.getAccessToken(), 100);
    const { exp } = JSON.parse(
      Buffer.from(String(token).split(".")[1] as string, "base64url").toString(),
    );
    expect(exp * 1000).toBeGreaterThan(Date.now());
    expect(server.count("/sessions")).toBe(1);
  });
});

describe("a tab that was frozen", () => {
  it("does not take an answer that it reads hours late for fresh", async () => {
    const { server, tab } = setUp();
    await settle(tab.client.start(), 100);
    tab.network = () => ({ ...DIRECT, back: 2 * HOUR });
    const signingIn = settle(tab.client.signInWithCode(ADA));
    await expect(signingIn).rejects.toMatchObject({ code: "unavailable" });
    await pass(2 * HOUR);
    expect(tab.client.getSnapshot().status).toBe("signed_in");
    tab.network = () => DIRECT;
    await settle(tab.client.getAccessToken(), 100);
    expect(server.count("/sessions")).toBe(1);
  });
});

describe("the server's clock", () => {
  const wall = { at: 0 };
  const monotonic = { at: 0 };
  const make = (stored = { savedAt: 0, clockOffset: 0 }) =>
    createServerClock(
      () => wall.at,
      () => monotonic.at,
      () => stored,
    );

  it("goes on through sleep, in which the monotonic clock may stand still", () => {
    const clock = make();
    clock.learn(1_000_000, clock.moment());
    wall.at += 5000;
    expect(clock.now()).toBe(1_005_000);
  });

  it("goes on when the wall clock is set back", () => {
    const clock = make();
    clock.learn(1_000_000, clock.moment());
    wall.at -= DAY;
    monotonic.at += 5000;
    expect(clock.now()).toBe(1_005_000);
  });

  it("knows nothing when the wall clock reads less than when the record was written", () => {
    expect(make({ savedAt: wall.at + 1, clockOffset: 7 }).now()).toBe(Number.POSITIVE_INFINITY);
    expect(make({ savedAt: wall.at, clockOffset: 7 }).now()).toBe(wall.at + 7);
  });
});
