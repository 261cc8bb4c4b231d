import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveZones } from "../domains/testing/serve-zones.ts";
import { openZoneWorld, type ZoneWorld } from "../domains/testing/zone-world.ts";
import type { DnsServer } from "../node/testing/dns-server.ts";
import {
  type Env,
  type Folder,
  makeFolder,
  productionEnv,
  readCreatedApp,
} from "./testing/latchkey.ts";
import { runHere } from "./testing/run-here.ts";

const OPERATOR = `
  sessions.example.net A 203.0.113.7
  *.cname.example.net CNAME sessions.example.net
  example.com NS ns1.dns.example`;

let folder: Folder;
let env: Env;
let world: ZoneWorld;
let server: DnsServer;
beforeAll(async () => {
  folder = makeFolder();
  world = openZoneWorld(OPERATOR);
  server = await serveZones(world);
  env = productionEnv(`sqlite:${join(folder.path, "latchkey.db")}`, 9, {
    LATCHKEY_PUBLIC_URL: "https://sessions.example.net",
    LATCHKEY_CNAME_ZONE: "cname.example.net",
    LATCHKEY_DNS_SERVERS: server.address,
  });
});
afterAll(async () => {
  await server.close();
  folder.remove();
});

const run = (...args: string[]) => runHere(args, env);
const create = async (...args: string[]) => readCreatedApp(await run("apps", "create", ...args)).id;

test("a domain from adding it to removing it", async () => {
  const app = await create("Shop");
  expect((await run("domains", "list")).stdout).toContain("No domains yet");

  const added = await run("domains", "add", app, "example.com");
  expect([added.code, added.stderr]).toEqual([0, ""]);
  expect(added.stdout).toContain("example.com: waiting for the CNAME");
  expect(added.stdout).toContain("There is no CNAME at privy.example.com");
  const target = /CNAME +privy\.example\.com\n +(\S+)\n/.exec(added.stdout)?.[1];
  const token = /TXT +_latchkey\.example\.com\n +(\S+)\n/.exec(added.stdout)?.[1];
  expect(target).toMatch(/^[a-z0-9]+\.cname\.example\.net$/);
  expect(token).toMatch(/^latchkey-verify=/);

  expect((await run("domains", "check", "example.com")).code).toBe(1);

  world.zones = `${OPERATOR}
    privy.example.com CNAME ${target}
    _latchkey.example.com TXT ${token}
    example.com CAA 0 issue "ca.example"`;
  const blocked = await run("domains", "check", "example.com");
  expect(blocked.code).toBe(1);
  expect(blocked.stdout).toContain("example.com: active");
  expect(blocked.stdout).toContain("CAA records block issuance");
  expect(blocked.stdout).toContain('0 issuewild "pki.goog; cansignhttpexchanges=yes"');

  world.zones = world.zones.replace(/.*CAA.*/, "");
  const well = await run("domains", "check", "EXAMPLE.com");
  expect([well.code, well.stderr]).toEqual([0, ""]);
  const json = JSON.parse((await run("domains", "check", "example.com", "--json")).stdout);
  expect(json).toMatchObject({
    domain: "example.com",
    app_id: app,
    session_host: "privy.example.com",
    state: "active",
    findings: [],
    certificate: null,
  });
  expect(well.stdout).toContain("Certificate: none yet");
  expect((await run("domains", "list")).stdout).toMatch(
    new RegExp(`example\\.com +${app} +active +20`),
  );

  const removed = await run("domains", "remove", "example.com");
  expect(removed.stdout).toContain("example.com is released");
  const gone = await run("domains", "check", "example.com");
  expect([gone.code, gone.stderr]).toEqual([
    1,
    expect.stringContaining("No app has the domain example.com"),
  ]);
});

test("an operator refuses a domain with a reason, and approves it after all", async () => {
  const app = await create("Sandbox");
  const added = await run("domains", "add", app, "mine.vercel.app");
  expect(added.stdout).toContain("a name below vercel.app, where anybody can get one");
  const refused = await run("domains", "refuse", "mine.vercel.app", "--reason", "Use your own.");
  expect(refused.stdout).toContain("Its app is told: Use your own.");
  const shown = await run("domains", "check", "mine.vercel.app");
  expect(shown.stdout).toContain("mine.vercel.app: blocked");
  expect(shown.stdout).toContain("Refused: Use your own.");
  const approved = await run("domains", "approve", "mine.vercel.app");
  expect(approved.stdout).toContain("mine.vercel.app: waiting for the CNAME");
  await run("domains", "remove", "mine.vercel.app");
});

test("what cannot be is refused with what to do instead", async () => {
  const app = await create("Other");
  const development = await create("Dev", "--development");
  const refusals: [string[], number, string][] = [
    [["add", app, "https://www.example.org/"], 1, "Type example.org instead"],
    [["add", app, "co.uk"], 1, "is a public suffix"],
    [["add", development, "example.org"], 1, "is a development app"],
    [["add", "cnone", "example.org"], 1, "No app has the id cnone"],
    [["add", app], 2, "<domain> is missing"],
    [["refuse", "example.org"], 2, "--reason takes"],
    [["check", "example.org"], 1, "No app has the domain example.org"],
    [["remove", "example.org"], 1, "No app has the domain example.org"],
  ];
  for (const [args, code, words] of refusals) {
    const finished = await run("domains", ...args);
    expect([finished.code, finished.stdout]).toEqual([code, ""]);
    expect(finished.stderr).toContain(words);
  }
});

test("without the public URL nobody knows where records should lead, and that is said", async () => {
  const app = await create("Somewhere");
  const { LATCHKEY_PUBLIC_URL: _, ...rest } = env;
  const finished = await runHere(["domains", "add", app, "example.org"], rest);
  expect([finished.code, finished.stderr]).toEqual([
    1,
    expect.stringContaining("Set LATCHKEY_PUBLIC_URL"),
  ]);
  expect((await run("domains", "list")).stdout).toContain("No domains yet");
});
