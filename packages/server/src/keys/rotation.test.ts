import { unavailable } from "@latchkey/core/errors";
import { mintAccessToken, verifyAccessToken } from "@latchkey/core/tokens/browser-tokens";
import fc from "fast-check";
import { calculateJwkThumbprint } from "jose";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type WatchedStore, watchStore } from "../sessions/testing/watched-store.ts";
import { HOUR, MINUTE, newApp } from "../storage/testing/samples.ts";
import { openStoreWorld, type StoreWorld } from "../storage/testing/store-world.ts";
import { openMasterKey } from "./master-key.ts";
import {
  addSigningKey,
  openSigningKeys,
  PUBLISH_LEAD_MS,
  RETIRE_OVERLAP_MS,
  type SigningKeys,
} from "./signing-keys.ts";

// Many runs, on machines that do other things too.
vi.setConfig({ testTimeout: 60_000 });

const master = openMasterKey("a master key for tests of the signing keys");
let world: StoreWorld;
let watched: WatchedStore;
let app: string;
let keys: SigningKeys;
const open = () => openSigningKeys(watched.store.keys, master, world.now);
const rotate = (leadMs: number, overlapMs = RETIRE_OVERLAP_MS) =>
  addSigningKey(world.store.keys, master, app, "browser", { leadMs, overlapMs });
const currentKid = async () => (await keys.of(app, "browser")).current.kid;
const publishedKids = async () => (await keys.of(app, "browser")).published.map(({ kid }) => kid);

beforeEach(async () => {
  world = await openStoreWorld(":memory:");
  watched = watchStore(world.store);
  app = await newApp(world.store);
  keys = open();
});
afterEach(() => world.close());

/** An access token of the longest life, as the server signs it now. */
async function sign(): Promise<string> {
  const issuedAt = Math.floor(world.now() / 1000);
  const times = { issuedAt, expiresAt: issuedAt + 86_400 };
  const { current } = await keys.of(app, "browser");
  const subject = { appId: app, userId: "did:privy:u", sessionId: "s", ...times };
  return mintAccessToken(subject, current);
}

async function verifies(token: string, from = keys): Promise<boolean> {
  const verified = await verifyAccessToken(token, {
    appId: app,
    now: Math.floor(world.now() / 1000),
    keyFor: (kid) => from.verifyingKey(app, "browser", kid),
  });
  return verified.ok;
}

describe("R7 signing keys of an app", () => {
  test("are made when first needed, one for each protocol and app, however many ask at once", async () => {
    const kids = await Promise.all(Array.from({ length: 20 }, currentKid));
    expect(new Set(kids).size).toBe(1);
    expect(await publishedKids()).toHaveLength(1);
    const foreign = await keys.of(await newApp(world.store), "browser");
    expect(foreign.current.kid).not.toBe(kids[0]);
  });

  test("are named by their RFC 7638 thumbprint", async () => {
    const { current } = await keys.of(app, "browser");
    expect(current.kid).toBe(await calculateJwkThumbprint({ ...current.publicJwk }));
  });

  test("lie encrypted under the master key, and open as their own app's only", async () => {
    await keys.of(app, "browser");
    const { db } = world;
    const rows = await db.all(sql`SELECT * FROM signing_keys`.compile(db.build));
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain('"d"');
    const thief = openMasterKey("another master key than the one it was made under");
    await expect(
      openSigningKeys(world.store.keys, thief, world.now).of(app, "browser"),
    ).rejects.toMatchObject({ code: "master_key_mismatch", status: 503 });
    const other = await newApp(world.store);
    await db.write(sql`UPDATE signing_keys SET app_id = ${other}`.compile(db.build));
    await expect(open().of(other, "browser")).rejects.toMatchObject({ status: 503 });
  });
});

describe("R7 rotation overlaps", () => {
  test("next is published before it signs, retired after it signed, and nothing in between fails", async () => {
    const first = await currentKid();
    const old = await sign();
    const second = await rotate(PUBLISH_LEAD_MS);
    await world.advance(MINUTE);
    expect(await currentKid()).toBe(first);
    await vi.waitFor(async () => expect(await publishedKids()).toEqual([first, second]));
    await world.advance(PUBLISH_LEAD_MS - MINUTE - 1);
    const last = await sign();
    await world.advance(1);
    expect(await currentKid()).toBe(second);
    expect(await verifies(old)).toBe(true);
    await world.advance(86_400_000 - 1000);
    expect(await verifies(last)).toBe(true);
    await world.advance(RETIRE_OVERLAP_MS - 86_400_000 + 1000);
    expect(await publishedKids()).toEqual([second]);
  });

  test("no rotation, repeated or hurried, ever lets a token outlive its published key", async () => {
    const step = fc.tuple(
      fc.constantFrom<"wait" | "rotate" | "hurry">("wait", "wait", "rotate", "hurry"),
      fc.integer({ min: 0, max: 30 * HOUR }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        app = await newApp(world.store);
        const tokens: { text: string; until: number }[] = [];
        for (const [kind, ms] of steps) {
          if (kind === "rotate") await rotate(PUBLISH_LEAD_MS);
          if (kind === "hurry") await rotate(0);
          tokens.push({ text: await sign(), until: world.now() + 86_400_000 - 1000 });
          await world.advance(ms);
          const elsewhere = open();
          for (const { text, until } of tokens) {
            if (world.now() < until) expect(await verifies(text, elsewhere)).toBe(true);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  test("of two servers that make the first key at once, each verifies the other's tokens", async () => {
    const [one, two] = [open(), open()];
    await Promise.all([one.of(app, "browser"), two.of(app, "browser")]);
    keys = one;
    const token = await sign();
    await world.advance(1000);
    expect(await verifies(token, two)).toBe(true);
  });
});

describe("R7 a withdrawn key", () => {
  test("verifies nothing after a minute, on a server that only verifies too", async () => {
    const verifier = open();
    const token = await sign();
    expect(await verifies(token, verifier)).toBe(true);
    await rotate(0, 0);
    await world.advance(MINUTE + 1);
    expect(await verifies(token, verifier)).toBe(false);
    expect(await verifies(token, open())).toBe(false);
  });
});

describe("R5 while the database is away", () => {
  const away = unavailable("database_unavailable", "away");

  test("known keys go on signing and verifying", async () => {
    const token = await sign();
    watched.fail(0, away, { lasting: true });
    await world.advance(HOUR);
    expect(await verifies(token)).toBe(true);
    expect(await verifies(await sign())).toBe(true);
  });

  test("an unknown key is neither known nor refused: the question fails", async () => {
    const token = await sign();
    watched.fail(0, away, { lasting: true });
    await expect(verifies(token, open())).rejects.toBe(away);
    watched.heal();
    expect(await verifies(token, open())).toBe(true);
  });

  test("a made-up kid makes a server ask once a second at most", async () => {
    await currentKid();
    await world.advance(1000);
    watched.calls.length = 0;
    for (let count = 0; count < 20; count++) {
      expect(await keys.verifyingKey(app, "browser", `made-up-${count}`)).toBeUndefined();
    }
    expect(watched.calls).toEqual(["keys.signingKeys"]);
  });
});
