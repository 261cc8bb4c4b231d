import { crypto } from "@latchkey/core/crypto";
import { base64url, utf8 } from "@latchkey/core/encoding";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openStoreWorld } from "../storage/testing/store-world.ts";
import { type KeyPurpose, keyedHash, openMasterKey, openText, sealText } from "./master-key.ts";
import { checkMasterKey } from "./master-key-check.ts";

const SECRET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEF";
const master = openMasterKey(SECRET);
const other = openMasterKey(`${SECRET}.`);

describe("the master key (R1)", () => {
  test("has at least 32 characters", () => {
    expect(() => openMasterKey("x".repeat(31))).toThrow(/openssl rand/);
    openMasterKey("x".repeat(32));
  });

  test("yields by HKDF-SHA-256 (RFC 5869) one sub-key per purpose and salt", async () => {
    const expected = await crypto.hkdfSha256(
      utf8(SECRET),
      utf8("salt"),
      "latchkey refresh-token",
      32,
    );
    expect(await master.subkey("refresh-token", "salt")).toEqual(expected);
    const purposes: KeyPurpose[] = [
      "check",
      "refresh-token",
      "signing-key",
      "one-time-code",
      "address",
      "binding",
      "replay",
      "test-account",
      "development-secret",
    ];
    const keys = [];
    for (const purpose of purposes) {
      for (const salt of ["", "a", "b"]) keys.push(base64url(await master.subkey(purpose, salt)));
    }
    expect(new Set(keys).size).toBe(purposes.length * 3);
    expect(await master.subkey("check")).toEqual(await openMasterKey(SECRET).subkey("check"));
    expect(await master.subkey("check")).not.toEqual(await other.subkey("check"));
  });
});

describe("what is sealed", () => {
  test("opens under the same key, purpose and label only, and unchanged only", async () => {
    const sealed = await sealText(master, "signing-key", "label", "secret text");
    expect(sealed).not.toContain("secret");
    expect(await openText(master, "signing-key", "label", sealed)).toBe("secret text");
    const refused = { code: "master_key_mismatch", status: 503 };
    const attempts = [
      openText(other, "signing-key", "label", sealed),
      openText(master, "test-account", "label", sealed),
      openText(master, "signing-key", "another", sealed),
      openText(master, "signing-key", "label", sealed.slice(0, -2)),
      openText(master, "signing-key", "label", ""),
      openText(master, "signing-key", "label", "not base64url!"),
    ];
    for (const attempt of attempts) await expect(attempt).rejects.toMatchObject(refused);
  });

  test("is another text each time", async () => {
    const seal = () => sealText(master, "test-account", "label", "123456");
    expect(await seal()).not.toBe(await seal());
  });
});

describe("keyedHash", () => {
  test("of two lists of parts is equal only when the lists are", async () => {
    const parts = fc.array(fc.string({ maxLength: 4 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(parts, parts, async (one, two) => {
        const [a, b] = [
          await keyedHash(master, "binding", ...one),
          await keyedHash(master, "binding", ...two),
        ];
        expect(a === b).toBe(JSON.stringify(one) === JSON.stringify(two));
      }),
    );
    expect(await keyedHash(master, "binding", "ab", "c")).not.toBe(
      await keyedHash(master, "binding", "a", "bc"),
    );
    expect(await keyedHash(master, "binding", "a")).not.toBe(
      await keyedHash(other, "binding", "a"),
    );
  });
});

describe("a database", () => {
  test("is refused with another master key than it was created with: forged and foreign look alike (R1, R5)", async () => {
    const world = await openStoreWorld(":memory:");
    const { keys } = world.store;
    await checkMasterKey(master, keys);
    await checkMasterKey(openMasterKey(SECRET), keys);
    await expect(checkMasterKey(other, keys)).rejects.toMatchObject({
      code: "master_key_mismatch",
      status: 503,
    });
    await checkMasterKey(master, keys);
    const kept = await keys.meta("master_key_check");
    expect(kept).not.toContain(SECRET.slice(0, 8));
    await world.close();
  });
});
