/** Session rule R5: infrastructure failure is never "signed out". */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { instead, type Passage } from "./testing/fake-network.ts";
import { ADA, HOUR, pass, settle, setUp } from "./testing/set-up.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
});
afterEach(() => {
  vi.useRealTimers();
});

const at = (fault: Passage["fault"]): Passage => ({ fault, there: 1, back: 1 });

const failures: Record<string, Passage> = {
  "a network failure": at({ kind: "unreachable" }),
  "an answer that is lost": at({ kind: "answer_lost" }),
  "a request that hangs": at({ kind: "hangs" }),
  "401 with another code": instead(401, { error: "no", code: "allowlist_rejected" }),
  "401 without JSON": instead(401, "Unauthorized"),
  "400 with a code": instead(400, { error: "no", code: "invalid_data" }),
  "403 of an origin check": instead(403, { error: "no", code: "invalid_origin" }),
  "403 with HTML": instead(403),
  "404 with HTML": instead(404),
  "408": instead(408),
  "409": instead(409, { error: "conflict", code: "conflict" }),
  "425": instead(425),
  "429 with JSON": instead(429, { error: "slow down", code: "too_many_requests" }),
  "429 with a long Retry-After": instead(429, "", { "retry-after": "60" }),
  "500": instead(500),
  "500 with the terminal code": instead(500, { error: "x", code: "missing_or_invalid_token" }),
  "502": instead(502),
  "503 with JSON": instead(503, { error: "later", code: "session_state_lost" }),
  "504": instead(504, ""),
  "200 with HTML": instead(200),
  "200 with broken JSON": instead(200, '{"user":'),
  "200 with JSON of somebody else": instead(200, { ok: true }),
  "200 with JSON null": instead(200, "null"),
  "200 with an unreadable token": instead(200, { user: null, token: "x.y.z", refresh_token: "q" }),
};

describe.each(Object.entries(failures))("%s", (_name, failure) => {
  it("throws a typed error, keeps the session, and is forgotten when it is over", async () => {
    const { server, browser, tab } = setUp();
    await settle(tab.client.start());
    await settle(tab.client.signInWithCode(ADA));
    await pass(HOUR);
    const kept = browser.record().session;
    tab.network = () => failure;
    const attempt = settle(tab.client.getAccessToken(), 100_000);
    await expect(attempt).rejects.toMatchObject({
      name: "LatchkeyClientError",
      code: expect.any(String),
    });
    expect(tab.client.getSnapshot()).toMatchObject({
      status: "signed_in",
      error: { name: "LatchkeyClientError" },
    });
    expect(browser.record().session).toEqual(kept);

    tab.network = () => at({ kind: "none" });
    await pass(121_000);
    expect(await settle(tab.client.getAccessToken(), 10)).toMatch(/\./);
    expect(tab.client.getSnapshot()).toMatchObject({ status: "signed_in", error: null });
    expect(server.sessions.get("s1")?.state.endedAt).toBeNull();
  });

  it("does not sign out a page that loads during it", async () => {
    const { browser, tab } = setUp();
    await settle(tab.client.signInWithCode(ADA));
    tab.close();
    await pass(HOUR);
    const reloaded = browser.openTab();
    reloaded.network = () => failure;
    await settle(reloaded.client.start(), 10_000);
    expect(reloaded.client.getSnapshot()).toMatchObject({
      status: "signed_in",
      ready: true,
      error: { code: expect.any(String) },
    });
    reloaded.network = () => at({ kind: "none" });
    await pass(130_000);
    expect(reloaded.client.getSnapshot()).toMatchObject({ status: "signed_in", error: null });
  });
});

