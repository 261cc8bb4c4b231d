/** The session server is broken while our SDK needs it: nobody is signed out (R5). */
import { setTimeout as wait } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import {
  type Interference,
  openUnreliableNetwork,
  type UnreliableNetwork,
} from "../support/unreliable-network.ts";
import { BUILD_MS, buildSite, LATCHKEY, LATCHKEY_EDGE, type Variant } from "./build-site.ts";
import { startSite } from "./site-process.ts";
import { siteSettings } from "./site-settings.ts";
import { openVisitor, type Visitor } from "./visitor.ts";

/** Seconds: the first half of the test goes by meanwhile. */
const TTL = 16;
/** Past the four seconds that a refresh may take. */
const GIVEN_UP_MS = 4_500;
const variants = [LATCHKEY, LATCHKEY_EDGE];

let server: DevServer;
let browser: Browser;
let folders: ReadonlyMap<Variant, string>;

beforeAll(async () => {
  const built = Promise.all(variants.map(async (one) => [one, await buildSite(one)] as const));
  [server, browser] = await Promise.all([
    startDevServer({ accessTokenTtl: TTL }),
    launchChromium(),
  ]);
  folders = new Map(await built);
}, BUILD_MS);
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
  "no connection": "lose_request",
  "an answer that is lost": "lose_answer",
  // Last, as the request goes on for four seconds.
  "no answer, ever": "hang",
};

const REFRESH = "POST /user_management/authenticate";

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
    const visitor = await openVisitor(browser, server, site.url);
    try {
      await meetFaults(visitor, `${site.url}/members`, network);
    } catch (error) {
      console.log(site.output().slice(-4_000));
      throw error;
    } finally {
      await visitor.context.close();
      await site.close();
      await network.close();
    }
  },
);

async function meetFaults(
  { page, proveEmail, facts, cookie, email }: Visitor,
  address: string,
  network: UnreliableNetwork,
): Promise<void> {
  await page.goto(address);
  await proveEmail();
  await page.waitForURL(address);
  const began = Date.now();
  const { sessionId } = await facts("member");

  const loadDuring = async (what: Interference["what"]) => {
    network.calm();
    network.interfere({ on: REFRESH, times: 1_000, what });
    const asked = network.requests.length;
    const start = performance.now();
    const answer = await page.goto(address);
    expect(performance.now() - start).toBeLessThan(5_000);
    expect(network.requests.slice(asked)).toContain(REFRESH);
    // A failed refresh counts for a second.
    await wait(1_100);
    return answer?.status();
  };
  for (const name of ["401", "HTML 502", "no answer, ever"]) {
    expect(await loadDuring(faults[name] ?? "hang"), name).toBe(200);
    expect(await facts("member"), name).toMatchObject({ email, sessionId });
  }
  const kept = await cookie();
  expect(Date.now() - began, "ms until here").toBeLessThan(TTL * 1_000);
  // At least until the refresh that nobody answers is given up: what comes meanwhile waits for it too.
  await wait(Math.max(began + TTL * 1_000 + 300 - Date.now(), GIVEN_UP_MS));
  for (const [name, fault] of Object.entries(faults)) {
    expect(await loadDuring(fault), name).toBe(503);
    expect(await cookie(), name).toBe(kept);
  }
  network.calm();
  expect((await page.goto(address))?.status()).toBe(200);
  expect(await facts("member")).toMatchObject({ email, sessionId });
}
