import fc from "fast-check";
import { expect, it } from "vitest";
import { cookieNames } from "./cookie-names.ts";
import { setCookie } from "./session-cookies.ts";
import { createJar } from "./testing/jar.ts";
import { countCookies, expireTwins } from "./twin-cookies.ts";

const REFRESH_TOKEN_COOKIE = cookieNames().refreshToken;

const HOST = "privy.example.com";
const PATH = "/api/v1/sessions";
const keep = { domain: null, path: "/" };

const place = fc.record({
  domain: fc.constantFrom(null, "privy.example.com", "example.com"),
  path: fc.constantFrom("/", "/api", "/api/v1", "/api/v1/sessions"),
  sameSite: fc.constantFrom("strict" as const, "lax" as const),
});

it("expires every twin that a sibling can have placed, and never the one that stays", () => {
  fc.assert(
    fc.property(fc.array(place, { maxLength: 6 }), (places) => {
      const jar = createJar();
      for (const at of places) jar.receive(HOST, [setCookie(REFRESH_TOKEN_COOKIE, "evil", 60, at)]);
      const own = setCookie(REFRESH_TOKEN_COOKIE, "own", 60, { ...keep, sameSite: "strict" });
      jar.receive(HOST, [own]);
      jar.receive(HOST, expireTwins({ host: HOST, path: PATH, name: REFRESH_TOKEN_COOKIE, keep }));
      expect(jar.sentTo(HOST, PATH).map(({ value }) => value)).toEqual(["own"]);
    }),
  );
});

it("counts equal ones too: they are of different places", () => {
  expect(countCookies("a=1; b=2; a=1; a=", "a")).toBe(3);
  expect(countCookies(null, "a")).toBe(0);
});

it("writes no path that a request made up", () => {
  const lines = expireTwins({
    host: HOST,
    path: "/a;Domain=evil.test/b/%0d/c",
    name: REFRESH_TOKEN_COOKIE,
    keep,
  });
  expect(lines.join("\n")).not.toMatch(/evil|%0d/);
});
