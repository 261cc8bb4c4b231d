import { appClientSettings, readSettings } from "@latchkey/core/protocol/app-settings";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { App } from "../apps/app-directory.ts";
import { mayFinishAt, type PasskeyPage, relatedOrigins, relyingPartyId } from "./relying-party.ts";

const DOMAIN = { domain: "example.com", sessionHost: "privy.example.com" };

function appWith(allowedOrigins: string[], kind: App["kind"] = "production"): App {
  return {
    id: "app",
    clientId: "client_1",
    name: "App",
    kind,
    settings: readSettings(JSON.stringify({ allowedOrigins, passkeyAuth: true })),
    clients: new Map(),
    secretHashes: [],
    apiKeyHashes: [],
    mailTemplates: new Map(),
    createdAt: 0,
    updatedAt: 0,
  };
}

const LISTED = ["https://app.example.com", "https://example.de", "https://*.preview.example.net"];

const page = (origin: string | null, changes: Partial<PasskeyPage> = {}): PasskeyPage => ({
  app: appWith(LISTED),
  client: null,
  domain: null,
  origin,
  isHosted: false,
  binding: null,
  ...changes,
});

const refusal = (words: RegExp) =>
  expect.objectContaining({ code: "invalid_relying_party", message: expect.stringMatching(words) });

test("every page of the verified domain has its passkeys in common", () => {
  const labels = fc.array(fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/), { maxLength: 3 });
  fc.assert(
    fc.property(labels, (names) => {
      const host = [...names, "example.com"].join(".");
      const at = page(`https://${host}`, { domain: DOMAIN });
      expect(relyingPartyId(at)).toBe("example.com");
      expect(relyingPartyId(at, `https://${host}`)).toBe("example.com");
    }),
  );
});

test("without a domain a passkey belongs to the very host of the page", () => {
  expect(relyingPartyId(page("https://app.example.com"))).toBe("app.example.com");
  const development = { app: appWith(["http://localhost:*"], "development") };
  expect(relyingPartyId(page("http://localhost:3000", development))).toBe("localhost");
});

test.each<[string, PasskeyPage, string | null, RegExp]>([
  ["a wildcard's host", page("https://x.preview.example.net"), null, /by a wildcard only/],
  ["an address", page("http://127.0.0.1:3000"), null, /IP address/],
  ["an IPv6 address", page("http://[::1]:3000"), null, /IP address/],
  ["http", page("http://app.example.com"), null, /https pages and on localhost/],
  ["the domain above the page", page("https://app.example.com"), "https://example.com", /Leave/],
  ["another site", page("https://app.example.com"), "https://evil.example", /Leave it out/],
  ["a name that ends alike", page("https://app.example.com"), "xapp.example.com", /Leave it out/],
  ["no name", page("https://app.example.com"), "https://%%", /must be an address/],
  ["no page and no name", page(null), null, /has no Origin/],
  ["no page and an unlisted name", page(null), "https://evil.example", /has no Origin/],
  [
    "an unlisted page for the domain",
    page("https://evil.example", { domain: DOMAIN }),
    "https://example.com",
    /by a wildcard only|Leave it out/,
  ],
])("%s is no relying party", (_, at, asked, words) => {
  expect(() => relyingPartyId(at, asked)).toThrow(refusal(words));
});

test("a listed page elsewhere may ask for the domain's passkeys, which the domain publishes (section 5.11)", () => {
  const at = page("https://example.de", { domain: DOMAIN });
  expect(relyingPartyId(at)).toBe("example.de");
  expect(relyingPartyId(at, "https://example.com")).toBe("example.com");
  const local = { allowedOrigins: ["http://localhost:3000", "https://staging.example.org"] };
  const client = { id: "c", name: "C", settings: appClientSettings.parse(local) };
  const app = { ...appWith(LISTED), clients: new Map([["c", client]]) };
  expect(relatedOrigins(app, DOMAIN)).toEqual([
    "https://example.de",
    "https://staging.example.org",
  ]);
});

test("a native app names what is listed, or has the domain", () => {
  expect(relyingPartyId(page(null), "https://app.example.com")).toBe("app.example.com");
  expect(relyingPartyId(page(null, { domain: DOMAIN }))).toBe("example.com");
  expect(relyingPartyId(page(null, { domain: DOMAIN }), "https://app.example.com")).toBe(
    "example.com",
  );
});

test("a ceremony finishes on pages that may call, and a hosted one on the hosted page alone", () => {
  expect(mayFinishAt(page(null), "https://app.example.com")).toBe(true);
  expect(mayFinishAt(page(null), "https://evil.example")).toBe(false);
  const hosted = page("https://auth.example.org", { isHosted: true });
  expect(relyingPartyId(hosted)).toBe("auth.example.org");
  expect(mayFinishAt(hosted, "https://auth.example.org")).toBe(true);
  expect(mayFinishAt(hosted, "https://app.example.com")).toBe(false);
});
