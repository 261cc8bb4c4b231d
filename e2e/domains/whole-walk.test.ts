/**
 * An app gets a domain of its own, from the first command to a page that knows its user: real DNS, a
 * real ACME CA, real TLS, a real browser that trusts the CA, and nothing that is pretended.
 */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AppSite, startAppSite } from "../cookies/app-site.ts";
import { launchChromium } from "../support/chromium.ts";
import { freePort } from "../support/free-port.ts";
import { type HttpsFront, openHttpsFront } from "../support/https-front.ts";
import {
  latchkeyCommand,
  root,
  type ServerProcess,
  serverProcess,
} from "../support/server-process.ts";
import { type StaticSite, serveSite } from "../support/static-site.ts";
import { viteBuild } from "../support/vite-build.ts";
import { type Caddy, hasCaddy, startCaddy } from "./caddy.ts";
import { type ChallengeEntry, startChallengeEntry } from "./challenge-entry.ts";
import { eventualHandshake, handshake } from "./handshake.ts";
import { hasPebble, startTestCa, type TestCa } from "./test-ca.ts";
import { startTestDns, type TestDns } from "./test-dns.ts";
import { type ThroughTls, throughTls } from "./through-tls.ts";
import { hasCertutil, trustRoot } from "./trusting-home.ts";

const DOMAIN = "example.test";
const SESSION_HOST = `privy.${DOMAIN}`;
const APP = `https://app.${DOMAIN}`;
const PUBLIC_HOST = "sessions.latchkey.test";
const ZONE = "cname.latchkey.test";
/** Seconds. */
const TTL = 4;

interface VendorPage {
  ready: Promise<void>;
  privy: {
    auth: {
      email: { loginWithCode(email: string, code: string): Promise<{ user: { id: string } }> };
    };
  };
}

interface Record {
  readonly type: "CNAME" | "TXT";
  readonly name: string;
  readonly value: string;
}

const canRun = hasPebble && hasCertutil;

describe.skipIf(!canRun)("a domain of the app's own, with https by the server itself", () => {
  walk("itself");
});
describe.skipIf(!canRun || !hasCaddy)("a domain of the app's own, with Caddy in front", () => {
  walk("Caddy");
});

