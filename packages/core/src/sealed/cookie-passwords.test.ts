import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCookiePasswords, requireCookiePasswords } from "./cookie-passwords.ts";

const [first, second] = ["1".repeat(32), "2".repeat(32)];
const ring = (LATCHKEY_COOKIE_PASSWORD: string) =>
  readCookiePasswords({ LATCHKEY_COOKIE_PASSWORD });

const ids = fc.stringMatching(/^[A-Za-z0-9_-]{1,16}$/);
const secrets = fc.stringMatching(/^[!-+\--~]{32,60}$/);

function messageOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return (error as Error).message;
  }
  return "no error";
}

describe("cookie passwords", () => {
  it("are read newest first, with any secret without commas and white space, colons included", () => {
    const passwords = fc.uniqueArray(fc.record({ id: ids, secret: secrets }), {
      minLength: 1,
      maxLength: 8,
      comparator: (a, b) => a.id === b.id || a.secret === b.secret,
    });
    fc.assert(
      fc.property(passwords, fc.constantFrom(",", ", ", "\n,\t"), (given, comma) => {
        const text = given.map(({ id, secret }) => `${id}:${secret}`).join(comma);
        expect(ring(text)).toEqual(given);
      }),
    );
  });

  it("may be the one of the vendor's variable, taken as it is", () => {
    const secret = ` a:b,c ${first}\n`;
    expect(readCookiePasswords({ WORKOS_COOKIE_PASSWORD: secret })).toEqual([{ id: "1", secret }]);
  });

  it("are those of LATCHKEY_COOKIE_PASSWORD alone when both are set", () => {
    const both = { LATCHKEY_COOKIE_PASSWORD: `2:${second}`, WORKOS_COOKIE_PASSWORD: first };
    expect(readCookiePasswords(both)).toEqual([{ id: "2", secret: second }]);
    const empty = { LATCHKEY_COOKIE_PASSWORD: "", WORKOS_COOKIE_PASSWORD: first };
    expect(readCookiePasswords(empty)).toEqual([{ id: "1", secret: first }]);
  });

  it("are refused with the name of the variable and what to do, if there are none", () => {
    const message = messageOf(() => readCookiePasswords({}));
    expect(message).toMatch(/LATCHKEY_COOKIE_PASSWORD.*openssl rand.*WORKOS_COOKIE_PASSWORD/);
  });

  it("have 32 characters or more", () => {
    expect(messageOf(() => ring(`a:${first},b:${"x".repeat(31)}`))).toMatch(
      /^LATCHKEY_COOKIE_PASSWORD: password 2 has 31 characters, not 32: make one with `openssl/,
    );
    expect(messageOf(() => readCookiePasswords({ WORKOS_COOKIE_PASSWORD: "short" }))).toMatch(
      /^WORKOS_COOKIE_PASSWORD: password 1 has 5 characters, not 32/,
    );
  });

  it.each([
    ["no id", first, /password 1 has no id: write id:secret/],
    ["an empty id", `:${first}`, /password 1 has no id/],
    ["an id of 17 characters", `${"i".repeat(17)}:${first}`, /password 1 has no id/],
    ["an id with a space", `a b:${first}`, /password 1 has no id/],
    ["a secret with a comma", `a:${first},${second}`, /password 2 has no id.*without commas/],
    ["one id twice", `a:${first},a:${second}`, /password 2 has the id of another/],
    ["one secret twice", `a:${first},b:${first}`, /password 2 repeats another/],
    ["a comma too many", `a:${first},`, /password 2 has no id.*password 2 has 0 characters/],
    ["more than 8", Array.from({ length: 9 }, (_, i) => `${i}:${i}${first}`).join(), /more than 8/],
  ])("are refused with %s", (_case, text, expected) => {
    expect(messageOf(() => ring(text))).toMatch(expected);
  });

  it("are refused with every problem at once, and no secret is told", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9:,]{20,80}$/), (text) => {
        const secretsIn = text.split(/[:,]/).filter((part) => part.length > 6);
        const message = messageOf(() => ring(text));
        for (const secret of secretsIn) expect(message).not.toContain(secret);
      }),
    );
    expect(messageOf(() => ring(`a:x,a:${first}`))).toMatch(/password 1 has 1 .*; password 2 has/);
  });

  it("given in code are judged alike, under the name of the option", () => {
    expect(messageOf(() => requireCookiePasswords([], "passwords"))).toBe(
      "passwords: there is none.",
    );
  });
});
