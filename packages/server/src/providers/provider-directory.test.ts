import { describe, expect, test } from "vitest";
import type { IdentityProvider } from "../storage/store.ts";
import { appWide, connectionFor, openProviderDirectory } from "./provider-directory.ts";

const provider = (changes: Partial<IdentityProvider>): IdentityProvider => ({
  id: "conn_1",
  appId: "app",
  preset: "google",
  slug: "google",
  name: "Google",
  iconUrl: null,
  enabled: true,
  issuer: null,
  clientId: "client",
  sealedSecret: null,
  options: {},
  scopes: [],
  mergeByEmail: false,
  returnTokens: false,
  organizationId: null,
  domains: [],
  joinRole: null,
  version: 1,
  createdAt: 0,
  updatedAt: 0,
  ...changes,
});

/** A store that answers when it is told to. */
function openWorld() {
  let clock = 0;
  const asked: { answer(all: IdentityProvider[]): void; fail(): void }[] = [];
  const store = {
    list: () =>
      new Promise<IdentityProvider[]>((done, fail) => {
        asked.push({ answer: done, fail: () => fail(new Error("the database is away")) });
      }),
  };
  const directory = openProviderDirectory(store, () => clock);
  return { directory, asked, pass: (ms: number) => (clock += ms) };
}

const names = async (all: Promise<readonly IdentityProvider[]>) =>
  (await all).map(({ name }) => name);

describe("an app's providers, as requests see them", () => {
  test("are read once for many requests of five seconds, without those that are off", async () => {
    const { directory, asked, pass } = openWorld();
    const both = [directory.ofApp("app"), directory.ofApp("app")];
    asked[0]?.answer([provider({}), provider({ name: "Off", enabled: false })]);
    expect(await Promise.all(both.map(names))).toEqual([["Google"], ["Google"]]);
    pass(4999);
    await directory.ofApp("app");
    expect(asked).toHaveLength(1);
    pass(2);
    const later = directory.ofApp("app");
    asked[1]?.answer([provider({ name: "Renamed" })]);
    expect(await names(later)).toEqual(["Renamed"]);
  });

  test("serve on for a day while the database is away", async () => {
    const { directory, asked, pass } = openWorld();
    const first = directory.ofApp("app");
    asked[0]?.answer([provider({})]);
    await first;
    pass(6000);
    const away = directory.ofApp("app");
    asked[1]?.fail();
    expect(await names(away)).toEqual(["Google"]);
    pass(25 * 3_600_000);
    const lost = directory.ofApp("app");
    asked[2]?.fail();
    await expect(lost).rejects.toThrow("away");
  });

  test("show a change that was made here at once, whatever was being read", async () => {
    const { directory, asked } = openWorld();
    const before = directory.ofApp("app");
    directory.forget("app");
    const after = directory.ofApp("app");
    asked[1]?.answer([provider({ name: "New" })]);
    expect(await names(after)).toEqual(["New"]);
    asked[0]?.answer([provider({ name: "Old" })]);
    expect(await names(before)).toEqual(["Old"]);
    expect(await names(directory.ofApp("app"))).toEqual(["New"]);
  });
});

test("an address belongs to the connection of its whole domain, and to no other", () => {
  const corp = provider({ id: "conn_2", organizationId: "org_1", domains: ["corp.example"] });
  const all = [provider({}), corp];
  expect(appWide(all).map(({ id }) => id)).toEqual(["conn_1"]);
  expect(connectionFor(all, "Ada@CORP.example")).toBe(corp);
  for (const other of ["a@sub.corp.example", "a@notcorp.example", "a@corp.example.org", "x", ""]) {
    expect(connectionFor(all, other)).toBeNull();
  }
  expect(connectionFor(all, '"a@evil.example"@corp.example')).toBe(corp);
});
