import { expect, test } from "vitest";
import { argon2Hasher } from "./argon2-hasher.ts";

const hasher = argon2Hasher();
if (!hasher) throw new TypeError("This Node has no argon2: run the tests on Node 24.7 or newer.");

test("a password is kept as argon2id with a salt of its own (ASVS 11.4.2)", async () => {
  const [one, two] = [await hasher.hash("correct horse"), await hasher.hash("correct horse")];
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(one).not.toBe(two);
  expect(await hasher.verify(one, "correct horse")).toBe(true);
  expect(await hasher.verify(two, "correct horse")).toBe(true);
  expect(await hasher.verify(one, "correct horse ")).toBe(false);
});

test("two spellings of the same characters are the same password (NIST SP 800-63B 5.1.1.2)", async () => {
  const hash = await hasher.hash("Grüße aus Köln");
  expect(await hasher.verify(hash, "Gru\u0308ße aus Ko\u0308ln")).toBe(true);
});

test("hashes of other libraries open, with the costs that they name", async () => {
  // Made by the reference implementation: argon2 -id -t 2 -k 65536 -p 1, "password", "somesalt".
  const reference =
    "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
  expect(await hasher.verify(reference, "password")).toBe(true);
  expect(await hasher.verify(reference, "passwore")).toBe(false);
});

test("what is no such hash opens for nobody", async () => {
  for (const hash of ["", "plain", "$argon2i$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAA", "$2b$10$x"]) {
    expect(await hasher.verify(hash, "")).toBe(false);
  }
});
