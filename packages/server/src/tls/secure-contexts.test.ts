import { beforeEach, describe, expect, test } from "vitest";
import type { ServingCertificate } from "../certificates/serving.ts";
import { type FindContext, secureContexts } from "./secure-contexts.ts";
import { selfSigned } from "./testing/self-signed.ts";

const NAME = "privy.example.com";

let now: number;
let stored: Map<string, ServingCertificate>;
let asked: string[];
let away: boolean;
let find: FindContext;
const warnings: object[] = [];

beforeEach(() => {
  now = 1_000_000;
  stored = new Map([[NAME, { version: 1, ...selfSigned(NAME) }]]);
  asked = [];
  away = false;
  find = open();
});

function open(most?: number): FindContext {
  return secureContexts({
    source: {
      async get(name, known) {
        asked.push(name);
        if (away) throw new Error("the database is away");
        const found = stored.get(name) ?? null;
        return found !== null && found.version === known ? "same" : found;
      },
    },
    log: { warn: (fields) => void warnings.push(fields) },
    now: () => now,
    ...(most === undefined ? {} : { most }),
  });
}

/** What a check in the background brings counts from the next handshake on. */
async function settle(): Promise<void> {
  await find(NAME);
  await new Promise((resolve) => setImmediate(resolve));
}

describe("the context of a server name", () => {
  test("comes from the store once, whatever the name's case, and stays the same", async () => {
    const first = await find(NAME);
    expect(first).not.toBeNull();
    expect(await find("Privy.Example.COM")).toBe(first);
    expect(asked).toEqual([NAME]);
  });

  test("is read once for handshakes that come together", async () => {
    const all = await Promise.all(Array.from({ length: 50 }, () => find(NAME)));
    expect(new Set(all).size).toBe(1);
    expect(asked).toHaveLength(1);
  });

  test("changes with the certificate within five seconds, without a handshake that waits", async () => {
    const first = await find(NAME);
    stored.set(NAME, { version: 2, ...selfSigned(NAME) });
    now += 4999;
    expect(await find(NAME)).toBe(first);
    now += 1;
    expect(await find(NAME)).toBe(first);
    await settle();
    expect(await find(NAME)).not.toBe(first);
  });

  test("is kept, and not built again, while the certificate is the same", async () => {
    const first = await find(NAME);
    for (let checks = 0; checks < 3; checks++) {
      now += 5000;
      await settle();
    }
    expect(await find(NAME)).toBe(first);
    expect(asked).toHaveLength(4);
  });

  test("is gone once the certificate is, at the latest when a minute passed", async () => {
    await find(NAME);
    stored.delete(NAME);
    now += 60_000;
    expect(await find(NAME)).toBeNull();
  });

  test("is answered on while the database is away, however long", async () => {
    const first = await find(NAME);
    away = true;
    now += 7 * 86_400_000;
    expect(await find(NAME)).toBe(first);
    expect(warnings.length).toBeGreaterThan(0);
    away = false;
    stored.delete(NAME);
    expect(await find(NAME)).toBeNull();
  });

  test("that cannot be read is asked for once in a second, and is there as soon as it can", async () => {
    away = true;
    warnings.length = 0;
    for (let repeat = 0; repeat < 20; repeat++) expect(await find(NAME)).toBeNull();
    expect([asked.length, warnings.length]).toEqual([1, 1]);
    away = false;
    now += 1000;
    expect(await find(NAME)).not.toBeNull();
  });

  test("is null for what is no host name, and the store is not asked", async () => {
    for (const name of [
      "",
      "localhost",
      "a..b",
      "-a.example",
      `${"a".repeat(64)}.example`,
      "a b.example",
    ]) {
      expect(await find(name)).toBeNull();
    }
    expect(await find(`${"a.".repeat(126)}example`)).toBeNull();
    expect(asked).toEqual([]);
  });

  test("of strangers' names costs the store one question each five seconds, and 64 at once at most", async () => {
    for (let repeat = 0; repeat < 10; repeat++) expect(await find("other.example")).toBeNull();
    expect(asked).toHaveLength(1);
    now += 5000;
    await find("other.example");
    expect(asked).toHaveLength(2);
    await Promise.all(Array.from({ length: 500 }, (_, index) => find(`n${index}.example`)));
    expect(asked.length).toBeLessThanOrEqual(2 + 64);
  });

  test("of a name that gets its certificate later is found within five seconds", async () => {
    expect(await find("new.example")).toBeNull();
    stored.set("new.example", { version: 1, ...selfSigned("new.example") });
    now += 5000;
    expect(await find("new.example")).not.toBeNull();
  });

  test("is let go of when others were used since, so that memory stays bounded", async () => {
    find = open(2);
    for (const name of ["a.example", "b.example"])
      stored.set(name, { version: 1, ...selfSigned(name) });
    const first = await find(NAME);
    await find("a.example");
    expect(await find(NAME)).toBe(first);
    await find("b.example");
    expect(await find(NAME)).toBe(first);
    asked.length = 0;
    await find("a.example");
    expect(asked).toEqual(["a.example"]);
  });
});
