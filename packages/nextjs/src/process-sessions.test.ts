import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { processSessions } from "./process-sessions.ts";

const SHARED = Symbol.for("latchkey.nextjs.sessions");
const forget = () => Reflect.deleteProperty(globalThis, SHARED);

beforeEach(() => {
  forget();
  for (const name of Object.keys(process.env)) {
    if (/^(LATCHKEY_|WORKOS_|NEXT_PUBLIC_)/.test(name)) vi.stubEnv(name, undefined);
  }
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  forget();
});

function stubVendor(): void {
  vi.stubEnv("WORKOS_CLIENT_ID", "client_01");
  vi.stubEnv("WORKOS_API_KEY", "sk_1");
  vi.stubEnv("WORKOS_API_HOSTNAME", "auth.example.com");
  vi.stubEnv("WORKOS_COOKIE_PASSWORD", "the vendor's password of 32 characters");
  vi.stubEnv("NEXT_PUBLIC_WORKOS_REDIRECT_URI", "https://app.example.com/callback");
}

it("a process has one, in however many bundles Next has put the code", () => {
  stubVendor();
  const sessions = processSessions();
  expect(sessions.redirectUri).toBe("https://app.example.com/callback");
  vi.unstubAllEnvs();
  expect(processSessions()).toBe(sessions);
});

it("takes LATCHKEY_* before WORKOS_*", () => {
  stubVendor();
  vi.stubEnv("NEXT_PUBLIC_LATCHKEY_REDIRECT_URI", "https://app.example.com/back");
  expect(processSessions().redirectUri).toBe("https://app.example.com/back");
});

it("names everything that is wrong at once, at the first request and at each after", () => {
  vi.stubEnv("WORKOS_COOKIE_PASSWORD", "short");
  for (let i = 0; i < 2; i++) {
    expect(processSessions).toThrow(/CLIENT_ID[\s\S]*API_KEY[\s\S]*SERVER_URL[\s\S]*REDIRECT_URI/);
    expect(processSessions).toThrow(/WORKOS_COOKIE_PASSWORD/);
  }
});

it("says of a claim token that it is of no use here", () => {
  stubVendor();
  vi.stubEnv("WORKOS_CLAIM_TOKEN", "x");
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  processSessions();
  expect(warn.mock.lastCall?.[0]).toContain("WORKOS_CLAIM_TOKEN");
});
