/** The session server is broken while our SDK needs it: nobody is signed out (R5). */
import { setTimeout as wait } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import {
  type Interference,
  openUnreliableNetwork,
  type UnreliableNetwork,
} from "../support/unreliable-network.ts";
import { buildSite, LATCHKEY, LATCHKEY_EDGE, type Variant } from "./build-site.ts";
import { startSite } from "./site-process.ts";
import { siteSettings } from "./site-settings.ts";
import { openVisitor } from "./visitor.ts";

/** Seconds: the first half of the test goes by meanwhile. */
const TTL = 15;
const variants = [LATCHKEY, LATCHKEY_EDGE];

let server: DevServer;
let browser: Browser;
const folders = new Map<Variant, string>();

beforeAll(async () => {
  const builds = variants.map(async (one) => folders.set(one, await buildSite(one)));
  [server, browser] = await Promise.all([
    startDevServer({ accessTokenTtl: TTL }),
    launchChromium(),
    ...builds,
  ]);
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const json = (status: number, error: string, headers = {}) => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify({ error, error_description: "for a test" }),
});

const faults: Readonly<Record<string, Interference["what"]>> = {
  "401": json(401, "invalid_client"),
  "429": json(429, "rate_limit_exceeded", { "retry-after": "1" }),
  "500": json(500, "server_error"),
  "HTML 502": {
    status: 502,
    headers: { "content-type": "text/html" },
    body: "<h1>Bad gateway</h1>",
  },
  "no answer, ever": "hang",
  "no connection": "lose_request",
  "an answer that is lost": "lose_answer",
};

function begin(network: UnreliableNetwork, what: Interference["what"]): void {
  network.calm();
  network.interfere({ on: "POST /user_management/authenticate", times: 1_000, what });
}

/** Status of what is loaded, which has to come within 5 s. */
async function timed(page: Page, load: () => ReturnType<Page["goto"]>): Promise<number> {
  const began = performance.now();
  const answer = await load();
  expect(performance.now() - began, page.url()).toBeLessThan(5_000);
  return answer?.status() ?? 0;
}

test.concurrent.each(variants)(
  "$name: pages go on with a token that is good, and else say 503; no session is lost",
  async (variant) => {
    const network = await openUnreliableNetwork(server.url);
    const site = await startSite(variant, folders.get(variant) ?? "", (url) =>
      siteSettings(server, url, {
        LATCHKEY_SERVER_URL: network.url,
        LATCHKEY_SERVER_PUBLIC_URL: server.url,
        // So that each page wants a new token.
        REFRESH_BUFFER_SECONDS: "3600",
      }),
    );
    const { page, proveEmail, facts, cookie, email, context } = await openVisitor(
      browser,
      server,
      site.url,
    );
    try {
      await page.goto(`${site.url}/members`);
      await proveEmail();
      await page.waitForURL(`${site.url}/members`);
      const began = Date.now();
      const { sessionId } = await facts("member");

      for (const [name, fault] of Object.entries(faults)) {
        begin(network, fault);
        expect(await timed(page, () => page.reload()), name).toBe(200);
        expect(await facts("member"), name).toMatchObject({ email, sessionId });
      }
      const kept = await cookie();
      await wait(Math.max(0, began + TTL * 1_000 + 300 - Date.now()));
      for (const [name, fault] of Object.entries(faults)) {
        begin(network, fault);
        expect(await timed(page, () => page.goto(`${site.url}/members`)), name).toBe(503);
        expect(await cookie(), name).toBe(kept);
      }
      network.calm();
      await wait(2_000);
      expect(await timed(page, () => page.goto(`${site.url}/members`))).toBe(200);
      expect(await facts("member")).toMatchObject({ email, sessionId });
    } catch (error) {
      console.log(site.output().slice(-4_000));
      throw error;
    } finally {
      await context.close();
      await site.close();
      await network.close();
    }
  },
);