describe("a server that cannot be reached", () => {
  it("gives the current token while that is good, although renewing it failed", async () => {
    const { tab } = setUp();
    await settle(tab.client.start());
    await settle(tab.client.signInWithCode(ADA), 1000);
    const token = await tab.client.getAccessToken();
    await pass(HOUR - 25_000);
    tab.network = () => at({ kind: "unreachable" });
    expect(await settle(tab.client.getAccessToken(), 10_000)).toBe(token);
    expect(tab.client.getSnapshot().error).toBeNull();
    await pass(20_000);
    await expect(settle(tab.client.getAccessToken())).rejects.toMatchObject({
      code: "unavailable",
    });
  });

  it("keeps readiness within its bound, says why, and recovers by itself", async () => {
    const { tab } = setUp();
    tab.network = () => at({ kind: "hangs" });
    const started = tab.client.start();
    await pass(9_999);
    expect(tab.client.getSnapshot().ready).toBe(false);
    await pass(2);
    expect((await started).error).toMatchObject({ code: "unavailable" });
    expect(tab.client.getSnapshot()).toMatchObject({ ready: true, status: "error" });
    tab.network = () => at({ kind: "none" });
    await pass(60_000);
    expect(tab.client.getSnapshot()).toMatchObject({ status: "signed_out", error: null });
  });

  it.each(["online", "focus", "pageshow", "visibilitychange"])(
    "is asked again on %s",
    async (type) => {
      const { tab } = setUp();
      let quietSince = Date.now();
      tab.network = () => {
        quietSince = Date.now();
        return at({ kind: "unreachable" });
      };
      await settle(tab.client.start(), 300_000);
      while (Date.now() - quietSince < 7000) await pass(100);
      expect(tab.client.getSnapshot().error).toMatchObject({ code: "unavailable" });
      tab.network = () => at({ kind: "none" });
      tab.events.dispatchEvent(new Event(type));
      await pass(10);
      expect(tab.client.getSnapshot()).toMatchObject({ status: "signed_out", error: null });
    },
  );

  it("applies an answer that comes after its time limit", async () => {
    const { server, tab } = setUp();
    await settle(tab.client.signInWithCode(ADA));
    await pass(HOUR);
    tab.network = () => ({ fault: { kind: "none" }, there: 0, back: 11_000 });
    const token = await settle(tab.client.getAccessToken(), 30_000);
    expect(token).toMatch(/\./);
    expect(server.count("/sessions")).toBe(2);
    expect(tab.client.getSnapshot()).toMatchObject({
      status: "signed_in",
      session: { generation: 1 },
    });
  });

  it("is left alone as long as it asks for by Retry-After", async () => {
    const { tab } = setUp();
    await settle(tab.client.signInWithCode(ADA));
    await pass(HOUR);
    let asked = 0;
    tab.network = () => {
      asked++;
      return instead(
        429,
        { error: "slow down", code: "too_many_requests" },
        { "retry-after": "40" },
      );
    };
    for (let i = 0; i < 5; i++) {
      const attempt = settle(tab.client.getAccessToken(), 1000);
      await expect(attempt).rejects.toMatchObject({ code: "too_many_requests", retryAfter: 40 });
    }
    expect(asked).toBe(1);
    tab.network = () => at({ kind: "none" });
    await pass(40_000);
    expect(await settle(tab.client.getAccessToken())).toMatch(/\./);
  });

  it("is tried four times with growing pauses, not before a short Retry-After", async () => {
    const { tab } = setUp();
    await settle(tab.client.signInWithCode(ADA));
    await pass(HOUR);
    const times: number[] = [];
    const begun = Date.now();
    tab.network = () => {
      times.push(Date.now() - begun);
      return instead(503, "", times.length === 1 ? { "retry-after": "3" } : {});
    };
    await expect(settle(tab.client.getAccessToken())).rejects.toMatchObject({ status: 503 });
    const gaps = times.slice(1).map((time, i) => time - (times[i] as number));
    expect(gaps).toHaveLength(3);
    expect(gaps[0]).toBeGreaterThanOrEqual(3000);
    expect(gaps[0]).toBeLessThanOrEqual(3010);
    expect(gaps[1]).toBeGreaterThanOrEqual(1125);
    expect(gaps[2]).toBeGreaterThanOrEqual(3375);
    expect(gaps[2]).toBeLessThanOrEqual(5625);
  });
});

describe("configuration", () => {
  it("that cannot be fetched does not sign out, nor keep a page that knows an older one waiting", async () => {
    const { browser, tab } = setUp();
    await settle(tab.client.start());
    await settle(tab.client.signInWithCode(ADA));
    const reloaded = browser.openTab();
    reloaded.network = (path) => (path.startsWith("/apps/") ? instead(500) : at({ kind: "none" }));
    void reloaded.client.start();
    expect(reloaded.client.getSnapshot()).toMatchObject({ status: "signed_in", ready: true });
    await pass(HOUR);
    expect(await settle(reloaded.client.getAccessToken())).toMatch(/\./);
    expect(reloaded.client.getSnapshot()).toMatchObject({ status: "signed_in", error: null });
  });

  it("of another app or of no app is refused, not stored", async () => {
    const { browser, tab } = setUp();
    tab.network = () => instead(200, { id: "another", custom_api_url: "https://evil.example" });
    await settle(tab.client.start());
    expect(tab.client.getSnapshot()).toMatchObject({
      status: "error",
      error: { code: "unavailable" },
    });
    expect(browser.record().config).toBeNull();
  });

  it.each([
    ["appId", { appId: "" }],
    ["serverUrl", { serverUrl: "localhost:4400" }],
  ])(
    "with a wrong %s is reported by the snapshot and by every call, not by creation",
    async (name, wrong) => {
      const { browser } = setUp();
      const { client } = browser.openTab(wrong);
      await client.start();
      expect(client.getSnapshot()).toMatchObject({
        status: "error",
        ready: true,
        error: { code: "invalid_configuration", message: expect.stringContaining(name) },
      });
      await expect(client.getAccessToken()).rejects.toMatchObject({
        code: "invalid_configuration",
      });
      await expect(client.sendCode(ADA)).rejects.toMatchObject({ code: "invalid_configuration" });
    },
  );
});

describe("storage", () => {
  it("that is blocked or full is replaced by memory", async () => {
    const { browser } = setUp();
    const refuse = () => {
      throw new DOMException("no", "QuotaExceededError");
    };
    const storage = { getItem: refuse, setItem: refuse, removeItem: refuse };
    const { client } = browser.openTab({ storage });
    await settle(client.start());
    await settle(client.signInWithCode(ADA));
    await pass(HOUR);
    expect(await settle(client.getAccessToken())).toMatch(/\./);
    await settle(client.signOut());
    expect(client.getSnapshot().status).toBe("signed_out");
  });

  it("that holds nonsense under our key is taken for empty", async () => {
    for (const nonsense of [
      "",
      "null",
      "{",
      "[]",
      '{"epoch":"x"}',
      '{"epoch":1,"session":{},"ended":[]}',
    ]) {
      const { browser, tab } = setUp();
      browser.items.set("latchkey:cm0000000000000000000demo", nonsense);
      await settle(tab.client.start());
      expect(tab.client.getSnapshot()).toMatchObject({ status: "signed_out", error: null });
    }
  });
});
