import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RequestCookie } from "../cookies/cookie-header.ts";
import { base64url } from "../encoding.ts";
import { cookiePolicy } from "./cookie-attributes.ts";
import {
  COOKIE_LIMIT,
  isPartOf,
  joinCookie,
  MOST_CHUNKS,
  octetsOf,
  splitCookie,
} from "./cookie-chunks.ts";
import { ports } from "./testing/ports.ts";

const name = "wos-session";
const attributes = cookiePolicy({ domain: "example.com" })({ url: "https://app.example.com" });
const most = 15_800;

/** Values of any length up to the most, made so that no part repeats. */
const value = fc.tuple(fc.nat(), fc.integer({ min: 1, max: most })).map(([seed, length]) => {
  const bytes = Uint8Array.from({ length: 12_000 }, (_, i) => (seed + i * 31 + (i >> 8) * 7) % 251);
  return base64url(bytes).slice(0, length);
});

describe.each(ports)("cookie chunks on %s", (_name, port) => {
  const join = async (cookies: readonly RequestCookie[]) =>
    (await joinCookie(name, cookies, port)).candidates.map((candidate) => candidate.value);
  async function split(text: string): Promise<readonly RequestCookie[]> {
    const result = await splitCookie(name, text, attributes, port);
    if (!result.ok) throw new Error(`Too large: ${text.length} of ${result.most}.`);
    return result.cookies;
  }

  it("are of 4,096 octets at most, with name and attributes, and as few as can be (ASVS 3.3.5)", () =>
    fc.assert(
      fc.asyncProperty(value, async (text) => {
        const cookies = await split(text);
        for (const cookie of cookies) {
          expect(octetsOf(cookie.name, cookie.value, attributes)).toBeLessThanOrEqual(COOKIE_LIMIT);
        }
        const names = cookies.map((cookie) => cookie.name);
        const fits = octetsOf(name, text, attributes) <= COOKIE_LIMIT;
        if (fits) expect(cookies).toEqual([{ name, value: text }]);
        else {
          expect(names).toEqual(cookies.map((_, at) => `${name}.${at}`));
          for (const cookie of cookies.slice(0, -1)) {
            expect(octetsOf(cookie.name, cookie.value, attributes)).toBe(COOKIE_LIMIT);
          }
        }
      }),
      { numRuns: 50 },
    ));

  it("give the value back in whatever order they are sent", () =>
    fc.assert(
      fc.asyncProperty(value, fc.infiniteStream(fc.nat()), async (text, order) => {
        const cookies = [...(await split(text))].sort(() => ((order.next().value ?? 0) % 3) - 1);
        expect(await join(cookies)).toEqual([text]);
      }),
      { numRuns: 50 },
    ));

  it("give no value but one that was written, for every mix of old and new", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(value, { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.boolean()),
        async (texts, kept) => {
          const written = (await Promise.all(texts.map(split))).flat();
          const sent = written.filter(() => kept.next().value);
          const joined = await join(sent);
          for (const text of joined) expect(texts).toContain(text);
          // And each one of which all was sent.
          for (const text of texts) {
            const all = (await split(text)).every((part) =>
              sent.some((cookie) => cookie.name === part.name && cookie.value === part.value),
            );
            expect(joined.includes(text)).toBe(all);
          }
        },
      ),
      { numRuns: 60 },
    ));

  it("give no value when a browser overwrote some of them only, as after a crash between two", async () => {
    const [old, fresh] = [await split("a".repeat(9_000)), await split("b".repeat(9_000))];
    expect(old).toHaveLength(3);
    for (let mask = 1; mask < 7; mask++) {
      const mixed = old.map(
        (cookie, at) => ((mask >> at) & 1 ? fresh[at] : cookie) as RequestCookie,
      );
      const { candidates, sent } = await joinCookie(name, mixed, port);
      expect(candidates).toEqual([]);
      expect(sent).toBe(3);
    }
  });

  it("give the value though chunks of an older, longer one are left over", async () => {
    const [old, fresh] = [await split("a".repeat(12_000)), await split("b".repeat(5_000))];
    const kept = new Map([...old, ...fresh].map((cookie) => [cookie.name, cookie]));
    const { candidates, sent } = await joinCookie(name, [...kept.values()], port);
    expect(candidates).toEqual([{ value: "b".repeat(5_000), cookies: 2 }]);
    expect(sent).toBe(4);
  });

  it("give both values of twins, whole or in chunks, and each value once", async () => {
    const [one, two] = ["a".repeat(9_000), "b".repeat(9_000)];
    const twins = [...(await split(one)), ...(await split(two))];
    expect(await join(twins)).toEqual([one, two]);
    const whole = [one, two, one].map((text) => ({ name, value: text.slice(0, 10) }));
    expect(await join(whole)).toEqual([one.slice(0, 10), two.slice(0, 10)]);
    expect(await join([...whole, ...twins])).toHaveLength(4);
  });

  it("find the value among planted parts under its own digest", async () => {
    const text = base64url(port.randomBytes(4_000));
    const own = await split(text);
    const planted = own.map((cookie) => ({ ...cookie, value: `${cookie.value.slice(0, -1)}!` }));
    expect(await join([...planted, ...own])).toEqual([text]);
    expect(await join(planted)).toEqual([]);
  });

  it("give nothing for what no one wrote, and never throw", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            name: fc.constantFrom(`${name}.0`, `${name}.1`, `${name}.2`, `${name}.9`, `${name}.x`),
            value: fc.oneof(
              fc.string(),
              fc.constantFrom(
                "2.AAAAAAAAAAAAAAAA.x",
                "4.AAAAAAAAAAAAAAAA.y",
                "9.AAAAAAAAAAAAAAAA.z",
              ),
            ),
          }),
        ),
        async (cookies) => {
          expect(await join(cookies)).toEqual([]);
        },
      ),
    ));

  it("are refused together when they are more than servers take, with what would fit", async () => {
    const result = await splitCookie(name, "x".repeat(20_000), attributes, port);
    expect(result).toEqual({ ok: false, reason: "too_large", most: expect.any(Number) });
    const fits = await split("x".repeat(result.ok ? 0 : result.most));
    expect(fits).toHaveLength(MOST_CHUNKS);
    const over = await splitCookie(
      name,
      "x".repeat(result.ok ? 0 : result.most + 1),
      attributes,
      port,
    );
    expect(over.ok).toBe(false);
    const longName = await splitCookie("n".repeat(5_000), "x", attributes, port);
    expect(longName).toEqual({ ok: false, reason: "too_large", most: 0 });
  });

  it("are written in characters that no cookie library escapes", async () => {
    for (const cookie of await split(base64url(port.randomBytes(4_000)))) {
      expect(encodeURIComponent(cookie.value)).toBe(cookie.value);
    }
  });
});

it.each([
  ["wos-session", true],
  ["wos-session.0", true],
  ["wos-session.9", true],
  ["wos-session.10", false],
  ["wos-session.", false],
  ["wos-session-2", false],
  ["wos-sessio", false],
  ["my-wos-session", false],
])("a cookie called %s is part of wos-session: %s", (cookieName, expected) => {
  expect(isPartOf(name, cookieName)).toBe(expected);
});
