import { vi } from "vitest";
import { createFakeBrowser, type FakeBrowser, type FakeBrowserOptions } from "./fake-browser.ts";
import { CODE, createFakeServer, type FakeServer, type FakeServerOptions } from "./fake-server.ts";

export const HOUR = 3_600_000;
export const ADA = { email: "ada@example.com", code: CODE };

/** For fake timers, whose clock is the server's and the truth. */
export function setUp(
  options: Partial<FakeServerOptions> & Omit<FakeBrowserOptions, "server"> = {},
): { server: FakeServer; browser: FakeBrowser; tab: ReturnType<FakeBrowser["openTab"]> } {
  const server = createFakeServer({ now: () => Date.now(), ...options });
  const browser = createFakeBrowser({ server, ...options });
  return { server, browser, tab: browser.openTab() };
}

export const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** Lets `ms` pass, in which the promise is expected to settle. */
export async function settle<T>(promise: Promise<T>, ms = 60_000): Promise<T> {
  promise.catch(() => {});
  await pass(ms);
  return promise;
}
