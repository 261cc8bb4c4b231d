import { beforeEach, describe, expect, test } from "vitest";
import { OutboundError } from "../outbound/outbound-error.ts";
import { type DocumentCache, documentCache } from "./document-cache.ts";

const URL_OF_KEYS = "https://id.example.com/keys";
const MINUTE = 60_000;

let asked: number;
let answer: () => Response | Promise<Response>;
let now: number;
let cache: DocumentCache;
beforeEach(() => {
  asked = 0;
  now = 1_900_000_000_000;
  answer = () => Response.json({ version: 1 });
  cache = documentCache({
    now: () => now,
    timeoutMs: 1000,
    fetch: async () => {
      asked += 1;
      return answer();
    },
  });
});

describe("what a provider publishes", () => {
  test("is asked for once, however many wait, and again after ten minutes", async () => {
    await Promise.all([1, 2, 3].map(() => cache.read(URL_OF_KEYS)));
    now += 9 * MINUTE;
    await cache.read(URL_OF_KEYS);
    expect(asked).toBe(1);
    now += 2 * MINUTE;
    answer = () => Response.json({ version: 2 });
    expect(await cache.read(URL_OF_KEYS)).toEqual({ version: 2 });
    expect(asked).toBe(2);
  });

  test("is asked for anew when it has to be, at most every half minute", async () => {
    await cache.read(URL_OF_KEYS);
    answer = () => Response.json({ version: 2 });
    expect(await cache.reread(URL_OF_KEYS)).toEqual({ version: 1 });
    now += 31_000;
    expect(await cache.reread(URL_OF_KEYS)).toEqual({ version: 2 });
    for (let round = 0; round < 5; round++) await cache.reread(URL_OF_KEYS);
    expect(asked).toBe(2);
  });

  test("serves on for a day while the provider is away, which is asked every half minute, and no longer", async () => {
    await cache.read(URL_OF_KEYS);
    answer = () => Promise.reject(new OutboundError("network", "away"));
    now += 11 * MINUTE;
    for (let round = 0; round < 4; round++) {
      expect(await cache.read(URL_OF_KEYS)).toEqual({ version: 1 });
    }
    expect(asked).toBe(2);
    now += 23 * 60 * MINUTE;
    expect(await cache.read(URL_OF_KEYS)).toEqual({ version: 1 });
    now += 60 * MINUTE;
    await expect(cache.read(URL_OF_KEYS)).rejects.toThrow(OutboundError);
  });

  test("is not replaced by something that is no document", async () => {
    await cache.read(URL_OF_KEYS);
    const wrong = [
      () => new Response("<html>", { status: 200 }),
      () => Response.json({ error: "busy" }, { status: 503 }),
      () => Response.json("text"),
      () => Response.json({ padding: "x".repeat(64_000) }),
      () => Response.redirect("https://elsewhere.example/", 302),
    ];
    for (const each of wrong) {
      answer = each;
      now += 11 * MINUTE;
      expect(await cache.read(URL_OF_KEYS)).toEqual({ version: 1 });
    }
    answer = () => new Response("nothing");
    await expect(cache.read("https://other.example.com/")).rejects.toThrow(OutboundError);
  });

  test("waits for a renewal that is under way rather than going on with what is old", async () => {
    await cache.read(URL_OF_KEYS);
    now += 31_000;
    let release = () => {};
    const held = new Promise<void>((done) => {
      release = done;
    });
    answer = async () => {
      await held;
      return Response.json({ version: 2 });
    };
    const both = [cache.reread(URL_OF_KEYS), cache.reread(URL_OF_KEYS)];
    release();
    expect(await Promise.all(both)).toEqual([{ version: 2 }, { version: 2 }]);
    expect(asked).toBe(2);
  });
});
