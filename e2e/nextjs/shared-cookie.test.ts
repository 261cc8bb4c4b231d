/** The vendor's SDK and ours on one host: cookies know no ports, so that they share one. */
import { setTimeout as wait } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { AUTHKIT, BUILD_MS, buildSite, LATCHKEY, type Variant } from "./build-site.ts";
import { type Site, startSite } from "./site-process.ts";
import { siteSettings } from "./site-settings.ts";
import { openVisitor, type Visitor } from "./visitor.ts";

const TTL = 2;
let server: DevServer;
let browser: Browser;
let theirs: Site;
let ours: Site;
/** Ours as it comes: with the seal that the vendor's SDK does not know. */
let moved: Site;

beforeAll(async () => {
  const builds = Promise.all([buildSite(AUTHKIT), buildSite(LATCHKEY)]);
  [server, browser] = await Promise.all([
    startDevServer({ accessTokenTtl: TTL }),
    launchChromium(),
  ]);
  const [theirFolder, ourFolder] = await builds;
  const start = (variant: Variant, folder: string, more: Record<string, string> = {}) =>
    startSite(variant, folder, (url) =>
      siteSettings(server, url, { REFRESH_BUFFER_SECONDS: "0", ...more }),
    );
  [theirs, ours, moved] = await Promise.all([
    start(AUTHKIT, theirFolder),
    start(LATCHKEY, ourFolder, { LATCHKEY_SEAL: "iron" }),
    start(LATCHKEY, ourFolder),
  ]);
}, BUILD_MS);
afterAll(async () => {
  await browser?.close();
  await Promise.all([theirs, ours, moved].map((site) => site?.close()));
  await server?.stop();
});

async function signedInAt(site: Site, work: (visitor: Visitor) => Promise<void>): Promise<void> {
  const visitor = await openVisitor(browser, server, site.url);
  const { page, proveEmail, context } = visitor;
  await page.goto(`${site.url}/members`);
  await proveEmail();
  await page.waitForURL(`${site.url}/members`);
  await work(visitor);
  await context.close();
}

test.concurrent.each(["theirs", "ours"])(
  "a session begun at %s goes back and forth, whoever refreshes it",
  (begun) =>
    signedInAt(begun === "theirs" ? theirs : ours, async ({ page, facts, cookie, email }) => {
      const { sessionId } = await facts("member");
      for (const site of [ours, theirs, ours, theirs]) {
        await page.goto(`${site.url}/members`);
        expect(await facts("member")).toMatchObject({ email, sessionId });
        expect(await cookie()).toMatch(/^Fe26\.2\*/);
        await wait(TTL * 1_000);
      }
    }),
);

test.concurrent("moving over to ours signs nobody out, and seals the cookie smaller", () =>
  signedInAt(theirs, async ({ page, facts, cookie, email }) => {
    const { sessionId } = await facts("member");
    const before = (await cookie()) ?? "";
    await wait(TTL * 1_000);
    await page.goto(`${moved.url}/members`);
    expect(await facts("member")).toMatchObject({ email, sessionId });
    const after = (await cookie()) ?? "";
    expect(after).toMatch(/^lks1\./);
    expect(after.length).toBeLessThan(before.length);
  }));
