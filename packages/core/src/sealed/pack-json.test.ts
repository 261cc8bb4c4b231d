import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { base64url } from "../encoding.ts";
import { type JsonValue, packJson } from "./pack-json.ts";
import { KNOWN_NAMES } from "./packed-json-format.ts";
import { anyJson } from "./testing/json.ts";
import { typicalSession } from "./testing/typical-session.ts";
import { unpackJson } from "./unpack-json.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("packed JSON", () => {
  it("reads back what it wrote, as JSON itself would", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(unpackJson(packJson(value))).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [null, "00"],
    [false, "08"],
    [true, "10"],
    ["", "01"],
    ["hé", "1968c3a9"],
    [-1.5, "252d312e35"],
    [[], "03"],
    [[null, "a"], "13000961"],
    [{}, "04"],
    [{ user: { id: "u" } }, "0c080c1c0975"],
    [{ plan: null }, "0c11706c616e00"],
    ["\ud800", "45225c756438303022"],
    [{ "\ud800": true }, "0c22225c75643830302210"],
    // base64url of 12 bytes, then a text that is too short to be worth it.
    ["AAAAAAAAAAAAAAAA.ab", "12190000000000000000000000000461" + "62"],
  ])("writes %j as %s", (value, expected) => {
    expect(hex(packJson(value))).toBe(expected);
    expect(unpackJson(packJson(value))).toEqual(value);
  });

  it("stores the parts of a token as the bytes they encode", async () => {
    const { accessToken } = await typicalSession();
    const bytes = accessToken.split(".").map((part) => Buffer.from(part, "base64url").length);
    const overhead = packJson(accessToken).byteLength - bytes.reduce((a, b) => a + b);
    expect(overhead).toBeLessThanOrEqual(7);
  });

  it("keeps the spelling of texts that only look like base64url", () => {
    // The last character encodes bits that a decoder would drop.
    for (const text of [
      "AAAAAAAAAAAAAAAAAB",
      "A".repeat(17),
      `${"A".repeat(20)}.é`,
      "a.b.c".repeat(9),
    ]) {
      expect(unpackJson(packJson(text))).toBe(text);
    }
  });

  it("needs as many bytes for a text whatever stands beside it: no compression (RFC 8725 3.6)", () => {
    const secret = base64url(new Uint8Array(32).fill(0xa7));
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{20}$/), (guess) => {
        const size = (name: string) => packJson({ name, refreshToken: secret }).byteLength;
        expect(size(guess)).toBe(size("q".repeat(20)));
      }),
    );
    const size = (metadata: string) => packJson({ metadata, refreshToken: secret }).byteLength;
    expect(size(secret)).toBe(size(base64url(new Uint8Array(32).fill(0x11))));
  });

  it("leaves out members that are undefined, and keeps one named __proto__ a member", () => {
    expect(unpackJson(packJson({ a: undefined, b: 1 }))).toEqual({ b: 1 });
    const value = JSON.parse('{"__proto__":{"admin":true}}') as JsonValue;
    const read = unpackJson(packJson(value)) as Record<string, unknown>;
    expect(Object.keys(read)).toEqual(["__proto__"]);
    expect(read.admin).toBeUndefined();
  });

  it.each([
    ["a function", () => 1],
    ["undefined in an array", [undefined]],
    ["a date", new Date(0)],
    ["a map", new Map()],
    ["a big integer", 1n],
    ["infinity", Number.POSITIVE_INFINITY],
    ["not a number", Number.NaN],
  ])("refuses %s with a TypeError", (_case, value) => {
    expect(() => packJson({ value } as unknown as JsonValue)).toThrow(TypeError);
  });

  it("refuses a value that nests too deep, as one does that contains itself", () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    expect(() => packJson(circular as JsonValue)).toThrow(TypeError);
  });

  it("reads any bytes or refuses them, and never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const value = unpackJson(bytes);
        if (value !== undefined) expect(() => JSON.stringify(value)).not.toThrow();
      }),
      { numRuns: 2_000 },
    );
  });

  it("refuses a packed value that was cut short or goes on", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const bytes = packJson(value);
        expect(unpackJson(bytes.subarray(0, -1))).toBeUndefined();
        expect(unpackJson(Uint8Array.from([...bytes, 0]))).toBeUndefined();
      }),
    );
  });

  it("has room in one byte for every known name", () => {
    expect(KNOWN_NAMES.length).toBeLessThanOrEqual(32);
    expect(new Set(KNOWN_NAMES).size).toBe(KNOWN_NAMES.length);
  });
});
