/** Two tabs of one browser share a record: no order of their requests and answers signs out. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLocks } from "./testing/fake-browser.ts";
import { DIRECT, type Passage } from "./testing/fake-network.ts";
import { ADA, HOUR, pass, settle, setUp } from "./testing/set-up.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
});
afterEach(() => {
  vi.useRealTimers();
});

const slow = (there: number, back: number): Passage => ({ ...DIRECT, there, back });

async function twoTabs(options: { locks?: boolean } = {}) {
  const { server, browser, tab: first } = setUp(options);
  const second = browser.openTab();
  await settle(Promise.all([first.client.start(), second.client.start()]), 100);
  await settle(first.client.signInWithCode(ADA), 100);
  return { server, browser, first, second };
}

describe.each([
  ["with locks", true],
  ["without locks", false],
])("two tabs %s", (_name, locks) => {
  it("are signed in together, and out together", async () => {
    const { first, second } = await twoTabs({ locks });
    expect(second.client.getSnapshot()).toMatchObject({
      status: "signed_in",
      user: first.client.getSnapshot().user,
    });
    await settle(second.client.signOut(), 100);
    expect(first.client.getSnapshot()).toMatchObject({ status: "signed_out", endReason: "logout" });
    expect(await first.client.getAccessToken()).toBeNull();
  });

  it("that refresh at the same moment both go on, with the same refresh token", async () => {
    const { server, browser, first, second } = await twoTabs({ locks });
    await pass(HOUR);
    first.network = second.network = () => slow(40, 40);
    const tokens = await settle(
      Promise.all([first.client.getAccessToken(), second.client.getAccessToken()]),
    );
    expect(tokens.every(Boolean)).toBe(true);
    expect(server.count("/sessions")).toBe(locks ? 1 : 2);
    expect(browser.record().session.generation).toBe(1);
    expect(server.sessions.get("s1")?.state.endedAt).toBeNull();
  });

  it("survive the loss of every first answer", async () => {
    const { server, first, second } = await twoTabs({ locks });
    await pass(HOUR);
    for (const tab of [first, second]) {
      let lost = false;
      tab.network = () => {
        const fault = lost ? "none" : "answer_lost";
        lost = true;
        return { ...slow(10, 10), fault: { kind: fault } };
      };
    }
    const tokens = await settle(
      Promise.all([first.client.getAccessToken(), second.client.getAccessToken()]),
    );
    expect(tokens.every(Boolean)).toBe(true);
    expect(server.sessions.get("s1")?.state).toMatchObject({ generation: 1, endedAt: null });
  });

  it("sign out for good although a refresh is under way: its answer is discarded", async () => {
    const { server, browser, first, second } = await twoTabs({ locks });
    await pass(HOUR);
    first.network = () => slow(10, 5000);
    const refreshing = first.client.getAccessToken();
    await pass(1000);
    await settle(second.client.signOut(), 100);
    expect(await settle(refreshing)).toBeNull();
    expect(browser.record().session).toBeNull();
    expect(first.client.getSnapshot().status).toBe("signed_out");
    expect(browser.cookieJar.cookie).toBe("");
    expect(server.sessions.get("s1")?.state.endReason).toBe("logout");
  });

  it("keep the newer session when a sign-in overtakes a refresh of the older", async () => {
    const { browser, first, second } = await twoTabs({ locks });
    await pass(HOUR);
    first.network = () => slow(10, 5000);
    const refreshing = first.client.getAccessToken();
    await pass(1000);
    await settle(second.client.signInWithCode({ ...ADA, email: "bob@example.com" }), 100);
    const token = await settle(refreshing);
    expect(browser.record().session).toMatchObject({ sid: "s2", token });
    expect(first.client.getSnapshot().session?.id).toBe("s2");
  });
});

describe("answers that arrive in the wrong order", () => {
  it("never put a lower generation over a higher one", async () => {
    const { browser, first, second } = await twoTabs({ locks: false });
    await pass(HOUR);
    // The first tab's answer (generation 1) comes after the second's (generation 2).
    first.network = () => ({ ...DIRECT, back: 200_000 });
    const late = first.client.refresh();
    late.catch(() => {});
    await pass(130_000);
    await settle(second.client.refresh(), 1000);
    await settle(second.client.refresh(), 1000);
    const newest = browser.record().session;
    await pass(200_000);
    expect(browser.record().session.generation).toBeGreaterThanOrEqual(newest.generation);
    expect(first.client.getSnapshot().status).toBe("signed_in");
  });

  it("heals a record that an older write of another process undid", async () => {
    const { browser, first } = await twoTabs();
    const old = browser.items.get("latchkey:cm0000000000000000000demo") as string;
    await settle(first.client.refresh(), 10);
    await pass(200_000);
    await settle(first.client.refresh(), 10);
    const generation = browser.record().session.generation;
    browser.items.set("latchkey:cm0000000000000000000demo", old);
    first.events.dispatchEvent(
      Object.assign(new Event("storage"), { key: "latchkey:cm0000000000000000000demo" }),
    );
    expect(browser.record().session.generation).toBe(generation);
    expect(first.client.getSnapshot().session?.generation).toBe(generation);
  });
});

describe("a tab that hangs while it holds the lock", () => {
  it("holds the others up for five seconds at most; nothing is stolen", async () => {
    const { first, second } = await twoTabs();
    await pass(HOUR);
    first.network = () => ({ ...DIRECT, fault: { kind: "hangs" } });
    const stuck = first.client.getAccessToken();
    stuck.catch(() => {});
    await pass(10);
    const begun = Date.now();
    let after = 0;
    const waiting = second.client.getAccessToken().then((token) => {
      after = Date.now() - begun;
      return token;
    });
    expect(await settle(waiting, 6000)).toMatch(/\./);
    expect(after).toBeGreaterThanOrEqual(5000);
    expect(after).toBeLessThan(5100);
    expect(await settle(stuck, 20_000)).toMatch(/\./);
  });

  it("or a lock manager that refuses, changes nothing", async () => {
    const { browser } = setUp();
    const locks = { request: () => Promise.reject(new DOMException("no", "SecurityError")) };
    const { client } = browser.openTab({ locks });
    await settle(client.signInWithCode(ADA));
    await pass(HOUR);
    expect(await settle(client.getAccessToken())).toMatch(/\./);
  });

  it("or dies, leaves the lock to the next", async () => {
    const locks = createLocks();
    const never = new AbortController();
    const order: number[] = [];
    const turn = (n: number) =>
      locks.request("x", { signal: never.signal }, async () => order.push(n));
    const failing = locks.request("x", { signal: never.signal }, () =>
      Promise.reject(new Error("x")),
    );
    failing.catch(() => {});
    await Promise.all([turn(1), turn(2)]);
    expect(order).toEqual([1, 2]);
  });
});

describe("a page that comes back", () => {
  it("from the back-forward cache sees a sign-out that it slept through", async () => {
    const { browser, first, second } = await twoTabs();
    // While frozen it hears no events.
    const frozen = second.events.dispatchEvent;
    second.events.dispatchEvent = () => true;
    await settle(first.client.signOut(), 100);
    expect(second.client.getSnapshot().status).toBe("signed_in");
    second.events.dispatchEvent = frozen;
    second.events.dispatchEvent(new Event("pageshow"));
    expect(second.client.getSnapshot().status).toBe("signed_out");
    expect(browser.record().session).toBeNull();
  });

  it("starts, is destroyed and starts again without losing its place (React StrictMode)", async () => {
    const { server, browser, first } = await twoTabs();
    first.client.destroy();
    await settle(first.client.start(), 100);
    const another = browser.openTab();
    void another.client.start();
    another.client.destroy();
    await settle(another.client.start(), 100);
    expect(another.client.getSnapshot().status).toBe("signed_in");
    await settle(first.client.signOut(), 100);
    expect(another.client.getSnapshot().status).toBe("signed_out");
    expect(server.count("/sessions")).toBe(0);
  });
});
