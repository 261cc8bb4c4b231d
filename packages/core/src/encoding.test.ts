import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import * as withBuffer from "./encoding.ts";

async function importWithoutBuffer(): Promise<typeof withBuffer> {
  vi.resetModules();
  vi.stubGlobal("Buffer", undefined);
  try {
    return await import("./encoding.ts");
  } finally {
    vi.unstubAllGlobals();
  }
}

const variants = [
  ["with Node's Buffer", withBuffer],
  ["without it", await importWithoutBuffer()],
] as const;

// Longer texts go another way than short ones.
const bytes = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 400 }));
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

describe.each(variants)(
  "base64url %s",
  (_name, { base64url, fromBase64url, writeFromBase64url, textToBase64url }) => {
    it.each([
      ["", ""],
      ["f", "Zg"],
      ["fo", "Zm8"],
      ["foo", "Zm9v"],
      ["foob", "Zm9vYg"],
      ["fooba", "Zm9vYmE"],
      ["foobar", "Zm9vYmFy"],
      ["\u{3fb}\u{3ff}", "z7vPvw"],
    ])("writes %j as RFC 4648 section 10 does, unpadded", (text, encoded) => {
      expect(base64url(withBuffer.utf8(text))).toBe(encoded);
    });

    it("reads back what it wrote, whatever the bytes", () => {
      fc.assert(
        fc.property(bytes, (input) => {
          const text = base64url(input);
          expect(text).toMatch(/^[A-Za-z0-9_-]*$/);
          expect([...(fromBase64url(text) ?? [])]).toEqual([...input]);
        }),
      );
    });

    it("writes text as the bytes of its UTF-8, and a Buffer as any bytes", () => {
      fc.assert(
        fc.property(fc.string({ unit: "binary" }), (text) => {
          const encoded = Buffer.from(text, "utf8");
          expect(textToBase64url(text)).toBe(encoded.toString("base64url"));
          expect(base64url(encoded)).toBe(encoded.toString("base64url"));
        }),
      );
    });

    it("writes only the view, not the buffer under it", () => {
      const view = new Uint8Array([1, 2, 3, 4, 5]).subarray(1, 3);
      expect(base64url(view)).toBe("AgM");
    });

    it("knows one spelling per value: no other last character is read", () => {
      fc.assert(
        fc.property(bytes, (input) => {
          const text = base64url(input);
          if (text === "") return;
          const readable = [...ALPHABET]
            .map((last) => text.slice(0, -1) + last)
            .filter((spelling) => {
              const read = fromBase64url(spelling);
              return read && Buffer.compare(read, input) === 0;
            });
          expect(readable).toEqual([text]);
        }),
      );
    });

    it.each(["A", "AAAAA", "Zg==", "Zm8=", "Z+", "Z/", "Z g", "Zg\n", " Zg", "Zé", "Zh", "Zm9"])(
      "refuses %j",
      (text) => {
        expect(fromBase64url(text)).toBeNull();
        expect(fromBase64url("A".repeat(400) + text)).toBeNull();
      },
    );

    it("writes the bytes where they are wanted, and no others", () => {
      fc.assert(
        fc.property(bytes, fc.nat(9), (input, at) => {
          const room = new Uint8Array(at + input.length + 2).fill(0xee);
          expect(writeFromBase64url(room, at, base64url(input))).toBe(true);
          const around = (count: number) => Array<number>(count).fill(0xee);
          expect([...room]).toEqual([...around(at), ...input, ...around(2)]);
        }),
      );
    });

    it("reads any text or refuses it, and never throws", () => {
      fc.assert(
        fc.property(fc.string({ unit: "binary" }), (text) => {
          const read = fromBase64url(text);
          if (read) expect(base64url(read)).toBe(text);
        }),
      );
    });
  },
);

it("reads UTF-8 back and refuses bytes that are none", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      expect(withBuffer.fromUtf8(withBuffer.utf8(text))).toBe(text);
    }),
  );
  expect(withBuffer.fromUtf8(withBuffer.utf8("\ufefftext"))).toBe("\ufefftext");
  for (const invalid of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]]) {
    expect(() => withBuffer.fromUtf8(Uint8Array.from(invalid))).toThrow(TypeError);
  }
});
