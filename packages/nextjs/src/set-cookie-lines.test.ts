import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CookieStore, CookieToSet } from "./ports.ts";
import {
  cookieHeaderAfter,
  cookieHeaderNow,
  cookiesToSet,
  parseSetCookie,
} from "./set-cookie-lines.ts";

const name = fc.stringMatching(/^[a-z]{1,3}$/);
const value = fc.stringMatching(/^[A-Za-z0-9._~*-]{1,8}$/);
const pairs = fc.array(fc.tuple(name, value), { maxLength: 6 });
const header = (all: readonly (readonly [string, string])[]) =>
  all.map((pair) => pair.join("=")).join("; ");
const storeOf = (cookies: ReadonlyMap<string, string>): CookieStore => ({
  getAll: () => Array.from(cookies, ([name, value]) => ({ name, value })),
  set: () => {},
});

describe("a Set-Cookie line", () => {
  it("is read with all its attributes (RFC 6265 section 4.1)", () => {
    const line =
      "a=b=c; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Domain=example.com; HttpOnly; Secure; SameSite=None";
    expect(parseSetCookie(line)).toEqual({
      name: "a",
      value: "b=c",
      options: {
        path: "/",
        maxAge: 0,
        expires: new Date(0),
        domain: "example.com",
        httpOnly: true,
        secure: true,
        sameSite: "none",
      },
    } satisfies CookieToSet);
  });

  it("that sets a cookie wins over those that remove its twins; of removals the first", () => {
    const removal = "s=; Path=/; Max-Age=0";
    const elsewhere = `${removal}; Domain=example.com`;
    const chosen = cookiesToSet([
      removal,
      elsewhere,
      "s=new; Path=/",
      "t=; Max-Age=0",
      elsewhere.replace("s=", "t="),
    ]);
    expect(chosen.map(({ name, value, options }) => [name, value, options.domain])).toEqual([
      ["s", "new", undefined],
      ["t", "", undefined],
    ]);
  });
});

describe("the Cookie header that the app gets from the proxy", () => {
  it("is what the browser will send next", () => {
    fc.assert(
      fc.property(
        pairs,
        fc.array(fc.tuple(name, fc.option(value)), { maxLength: 4 }),
        (sent, changes) => {
          const unique = new Map(changes);
          const lines = Array.from(unique, ([each, to]) =>
            to === null ? `${each}=; Max-Age=0` : `${each}=${to}`,
          );
          const after = cookieHeaderAfter(header(sent), lines);
          const browser = new Map(sent);
          for (const [each, to] of unique)
            to === null ? browser.delete(each) : browser.set(each, to);
          const got = new Map(
            after
              .split("; ")
              .filter(Boolean)
              .map((pair) => pair.split("=") as [string, string]),
          );
          expect(Object.fromEntries(got)).toEqual(Object.fromEntries(browser));
        },
      ),
    );
  });

  it("is empty without cookies", () => {
    expect(cookieHeaderAfter(null, [])).toBe("");
    expect(cookieHeaderAfter("a=1", ["a=; Max-Age=0"])).toBe("");
  });
});

describe("the Cookie header at a point of a request", () => {
  it("is as sent, twins and all, where nothing was set", () => {
    fc.assert(
      fc.property(pairs, (sent) => {
        const now = cookieHeaderNow(header(sent), storeOf(new Map(sent)));
        expect(now.split("; ").sort()).toEqual(header(sent).split("; ").sort());
      }),
    );
  });

  it("has what was set meanwhile, and nothing that was removed", () => {
    const store = storeOf(
      new Map([
        ["a", "new"],
        ["b", ""],
        ["c", "%"],
      ]),
    );
    expect(cookieHeaderNow("a=1; a=2; b=3; c=%25; gone=1", store)).toBe("a=new; c=%25");
  });
});
