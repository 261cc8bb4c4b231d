import { crypto } from "@latchkey/core/crypto";
import { unavailable } from "@latchkey/core/errors";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type WatchedStore, watchStore } from "../sessions/testing/watched-store.ts";
import { MINUTE } from "../storage/testing/samples.ts";
import { openStoreWorld, type StoreWorld } from "../storage/testing/store-world.ts";
import { openMasterKey } from "./master-key.ts";
import { addTokenKey, openTokenKeyRing, type TokenKeyRing } from "./token-keys.ts";

const master = openMasterKey("a master key for tests of the token keys");
const away = unavailable("database_unavailable", "away");
let world: StoreWorld;
let watched: WatchedStore;
let ring: TokenKeyRing;
const open = () => openTokenKeyRing(watched.store.keys, master, world.now);

beforeEach(async () => {
  world = await openStoreWorld(":memory:");
  watched = watchStore(world.store);
  ring = open();
});
afterEach(() => world.close());

describe("the ring of token keys (R1)", () => {
  test("makes one key for a new database, however many ask at once", async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => ring.current()));
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(1);
    expect(await world.store.keys.tokenKeys()).toHaveLength(1);
  });

  test("derives the same key from the same record, and keeps none in the database", async () => {
    const { kid, key } = await ring.current();
    expect((await open().find(kid)).key).toEqual(key);
    const dump = JSON.stringify(await world.store.keys.tokenKeys());
    expect(dump).not.toContain(Buffer.from(key).toString("base64url"));
  });

  test("verifies under every live key and writes under the newest, within a minute of its making", async () => {
    const first = await ring.current();
    await world.advance(1000);
    const second = await addTokenKey(world.store.keys, master);
    expect((await ring.current()).kid).toBe(first.kid);
    await world.advance(MINUTE);
    expect((await ring.current()).kid).toBe(second);
    for (const kid of [first.kid, second]) {
      expect(await ring.find(kid)).toMatchObject({ kid, retired: false });
    }
  });

  test("reloads once a second for a name that it does not know, and answers 503", async () => {
    await ring.current();
    const unknown = async () => ring.find("made-up");
    const refused = { status: 503, code: "unknown_token_key" };
    await world.advance(1000);
    watched.calls.length = 0;
    for (let count = 0; count < 50; count++) await expect(unknown()).rejects.toMatchObject(refused);
    expect(watched.calls).toEqual(["keys.tokenKeys"]);
    await world.advance(1000);
    await Promise.all(Array.from({ length: 50 }, () => unknown().catch(() => undefined)));
    expect(watched.calls).toEqual(["keys.tokenKeys", "keys.tokenKeys"]);
  });

  test("marks a retired key within a minute, and writes under another", async () => {
    const first = await ring.current();
    await addTokenKey(world.store.keys, master);
    await world.store.keys.retireTokenKey(first.kid);
    await world.advance(MINUTE);
    expect(await ring.find(first.kid)).toMatchObject({ retired: true });
    expect((await ring.current()).kid).not.toBe(first.kid);
  });

  test("makes a new key when the last live one was retired", async () => {
    const first = await ring.current();
    await world.store.keys.retireTokenKey(first.kid);
    await world.advance(MINUTE);
    const next = await ring.current();
    expect(next.kid).not.toBe(first.kid);
    expect(next.retired).toBe(false);
  });

  test("keeps what it knows while the database is away (R5)", async () => {
    const { kid } = await ring.current();
    watched.fail(0, away, { lasting: true });
    await world.advance(10 * MINUTE);
    expect((await ring.find(kid)).kid).toBe(kid);
    expect((await ring.current()).kid).toBe(kid);
    await expect((async () => ring.find("made-up"))()).rejects.toMatchObject({ status: 503 });
    await expect((async () => open().current())()).rejects.toBe(away);
    watched.heal();
    expect((await open().current()).kid).toBe(kid);
  });

  test("finds a key whose record a restore took, and no other's (R9)", async () => {
    const before = await ring.current();
    const later = await openStoreWorld(":memory:");
    const lost = await addTokenKey(later.store.keys, master);
    const theirs = openTokenKeyRing(later.store.keys, master, later.now);
    const found = await ring.find(lost);
    expect(found).toEqual(await theirs.find(lost));
    expect(found.retired).toBe(false);
    expect((await ring.current()).kid).toBe(before.kid);
    const foreign = openMasterKey("quite another master key for this test");
    const other = await openStoreWorld(":memory:");
    const foreignKid = await addTokenKey(other.store.keys, foreign);
    const refused = { code: "unknown_token_key", status: 503 };
    await expect((async () => ring.find(foreignKid))()).rejects.toMatchObject(refused);
    await Promise.all([later.close(), other.close()]);
  });

  test("still knows the keys of random salts that earlier versions made", async () => {
    const key = await master.subkey("refresh-token", "a-random-salt");
    const digest = Buffer.from(await crypto.sha256(key)).toString("base64url");
    const kid = digest.slice(0, 10);
    await world.store.keys.addTokenKey({ kid, salt: "a-random-salt" });
    expect((await ring.find(kid)).key).toEqual(key);
  });

  test("never makes a key again that was used, retired ones included", async () => {
    const made = new Set<string>();
    for (let count = 0; count < 40; count++) {
      const kid = await addTokenKey(world.store.keys, master);
      await world.store.keys.retireTokenKey(kid);
      made.add(kid);
    }
    expect(made.size).toBe(40);
  });

  test("knows a key that was made under another master key for what it is", async () => {
    const foreign = openMasterKey("quite another master key for this test");
    const kid = await addTokenKey(world.store.keys, foreign);
    await expect((async () => ring.find(kid))()).rejects.toMatchObject({
      code: "master_key_mismatch",
      status: 503,
    });
  });

  test("outlives a clock that steps", async () => {
    const { kid } = await ring.current();
    for (const step of [-31 * 24 * 60 * MINUTE, 62 * 24 * 60 * MINUTE, -90_000, 90_000]) {
      await world.advance(step);
      expect((await ring.find(kid)).kid).toBe(kid);
      const added = await addTokenKey(world.store.keys, master);
      await world.advance(1000);
      expect((await ring.find(added)).kid).toBe(added);
    }
  });
});
