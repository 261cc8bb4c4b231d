/**
 * How long until somebody can use the dashboard, and how much script comes first. Run it when the
 * machine is quiet: `npx node --conditions=latchkey-source e2e/dashboard/first-load.ts`
 */
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../support/chromium.ts";
import { startDevServer } from "../support/dev-server.ts";
import { openAsAdmin } from "./admin-page.ts";

const ROUNDS = 9;

const server = await startDevServer();
const browser = await launchChromium();
try {
  const app = `apps/${server.credentials.app_id}`;
  await report("signing in", "", await newcomer(browser), (page) =>
    page.getByLabel("E-mail address").waitFor(),
  );
  const owner = await openAsAdmin(browser, server, "owner@example.com");
  await report("apps", "", owner, (page) =>
    page.getByRole("button", { name: "Create app" }).waitFor(),
  );
  await report("users", `${app}/users`, owner, (page) =>
    page.getByRole("button", { name: "Search" }).waitFor(),
  );
  await report("insight", `${app}/insight`, owner, (page) => page.getByText(/^Counted /).waitFor());
} finally {
  await browser.close();
  await server.stop();
}

async function newcomer(browser: Browser): Promise<Page> {
  return (await browser.newContext()).newPage();
}

async function report(
  what: string,
  path: string,
  page: Page,
  usable: (page: Page) => Promise<unknown>,
): Promise<void> {
  const times: number[] = [];
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    // As for the first time: nothing is in the browser's cache.
    const session = await page.context().newCDPSession(page);
    await session.send("Network.setCacheDisabled", { cacheDisabled: true });
    const scripts: Promise<number>[] = [];
    const count = (response: { url(): string; body(): Promise<Buffer> }) => {
      if (!response.url().endsWith(".js")) return;
      scripts.push(
        response.body().then(
          (body) => gzipSync(body).byteLength,
          () => 0,
        ),
      );
    };
    page.on("response", count);
    await page.goto("about:blank");
    const began = performance.now();
    await page.goto(`${server.url}/dashboard/${path}`);
    await usable(page);
    times.push(performance.now() - began);
    page.off("response", count);
    bytes = (await Promise.all(scripts)).reduce((sum, each) => sum + each, 0);
  }
  times.sort((a, b) => a - b);
  const [least = 0] = times;
  const median = times[Math.floor(ROUNDS / 2)] ?? 0;
  process.stdout.write(
    `${what}: usable after ${seconds(median)} s (${seconds(least)} to ${seconds(times.at(-1) ?? 0)}), ` +
      `${Math.round(bytes / 1000)} kB of script, gzipped\n`,
  );
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2);
}
