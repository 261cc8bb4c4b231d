import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { AuthAnswer, ClientUserInfo } from "../client-answers.ts";
import { createTokenStore, type TokenStore } from "./token-store.ts";

const START = 1_800_000_000;
const auth = {} as ClientUserInfo;
let now: number;
let timers: { at: number; work: () => void; cancelled: boolean }[];
let eager: string | undefined;
let calls: string[];
let answer: (kind: string) => Promise<AuthAnswer>;
let store: TokenStore;
let made: number;

/** A token of these seconds, from now. */
function token(lifetime = 900): string {
  made += 1;
  const claims = { iat: now, exp: now + lifetime, jti: made };
  return `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.s`;
}

const signedIn = async (lifetime?: number): Promise<AuthAnswer> => ({
  status: "signed_in",
  auth,
  accessToken: token(lifetime),
});

/** Passes time and fires what is due. */
async function pass(seconds: number): Promise<void> {
  now += seconds;
  for (const timer of timers.filter(({ at, cancelled }) => at <= now && !cancelled)) {
    timer.cancelled = true;
    timer.work();
  }
  await vi.waitFor(() => {});
}

beforeEach(() => {
  [now, made, timers, eager, calls] = [START, 0, [], undefined, []];
  answer = () => signedIn();
  const call = (kind: string) => {
    calls.push(kind);
    return answer(kind);
  };
  store = createTokenStore({
    current: () => call("current"),
    refresh: () => call("refresh"),
    takeEagerToken() {
      const taken = eager;
      eager = undefined;
      return taken;
    },
    now: () => now * 1_000,
    later(ms, work) {
      const timer = { at: now + ms / 1_000, work, cancelled: false };
      timers.push(timer);
      return () => {
        timer.cancelled = true;
      };
    },
  });
});

describe("the token of a tab", () => {
  it("is asked for once, whoever asks, and then kept", async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => store.getAccessToken()));
    expect(new Set(all).size).toBe(1);
    expect(await store.getAccessToken()).toBe(all[0]);
    expect(calls).toEqual(["current"]);
    expect(store.getSnapshot()).toEqual({ token: all[0], loading: false, error: null });
  });

  it("is there at the first look when the page brought it, for which it is spent", async () => {
    eager = token();
    const brought = eager;
    expect(store.getSnapshot().token).toBe(brought);
    expect(eager).toBeUndefined();
    expect(store.getServerSnapshot().token).toBeUndefined();
    expect(await store.getAccessToken()).toBe(brought);
    expect(calls).toEqual([]);
  });

  it("is not taken from a cookie that is over, or is no token", async () => {
    for (const bad of [token(-1), "garbage", "a.b.c"]) {
      eager = bad;
      expect(await store.getAccessToken()).not.toBe(bad);
    }
  });

  it.each([
    [900, 60],
    [300, 30],
  ])("of %i s is refreshed %i s before its end", async (lifetime, buffer) => {
    answer = () => signedIn(lifetime);
    store.subscribe(() => {});
    const first = await store.getAccessToken();
    await pass(lifetime - buffer - 1);
    expect(calls).toEqual(["current"]);
    await pass(1);
    await pass(1);
    expect(calls).toEqual(["current", "refresh"]);
    expect(store.getSnapshot().token).not.toBe(first);
  });

  it("is refreshed by nobody when nobody looks", async () => {
    const end = store.subscribe(() => {});
    await store.getAccessToken();
    end();
    await pass(2_000);
    expect(calls).toEqual(["current"]);
    store.subscribe(() => {});
    await pass(20);
    expect(calls).toEqual(["current", "refresh"]);
  });

  it("does not ask in a ring when tokens are shorter than their buffer", async () => {
    answer = () => signedIn(2);
    store.subscribe(() => {});
    await store.getAccessToken();
    for (let second = 0; second < 60; second++) await pass(1);
    expect(calls.length).toBeLessThanOrEqual(5);
  });
});

describe("a failure", () => {
  const failures: Record<string, () => Promise<AuthAnswer>> = {
    "a network that is gone": () => Promise.reject(new TypeError("Failed to fetch")),
    "a session server that is away": async () => ({ status: "unavailable", error: "away" }),
  };

  it.each(Object.keys(failures))(
    "such as %s takes no token away, and is tried again (R5)",
    async (name) => {
      const listener = vi.fn();
      store.subscribe(listener);
      const first = await store.getAccessToken();
      answer = failures[name] as never;
      now += 850;
      await expect(store.getAccessToken()).rejects.toThrow();
      expect(store.getSnapshot()).toMatchObject({ token: first, loading: false });
      expect(store.getSnapshot().error).toBeInstanceOf(Error);
      answer = () => signedIn();
      await pass(31);
      await pass(1);
      expect(store.getSnapshot().error).toBeNull();
      expect(store.getSnapshot().token).not.toBe(first);
    },
  );

  it("is none: the server's word that nobody is signed in takes the token", async () => {
    await store.getAccessToken();
    answer = async () => ({ status: "signed_out" });
    expect(await store.refresh()).toBeUndefined();
    expect(store.getSnapshot()).toEqual({ token: undefined, loading: false, error: null });
  });
});

describe("refresh()", () => {
  it("gets a new token though the old one is good, shown as loading, and is not answered by a look", async () => {
    const looking = store.getAccessToken();
    const refreshing = store.refresh();
    expect(store.getSnapshot().loading).toBe(true);
    await Promise.all([looking, refreshing]);
    expect(calls).toEqual(["current", "refresh"]);
    await Promise.all([store.refresh(), store.refresh(), store.getAccessToken()]);
    expect(calls).toEqual(["current", "refresh", "refresh"]);
  });
});

it("an answer for the user before never becomes the token of the one after (R6)", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom("ask", "clear", "answer"), { maxLength: 12 }),
      async (steps) => {
        const waiting: ((found: AuthAnswer) => void)[] = [];
        let epoch = 0;
        const owner = new Map<string, number>();
        const local = createTokenStore({
          current: () =>
            new Promise((resolve) => {
              const began = epoch;
              waiting.push(() => {
                const accessToken = token();
                owner.set(accessToken, began);
                resolve({ status: "signed_in", auth, accessToken });
              });
            }),
          refresh: () => signedIn(),
          takeEagerToken: () => undefined,
          now: () => now * 1_000,
          later: () => () => {},
        });
        for (const step of steps) {
          if (step === "ask") void local.getAccessToken();
          else if (step === "clear") {
            epoch += 1;
            local.clear();
          } else waiting.shift()?.({ status: "signed_out" });
          await Promise.resolve().then(() => Promise.resolve());
          await new Promise((resolve) => setImmediate(resolve));
          const shown = local.getSnapshot().token;
          if (shown !== undefined) expect(owner.get(shown)).toBe(epoch);
        }
      },
    ),
    { numRuns: 50 },
  );
});
