import { describe, expect, test } from "vitest";
import { newConnectionId, newOrganizationId } from "../../../apps/ids.ts";
import type { NewIdentityProvider, ProviderStore } from "../../store.ts";
import { inParallel, newApp, tally } from "../samples.ts";
import type { StoreWorld } from "../store-world.ts";

const newProvider = (
  appId: string,
  changes: Partial<NewIdentityProvider> = {},
): NewIdentityProvider => ({
  id: newConnectionId(),
  appId,
  preset: "google",
  slug: "google",
  name: "Google",
  iconUrl: null,
  enabled: true,
  issuer: null,
  clientId: "client",
  sealedSecret: "sealed",
  options: {},
  scopes: [],
  mergeByEmail: false,
  returnTokens: false,
  organizationId: null,
  domains: [],
  joinRole: null,
  ...changes,
});

async function created(store: ProviderStore, provider: NewIdentityProvider) {
  const result = await store.create(provider);
  if (result.kind !== "created") throw new TypeError(result.kind);
  return result.provider;
}

export function providerContract(get: () => StoreWorld): void {
  describe("identity providers", () => {
    async function world() {
      const { store } = get();
      const app = await newApp(store);
      const organizationId = newOrganizationId();
      await store.organizations.create({ id: organizationId, appId: app, name: "Acme" });
      return { providers: store.providers, app, organizationId };
    }

    test("what was written is read, by id and in the list", async () => {
      const { providers, app } = await world();
      const google = await created(
        providers,
        newProvider(app, { scopes: ["calendar"], options: { a: "b" }, mergeByEmail: true }),
      );
      const github = await created(
        providers,
        newProvider(app, { preset: "github", slug: "github" }),
      );
      expect(google).toMatchObject({ version: 1, scopes: ["calendar"], options: { a: "b" } });
      expect(await providers.find(app, google.id)).toEqual(google);
      expect(await providers.list(app)).toEqual(
        [google, github].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1)),
      );
      const foreign = await newApp(get().store);
      expect(await providers.find(foreign, google.id)).toBeNull();
      expect(await providers.delete(foreign, google.id)).toBeNull();
    });

    test("a name stands once in an app, whoever races for it", async () => {
      const { providers, app, organizationId } = await world();
      const results = await inParallel(6, get(), (store) =>
        store.providers.create(newProvider(app)),
      );
      expect(tally(results.map(({ kind }) => kind))).toEqual({ created: 1, slug_taken: 5 });
      // Of an organization a preset may stand beside it; a name of its own may not stand twice.
      await created(providers, newProvider(app, { organizationId }));
      const own = { preset: "oidc", slug: "custom:acme", issuer: "https://acme.example" };
      await created(providers, newProvider(app, { ...own, organizationId }));
      expect(await providers.create(newProvider(app, own))).toEqual({ kind: "slug_taken" });
    });

    test("a domain belongs to one connection, and whoever asks for it is told which", async () => {
      const { providers, app, organizationId } = await world();
      const bound = { organizationId, domains: ["acme.example", "acme.test"] };
      const first = await created(providers, newProvider(app, bound));
      expect(first.domains).toEqual(["acme.example", "acme.test"]);
      const second = newProvider(app, { ...bound, domains: ["other.example", "acme.test"] });
      const taken = { kind: "domain_taken", domain: "acme.test", by: first.id };
      expect(await providers.create(second)).toEqual(taken);
      expect(await providers.find(app, second.id)).toBeNull();

      const other = await created(providers, { ...second, domains: ["other.example"] });
      expect(await providers.edit(app, other.id, 1, { domains: ["acme.test"] })).toEqual(taken);
      expect(await providers.find(app, other.id)).toEqual(other);
      const moved = await providers.edit(app, first.id, 1, { domains: [], enabled: false });
      expect(moved).toMatchObject({ domains: [], enabled: false, version: 2 });
      expect(await providers.edit(app, other.id, 1, { domains: ["acme.test"] })).toMatchObject({
        domains: ["acme.test"],
      });
    });

    test("a change on an older version is refused, and of two at once one is made", async () => {
      const { providers, app } = await world();
      const { id } = await created(providers, newProvider(app));
      const results = await inParallel(4, get(), (store, index) =>
        store.providers.edit(app, id, 1, { name: `name ${index}` }),
      );
      expect(results.filter((result) => result === "changed")).toHaveLength(3);
      expect(await providers.edit(app, newConnectionId(), 1, { name: "x" })).toBeNull();
    });

    test("an organization takes its connections with it, and must be of the app", async () => {
      const { providers, app, organizationId } = await world();
      const { store } = get();
      const bound = newProvider(app, { organizationId, domains: ["acme.example"] });
      await created(providers, bound);
      const foreign = newProvider(await newApp(store), { organizationId });
      expect(await providers.create(foreign)).toEqual({ kind: "no_such_organization" });
      await store.organizations.delete(app, organizationId);
      expect(await providers.list(app)).toEqual([]);
    });

    test("what is deleted is gone, and its domains are free", async () => {
      const { providers, app, organizationId } = await world();
      const bound = newProvider(app, { organizationId, domains: ["acme.example"] });
      const made = await created(providers, bound);
      expect(await providers.delete(app, made.id)).toEqual(made);
      expect(await providers.delete(app, made.id)).toBeNull();
      await created(providers, { ...bound, id: newConnectionId() });
    });
  });
}
