import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DIRECT, instead, type Passage } from "./testing/fake-network.ts";
import { ADA, HOUR, pass, settle, setUp } from "./testing/set-up.ts";

const PATH = "/latchkey/v1/session";

beforeEach(async () => {
  // Loaded once in real time: fake timers do not wait for it.
  await import("./session-watch.ts");
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
});
afterEach(() => {
  vi.useRealTimers();
});

async function signedIn(options: Parameters<typeof setUp>[0] & { cookies?: boolean } = {}) {
  const world = setUp(options);
  if (options.cookies) world.server.config.custom_api_url = "https://privy.example.com";
  await settle(world.tab.client.start(), 100);
  await settle(world.tab.client.signInWithCode(ADA), 100);
  const asked = () => world.server.count(PATH);
  const status = () => world.tab.client.getSnapshot().status;
  return { ...world, asked, status };
}

const only =
  (path: string, passage: Passage) =>
  (wanted: string): Passage =>
    wanted === path ? passage : DIRECT;

describe.each([
  ["with tokens in the page", false],
  ["with the session in a cookie", true],
])("a tab that is open while its session ends elsewhere, %s", (_, cookies) => {
  it("learns of it within ten seconds while visible (ASVS 7.4.2)", async () => {
    const { server, tab, status } = await signedIn({ cookies });
    await pass(60_000);
    expect(status()).toBe("signed_in");
    server.end("s1", "revoked");
    await pass(10_000);
    expect(tab.client.getSnapshot()).toMatchObject({ status: "signed_out", endReason: "revoked" });
    expect(await settle(tab.client.getAccessToken())).toBeNull();
  });

  it("asks nothing while hidden, and learns of it at once when it comes to the front", async () => {
    const { server, tab, asked, status } = await signedIn({ cookies });
    await pass(20_000);
    tab.setVisible(false);
    const before = asked();
    await pass(HOUR / 2);
    server.end("s1", "user_disabled");
    expect([asked(), status()]).toEqual([before, "signed_in"]);
    tab.setVisible(true);
    await pass(10);
    expect(status()).toBe("signed_out");
    expect(asked()).toBe(before + 1);
  });

  it("keeps its session whatever else is answered (R5), and asks less and less often", async () => {
    for (const bad of [
      instead(401, { error: "Who?", code: "invalid_access_token" }),
      instead(403, { error: "No.", code: "invalid_origin" }),
      instead(404, { error: "An older server.", code: "not_found" }),
      instead(429, { error: "Slow.", code: "too_many_requests" }, { "retry-after": "60" }),
      instead(200, "<!doctype html><title>Wi-Fi</title>"),
      instead(503),
      { ...DIRECT, fault: { kind: "unreachable" as const } },
      { ...DIRECT, fault: { kind: "hangs" as const } },
    ]) {
      const { server, tab, status } = await signedIn({ cookies });
      let asked = 0;
      tab.network = (path) => {
        if (path === PATH) asked++;
        return only(PATH, bad)(path);
      };
      await pass(HOUR / 2);
      expect(status()).toBe("signed_in");
      expect(asked).toBeLessThan(15);
      expect(server.count("/sessions")).toBe(0);
      tab.network = () => DIRECT;
      await pass(310_000);
      server.end("s1");
      await pass(10_000);
      expect(status()).toBe("signed_out");
      tab.close();
    }
  });

  it("believes the refresh, not the hint: a mistaken one costs a request and no session (R5)", async () => {
    const { server, tab, status } = await signedIn({ cookies });
    const over = { error: "Over.", code: "missing_or_invalid_token", cause: "revoked" };
    tab.network = only(PATH, instead(401, over));
    await pass(60_000);
    expect(status()).toBe("signed_in");
    expect(server.count("/sessions")).toBeGreaterThan(0);
    tab.network = only("/sessions", instead(503));
    server.end("s1");
    await pass(60_000);
    expect(status()).toBe("signed_in");
    tab.network = () => DIRECT;
    await pass(300_000);
    expect(status()).toBe("signed_out");
  });
});

describe("of several tabs", () => {
  it("one asks for all, the next takes over when it is hidden or closed, and all learn of the end", async () => {
    const { server, browser, tab, asked } = await signedIn();
    const others = [browser.openTab(), browser.openTab()];
    for (const { client } of others) await settle(client.start(), 100);
    await pass(1000);
    const before = asked();
    await pass(80_000);
    expect(asked() - before).toBeGreaterThanOrEqual(8);
    expect(asked() - before).toBeLessThanOrEqual(11);
    tab.setVisible(false);
    others[0]?.close();
    await pass(20_000);
    server.end("s1");
    await pass(10_000);
    for (const each of [tab, others[1]]) {
      expect(each?.client.getSnapshot().status).toBe("signed_out");
    }
  });

  it("each asks for itself where there are no Web Locks", async () => {
    const { server, browser, asked } = await signedIn({ locks: false });
    const other = browser.openTab();
    await settle(other.client.start(), 100);
    const before = asked();
    await pass(40_000);
    expect(asked() - before).toBeGreaterThanOrEqual(8);
    server.end("s1");
    await pass(10_000);
    expect(other.client.getSnapshot().status).toBe("signed_out");
  });
});

it("renews nothing by asking: a tab left open idles out like any other", async () => {
  const { server } = await signedIn();
  await pass(2 * HOUR);
  expect(server.count("/sessions")).toBe(0);
});

it("stops with the client, and goes on with it", async () => {
  const { tab, asked } = await signedIn();
  tab.client.destroy();
  const before = asked();
  await pass(60_000);
  tab.events.dispatchEvent(new Event("focus"));
  await pass(60_000);
  expect(asked()).toBe(before);
  await settle(tab.client.start(), 100);
  await pass(20_000);
  expect(asked()).toBeGreaterThan(before);
});

it("asks nothing when nobody is signed in", async () => {
  const { tab, asked } = await signedIn();
  await settle(tab.client.signOut(), 100);
  const before = asked();
  await pass(120_000);
  tab.setVisible(true);
  await pass(10);
  expect(asked()).toBe(before);
});
