import { describe, expect, test } from "vitest";
import { newRowId } from "../../sql/row-id.ts";
import type { Store } from "../../store.ts";
import { HOUR, inParallel, newApp } from "../samples.ts";
import type { StoreWorld } from "../store-world.ts";

export function keyContract(get: () => StoreWorld): void {
  const add = async (store: Store, appId: string, leadMs: number, overlapMs: number) => {
    const kid = newRowId();
    const publicJwk = { kty: "EC", crv: "P-256", x: kid, y: "y" } as const;
    await store.keys.addSigningKey(
      { kid, appId, protocol: "browser", publicJwk, sealedPrivateJwk: `sealed ${kid}` },
      { leadMs, overlapMs },
    );
    return kid;
  };
  const kidsOf = async (store: Store, appId: string) =>
    (await store.keys.signingKeys(appId, "browser")).map(({ kid }) => kid);

  describe("signing keys (R7)", () => {
    test("come back as they were added, for their app and protocol", async () => {
      const { store } = get();
      const app = await newApp(store);
      const kid = await add(store, app, 0, HOUR);
      const [key] = await store.keys.signingKeys(app, "browser");
      expect(key).toMatchObject({
        kid,
        appId: app,
        protocol: "browser",
        publicJwk: { kty: "EC", crv: "P-256", x: kid, y: "y" },
        sealedPrivateJwk: `sealed ${kid}`,
        retiredAt: null,
      });
      expect(key?.activeAt).toBe(key?.createdAt);
      expect(await store.keys.signingKeys(app, "app_server")).toEqual([]);
      expect(await kidsOf(store, await newApp(store))).toEqual([]);
    });

    test("overlap: the next is published ahead, the one before stays until its tokens are over", async () => {
      const { store, advance } = get();
      const app = await newApp(store);
      const first = await add(store, app, 0, HOUR);
      const second = await add(store, app, 2 * HOUR, HOUR);
      const [old, next] = await store.keys.signingKeys(app, "browser");
      expect([old?.kid, next?.kid]).toEqual([first, second]);
      expect(next?.activeAt).toBe((next?.createdAt ?? 0) + 2 * HOUR);
      expect(old?.retiredAt).toBe((next?.activeAt ?? 0) + HOUR);
      await advance(3 * HOUR - 1000);
      expect(await kidsOf(store, app)).toEqual([first, second]);
      await advance(1000);
      expect(await kidsOf(store, app)).toEqual([second]);
    });

    test("withdrawn at once are published no more", async () => {
      const { store } = get();
      const app = await newApp(store);
      await add(store, app, 0, HOUR);
      await add(store, app, 2 * HOUR, HOUR);
      const leaked = await add(store, app, 0, 0);
      expect(await kidsOf(store, app)).toEqual([leaked]);
    });

    test("of an unheard-of app are refused", async () => {
      const { store } = get();
      await expect(add(store, "unknown", 0, HOUR)).rejects.toThrow();
    });
  });

  describe("token keys (R1)", () => {
    test("are listed oldest first, retired ones too, and are retired once", async () => {
      const { store, advance } = get();
      const [one, two] = [newRowId(), newRowId()];
      await store.keys.addTokenKey({ kid: one, salt: "salt" });
      await advance(1000);
      await store.keys.addTokenKey({ kid: two, salt: "pepper" });
      const mine = async () =>
        (await store.keys.tokenKeys()).filter(({ kid }) => kid === one || kid === two);
      expect(await mine()).toMatchObject([
        { kid: one, salt: "salt", retiredAt: null },
        { kid: two, salt: "pepper", retiredAt: null },
      ]);
      expect(await store.keys.retireTokenKey(one)).toBe(true);
      expect(await store.keys.retireTokenKey(one)).toBe(false);
      expect(await store.keys.retireTokenKey("unknown")).toBe(false);
      const [retired, live] = await mine();
      expect(retired?.retiredAt).toBeGreaterThanOrEqual(retired?.activeAt ?? 0);
      expect(live?.retiredAt).toBeNull();
    });
  });

  describe("meta values", () => {
    test("are set once, whoever comes first, and everyone is told the one that is kept", async () => {
      const world = get();
      const key = newRowId();
      expect(await world.store.keys.meta(key)).toBeNull();
      const kept = await inParallel(12, world, (store, index) =>
        store.keys.meta(key, `value ${index}`),
      );
      expect(new Set(kept).size).toBe(1);
      expect(await world.other.keys.meta(key)).toBe(kept[0]);
    });

    test("can be overwritten on purpose", async () => {
      const { store } = get();
      const key = newRowId();
      await store.keys.setMeta(key, "one");
      await store.keys.setMeta(key, "two");
      expect(await store.keys.meta(key, "three")).toBe("two");
    });
  });
}