function walk(https: "itself" | "Caddy"): void {
  let folder: string;
  let dns: TestDns;
  let entry: ChallengeEntry;
  let ca: TestCa;
  let server: ServerProcess;
  let caddy: Caddy | undefined;
  let front: HttpsFront;
  let back: ThroughTls;
  let browser: Browser;
  let page: Page;
  let scripts: StaticSite;
  let built: string;
  let site: AppSite;
  let env: globalThis.Record<string, string>;
  let httpsPort: number;
  let challengePort: number;
  let appId: string;
  let person: { readonly email: string; readonly code: string };
  let wanted: readonly Record[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "latchkey-walk-"));
    dns = await startTestDns();
    dns.set(
      { type: "A", name: PUBLIC_HOST, data: "127.0.0.1", ttl: 1 },
      { type: "CNAME", name: `*.${ZONE}`, data: PUBLIC_HOST, ttl: 1 },
      { type: "NS", name: DOMAIN, data: "ns.example.test", ttl: 1 },
    );
    entry = await startChallengeEntry();
    ca = await startTestCa({ dns: dns.address, httpPort: entry.port });
    const [handover, http] = [await freePort(), await freePort()];
    httpsPort = await freePort();
    challengePort = await freePort();
    dns.delegate(`acme.${ZONE}`, challengePort);
    const token = randomBytes(24).toString("hex");
    const listening =
      https === "itself"
        ? { LATCHKEY_TLS_PORT: String(httpsPort) }
        : {
            LATCHKEY_CERTIFICATES_PORT: String(handover),
            LATCHKEY_CERTIFICATES_TOKEN: token,
            LATCHKEY_TRUSTED_PROXIES: "127.0.0.1",
          };
    env = {
      ...listening,
      LATCHKEY_DATABASE_URL: `sqlite:${join(folder, "latchkey.db")}`,
      LATCHKEY_MASTER_KEY: randomBytes(48).toString("base64"),
      LATCHKEY_PUBLIC_URL: `https://${PUBLIC_HOST}`,
      LATCHKEY_CNAME_ZONE: ZONE,
      LATCHKEY_DNS_SERVERS: dns.address,
      LATCHKEY_SMTP_URL: "smtp://localhost:9",
      LATCHKEY_MAIL_FROM: "sign-in@example.com",
      LATCHKEY_ACCESS_TOKEN_TTL: String(TTL),
      LATCHKEY_ACME_DIRECTORY: ca.directoryUrl,
      LATCHKEY_ACME_CA_FILE: ca.caFile,
      LATCHKEY_ACME_DNS_PORT: String(challengePort),
    };
    server = await serverProcess({ env, command: latchkeyCommand("start") });
    await server.start();
    if (https === "Caddy") {
      caddy = startCaddy({ app: server.url, handover, http, https: httpsPort }, token);
      entry.target = `http://localhost:${http}`;
    } else {
      entry.target = server.url;
    }
    const created = await run(
      ...["apps", "create", "Notes", "--origin", APP],
      ...["--set", "httpOnlyCookies=true"],
    );
    appId = /App id +(\S+)/.exec(created.stdout)?.[1] ?? "";
    const account = (await run("apps", "test-account", appId)).stdout;
    person = {
      email: /E-mail +(\S+)/.exec(account)?.[1] ?? "",
      code: /Code +(\S+)/.exec(account)?.[1] ?? "",
    };
    await startApp();
    await startBrowser();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await site?.close();
    await scripts?.close();
    await front?.close();
    back?.close();
    caddy?.stop();
    await server?.end();
    await ca?.stop();
    await entry?.stop();
    await dns?.stop();
    for (const each of [folder, built]) if (each) rmSync(each, { recursive: true, force: true });
  });

  /** The app's own pages, at https://app.example.test. */
  async function startApp(): Promise<void> {
    built = await viteBuild(join(root, "e2e/cookies/site"), {
      VITE_APP_ID: appId,
      VITE_SERVER_URL: `https://${PUBLIC_HOST}`,
    });
    scripts = await serveSite(built);
    back = await throughTls(SESSION_HOST, httpsPort, ca.root);
    const guard = { sessionHost: `https://${SESSION_HOST}`, signInPage: "/sign-in" };
    site = await startAppSite({ appId, serverUrl: back.url, scripts, guard });
    front = await openHttpsFront("test");
    front.serve(new URL(APP).host, site.url);
  }

  /** It finds every name here, and trusts the test's CA for those of the session server. */
  async function startBrowser(): Promise<void> {
    trustRoot(folder, await ca.root());
    const ours = [SESSION_HOST, PUBLIC_HOST].map((name) => `MAP ${name} 127.0.0.1:${httpsPort}`);
    const args = front.chromiumArgs.map((each) =>
      each.replace("--host-resolver-rules=", `--host-resolver-rules=${ours.join(",")},`),
    );
    browser = await launchChromium(args, folder);
    page = await (await browser.newContext()).newPage();
  }

  function run(...args: string[]): Promise<{ code: number; stdout: string }> {
    const [node, ...rest] = latchkeyCommand(...args);
    return new Promise((resolve) => {
      const options = { cwd: root, env: { PATH: process.env.PATH, ...env } };
      execFile(node, rest, options, (error, stdout) =>
        resolve({ code: error ? Number(error.code) : 0, stdout }),
      );
    });
  }

  const certificates = async () => (await run("certificates", "list")).stdout;
  const answered = async () => ({ servername: SESSION_HOST, port: httpsPort, ca: await ca.root() });
  const who = () => page.locator("#who").textContent();

  test("it is added, and nothing is verified before its records are there", async () => {
    const added = await run("domains", "add", appId, DOMAIN, "--json");
    expect(added.code).toBe(0);
    const status = JSON.parse(added.stdout) as {
      state: string;
      records: (Record & { optional?: boolean })[];
    };
    expect(status.state).toBe("awaiting_dns");
    wanted = status.records;
    expect(wanted.map(({ type, name }) => `${type} ${name}`)).toEqual(
      expect.arrayContaining([`CNAME ${SESSION_HOST}`, `TXT _latchkey.${DOMAIN}`]),
    );
    const checked = await run("domains", "check", DOMAIN);
    expect(checked.code).toBe(1);
    expect(checked.stdout).toContain(`There is no CNAME at ${SESSION_HOST}`);
    await expect(handshake(await answered())).rejects.toThrow();
  });

  test("with its records it is verified at once", async () => {
    for (const { type, name, value } of wanted) {
      if (name.startsWith("_acme-challenge.")) continue;
      dns.set({ type, name, data: value, ttl: 1 });
    }
    const checked = await run("domains", "check", DOMAIN);
    expect(checked.stdout).toContain(`${DOMAIN}: active`);
    expect(checked.code).toBe(0);
  });

  test("it gets its certificate by itself", async () => {
    await eventualHandshake(await answered());
    expect(await certificates()).toMatch(new RegExp(`${SESSION_HOST} +live`));
    expect(entry.asked.some((host) => host.startsWith(`${SESSION_HOST}:`))).toBe(true);
  });

  test("a sign-in on the app's page sets cookies of the domain, which scripts cannot read", async () => {
    await page.goto(`${APP}/`);
    const id = await page.evaluate(async ({ email, code }) => {
      const { ready, privy } = globalThis as unknown as VendorPage;
      await ready;
      return (await privy.auth.email.loginWithCode(email, code)).user.id;
    }, person);
    const cookies = await page.context().cookies();
    const found = (name: string) => cookies.find((cookie) => cookie.name === name);
    expect(found("privy-token")).toMatchObject({
      domain: `.${DOMAIN}`,
      httpOnly: true,
      secure: true,
    });
    expect(found("privy-refresh-token")).toMatchObject({ domain: SESSION_HOST, httpOnly: true });
    expect(await page.evaluate("document.cookie")).toBe("privy-session=t");
    await page.goto(`${APP}/notes`);
    expect(await who()).toBe(id);
  });

  test("a token that ran out comes back after one redirect through the domain", async () => {
    const before = await who();
    await new Promise((resolve) => setTimeout(resolve, TTL * 1000 + 1000));
    site.pages.length = 0;
    await page.goto(`${APP}/notes`);
    expect(await who()).toBe(before);
    expect(site.pages).toEqual(["GET /notes 303", "GET /notes 200"]);
  });

  test("the certificate is renewed without port 80 once _acme-challenge is delegated (DNS-01)", async () => {
    const before = await handshake(await answered());
    const delegation = wanted.find(({ name }) => name === `_acme-challenge.${SESSION_HOST}`);
    if (!delegation) throw new Error("no delegation was shown");
    dns.set({ type: "CNAME", name: delegation.name, data: delegation.value, ttl: 1 });
    const { target } = entry;
    entry.target = null;
    await run("certificates", "renew", SESSION_HOST);
    await expect
      .poll(async () => handshake(await answered()), { timeout: 90_000, interval: 1000 })
      .not.toBe(before);
    entry.target = target;
  });

  test("what is removed is served no more: no handshake, no certificate, no cookies", async () => {
    expect((await run("domains", "remove", DOMAIN)).code).toBe(0);
    await expect
      .poll(async () => handshake(await answered()).catch(() => "refused"), {
        timeout: 100_000,
        interval: 1000,
      })
      .toBe("refused");
    await expect
      .poll(certificates, { timeout: 90_000, interval: 3000 })
      .not.toContain(SESSION_HOST);
  });
}
