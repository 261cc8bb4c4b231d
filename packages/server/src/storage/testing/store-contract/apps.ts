import { describe, expect, test } from "vitest";
import { newClientId, newCuid } from "../../../apps/ids.ts";
import { newRowId } from "../../sql/row-id.ts";
import type { Store } from "../../store.ts";
import { newApp } from "../samples.ts";
import type { StoreWorld } from "../store-world.ts";

export function appContract(get: () => StoreWorld): void {
  describe("apps", () => {
    test("are created with their secrets, found, listed and changed", async () => {
      const { store, advance } = get();
      const id = newCuid();
      const app = { id, clientId: newClientId(), name: "Shop", kind: "production", settings: "{}" };
      const [secret, key] = [newRowId(), newRowId()];
      const created = await store.apps.create({ ...app, kind: "production" }, [
        { id: newRowId(), kind: "app_secret", hash: secret },
        { id: newRowId(), kind: "api_key", hash: key },
      ]);
      expect(created).toMatchObject(app);
      expect(await store.apps.find(id)).toEqual(created);
      expect(await store.apps.list()).toContainEqual(created);
      expect(await store.apps.secretHashes(id, "app_secret")).toEqual([secret]);
      expect(await store.apps.secretHashes(id, "api_key")).toEqual([key]);
      await advance(1000);
      expect(await store.apps.updateSettings(id, '{"a":1}')).toBe(true);
      const changed = await store.apps.find(id);
      expect(changed?.settings).toBe('{"a":1}');
      expect(changed?.updatedAt).toBeGreaterThan(changed?.createdAt ?? 0);
      expect(await store.apps.updateSettings("unknown", "{}")).toBe(false);
      expect(await store.apps.find("unknown")).toBeNull();
    });

    test("change a secret with overlap: the one before is good until it runs out", async () => {
      const { store, advance } = get();
      const [id, first, second, third] = [newCuid(), newRowId(), newRowId(), newRowId()];
      const app = { id, clientId: newClientId(), name: "Shop", settings: "{}" };
      await store.apps.create({ ...app, kind: "production" }, [
        { id: newRowId(), kind: "app_secret", hash: first },
      ]);
      const replace = (hash: string, overlapMs: number) =>
        store.apps.replaceSecret(
          { id: newRowId(), appId: id, kind: "app_secret", hash },
          overlapMs,
        );
      const good = async () => (await store.apps.secretHashes(id, "app_secret")).sort();
      await replace(second, 60_000);
      expect(await good()).toEqual([first, second].sort());
      await advance(61_000);
      expect(await good()).toEqual([second]);
      await replace(third, 0);
      await advance(1);
      expect(await good()).toEqual([third]);
    });

    test("are created whole or not at all", async () => {
      const { store } = get();
      const secret = { id: newRowId(), kind: "app_secret", hash: newRowId() } as const;
      const app = () => ({ id: newCuid(), clientId: newClientId(), name: "A", settings: "{}" });
      const [one, two] = [app(), app()];
      await store.apps.create({ ...one, kind: "development" }, [secret]);
      await expect(store.apps.create({ ...two, kind: "development" }, [secret])).rejects.toThrow();
      expect(await store.apps.find(two.id)).toBeNull();
    });

    test("are found by client id, and by a secret that is good now", async () => {
      const { store } = get();
      const [id, hash] = [newCuid(), newRowId()];
      const app = { id, clientId: newClientId(), name: "A", settings: "{}" };
      const secret = { id: newRowId(), kind: "api_key", hash } as const;
      await store.apps.create({ ...app, kind: "production" }, [secret]);
      expect((await store.apps.findByClientId(app.clientId))?.id).toBe(id);
      expect(await store.apps.findByClientId(id)).toBeNull();
      expect(await store.apps.findIdBySecret("api_key", hash)).toBe(id);
      expect(await store.apps.findIdBySecret("app_secret", hash)).toBeNull();
      expect(await store.apps.findIdBySecret("api_key", "unknown")).toBeNull();
    });

    test("have app clients of their own", async () => {
      const { store } = get();
      const [appId, foreign] = [await newApp(store), await newApp(store)];
      const client = { id: newClientId(), appId, name: "Phone", settings: "{}" };
      await store.apps.createClient(client);
      expect(await store.apps.clients(appId)).toEqual([client]);
      expect(await store.apps.clients(foreign)).toEqual([]);
    });
  });

  describe("test accounts", () => {
    const add = async (store: Store, appId: string, email: string) =>
      store.apps.addTestAccount({ id: newRowId(), appId, email, sealedCode: `sealed ${email}` });

    test("are one set at a time: enabling again revokes the set before", async () => {
      const { store } = get();
      const [app, foreign] = [await newApp(store), await newApp(store)];
      await add(store, app, "test-1@example.com");
      await add(store, app, "test-2@example.com");
      await add(store, foreign, "test-1@example.com");
      expect(await store.apps.testAccounts(app)).toMatchObject([
        { email: "test-2@example.com", sealedCode: "sealed test-2@example.com" },
      ]);
      expect(await store.apps.findTestAccount(app, "test-1@example.com")).toBeNull();
      expect(await store.apps.findTestAccount(app, "test-2@example.com")).not.toBeNull();
      expect(await store.apps.removeTestAccounts(app)).toBe(1);
      expect(await store.apps.removeTestAccounts(app)).toBe(0);
      expect(await store.apps.testAccounts(foreign)).toHaveLength(1);
    });
  });

  describe("the allowlist", () => {
    test("answers for an address or its domain, of its app only, and adding twice changes nothing", async () => {
      const { store } = get();
      const [app, foreign] = [await newApp(store), await newApp(store)];
      const add = (type: string, value: string) =>
        store.apps.addToAllowlist({ id: newRowId(), appId: app, type, value });
      const entry = await add("email", "ada@example.com");
      expect(await add("email", "ada@example.com")).toEqual(entry);
      await add("email_domain", "example.org");
      expect(await store.apps.allowlist(app)).toHaveLength(2);
      const isOn = (email: string, appId = app) =>
        store.apps.isOnAllowlist(appId, email, email.slice(email.indexOf("@") + 1));
      expect(await isOn("ada@example.com")).toBe(true);
      expect(await isOn("bob@example.com")).toBe(false);
      expect(await isOn("bob@example.org")).toBe(true);
      expect(await isOn("example.org@evil.test")).toBe(false);
      expect(await isOn("ada@example.com", foreign)).toBe(false);
      expect(await store.apps.removeFromAllowlist(app, "email", "ada@example.com")).toBe(true);
      expect(await store.apps.removeFromAllowlist(app, "email", "ada@example.com")).toBe(false);
      expect(await isOn("ada@example.com")).toBe(false);
    });
  });
}
