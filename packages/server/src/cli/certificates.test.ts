import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConfigurationError, readConfig } from "../config/config.ts";
import { openDatabase } from "../storage/open-database.ts";
import { sqlStore } from "../storage/sql/sql-store.ts";
import { certificateOptions } from "./certificate-options.ts";
import { type Env, type Folder, makeFolder, productionEnv } from "./testing/latchkey.ts";
import { runHere } from "./testing/run-here.ts";

const HOST = "sessions.example.com";
const DAY = 86_400_000;

let folder: Folder;
let env: Env;
beforeAll(() => {
  folder = makeFolder();
  env = productionEnv(`sqlite:${join(folder.path, "latchkey.db")}`, 9);
});
afterAll(() => folder.remove());

const run = (...args: string[]) => runHere(args, env);

test("the commands tell state, expiry and error in words, and make a name due", async () => {
  const empty = await run("certificates", "list");
  expect(empty.stdout).toContain("No certificates yet");
  const unknown = await run("certificates", "renew", HOST);
  expect([unknown.code, unknown.stderr]).toEqual([
    1,
    expect.stringContaining(`There is no certificate for ${HOST}`),
  ]);

  const database = openDatabase(env.LATCHKEY_DATABASE_URL ?? "", { now: Date.now });
  const { certificates } = sqlStore(database);
  await certificates.adopt([HOST], 10);
  const claim = () =>
    certificates.claim({
      id: `${Math.random()}`,
      hostname: HOST,
      directoryUrl: "https://ca.example/directory",
      method: "http-01",
      sealedKey: "sealed",
      leaseHolder: "holder",
      leaseMs: 30_000,
      lifetimeMs: DAY,
    });
  const first = await claim();
  if (!first) throw new Error("it is not due");
  await certificates.fail(first.order, { code: "dns", detail: "NXDOMAIN", retryInMs: 900_000 });
  const failed = await run("certificates", "list");
  expect(failed.stdout).toMatch(new RegExp(`${HOST} +failed +tried again 20`));
  expect(failed.stdout).toContain("no usable DNS record");
  expect(failed.stdout).toContain("NXDOMAIN");

  expect((await run("certificates", "renew", HOST)).stdout).toContain("is due now");
  expect((await run("certificates", "list")).stdout).toMatch(/failed +now/);
  const second = await claim();
  if (!second) throw new Error("it is not due");
  const now = Date.now();
  await certificates.finish(second.order, {
    chain: "PEM",
    notBeforeAt: now,
    notAfterAt: now + 90 * DAY,
    renewAt: now + 60 * DAY,
    ari: null,
    ariCheckAt: null,
  });
  await database.close();
  const live = await run("certificates", "list");
  expect(live.stdout).toMatch(new RegExp(`${HOST} +live +20.+ renewed 20`));
  expect(live.stdout).not.toContain("NXDOMAIN");
});

describe("the configuration of certificates", () => {
  const options = (changes: Record<string, string>) =>
    certificateOptions(readConfig("production", { ...env, ...changes }));

  test("is none where nothing answers with them", () => {
    expect(options({})).toBeNull();
    expect(options({ LATCHKEY_ACME_EMAIL: "operator@example.com" })).toBeNull();
  });

  test("is complete with a port alone", () => {
    expect(options({ LATCHKEY_TLS_PORT: "443" })).toEqual({
      directoryUrl: "https://acme-v02.api.letsencrypt.org/directory",
      email: null,
      directoryCa: null,
      externalAccount: null,
      tlsPort: 443,
      handover: null,
      challengeDns: null,
    });
  });

  test("names the zone of challenges below that of CNAMEs", () => {
    const found = options({
      LATCHKEY_TLS_PORT: "443",
      LATCHKEY_CNAME_ZONE: "cname.example.com",
      LATCHKEY_ACME_DNS_PORT: "53",
    });
    expect(found?.challengeDns).toEqual({ port: 53, zone: "acme.cname.example.com" });
  });

  test("is refused with all that is missing at once, without showing a secret", () => {
    const read = () =>
      options({
        LATCHKEY_CERTIFICATES_PORT: "4401",
        LATCHKEY_ACME_EAB_HMAC_KEY: "c2VjcmV0",
        LATCHKEY_ACME_DNS_PORT: "53",
        LATCHKEY_ACME_CA_FILE: "/nowhere/ca.pem",
      });
    expect(read).toThrow(ConfigurationError);
    for (const name of ["CERTIFICATES_TOKEN", "ACME_EAB_KID", "CNAME_ZONE", "ACME_CA_FILE"]) {
      expect(read).toThrow(`LATCHKEY_${name}`);
    }
    expect(read).not.toThrow("c2VjcmV0");
  });
});
