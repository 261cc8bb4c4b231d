/** No input sends a browser to a place that the app has not registered (ASVS 10.4.1, RFC 9700 4.11). */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answerUrl } from "./redirect-answer.ts";
import { CALLBACK, type LoginWorld, openLoginWorld } from "./testing/login-world.ts";
import { HOST } from "./testing/test-browser.ts";

let world: LoginWorld;
beforeAll(async () => {
  world = await openLoginWorld({
    app: { redirectUris: [CALLBACK, "http://localhost:*/*"], logoutUris: ["http://127.0.0.1:*/*"] },
  });
});
afterAll(() => world.close());

const nasty = fc.oneof(
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.constantFrom(
    "//evil.example",
    "/\\evil.example",
    "https:evil.example",
    "https://app.example.com@evil.example/callback",
    "https://app.example.com.evil.example/callback",
    "https://app.example.com/callback/../../evil",
    "https://app.example.com/callback#",
    "https://app.example.com/callback?next=https://evil.example",
    "https://app.example.com/callback\r\nLocation: https://evil.example",
    "https://app.example.com/callback%0d%0aSet-Cookie:a=b",
    "HTTPS://APP.EXAMPLE.COM/callback",
    "http://localhost@evil.example/",
    "http://localhost.evil.example:3000/",
    "http://localhost:3000\\@evil.example/",
    "http://localhost:80@evil.example/x",
    "javascript:alert(1)",
    "data:text/html,x",
    " https://app.example.com/callback",
  ),
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ maxLength: 30 }).map((tail) => `${CALLBACK}${tail}`),
  fc.string({ maxLength: 30 }).map((tail) => `http://localhost${tail}`),
);

/** Where a Location really takes a browser. */
const landing = (location: string) => new URL(location, `${HOST}/user_management/authorize`);

const isAllowed = (url: URL) =>
  url.origin === HOST ||
  `${url.origin}${url.pathname}` === CALLBACK ||
  (url.protocol === "http:" && url.hostname === "localhost");

test("whatever redirect_uri and parameters ask, authorize goes to registered places alone", async () => {
  const extra = fc.dictionary(
    fc.constantFrom(
      "response_type",
      "prompt",
      "screen_hint",
      "provider",
      "state",
      "max_age",
      "code_challenge",
    ),
    fc.string({ unit: "binary", maxLength: 20 }),
  );
  await fc.assert(
    fc.asyncProperty(nasty, extra, async (redirect_uri, changes) => {
      const page = await world.browser().request(world.authorizeUrl({ redirect_uri, ...changes }));
      expect(page.status).toBeLessThan(500);
      if (page.location === null) {
        expect(page.status).toBe(400);
        return;
      }
      const url = landing(page.location);
      expect([page.location, isAllowed(url)]).toEqual([page.location, true]);
      expect([...page.headers.keys()]).not.toContain("evil");
    }),
    { numRuns: 300 },
  );
});

test("whatever return_to asks, signing out goes to registered places alone", async () => {
  const browser = world.browser();
  const code = (await world.signIn(browser, "ada@example.com")).searchParams.get("code") ?? "";
  const sid = await world.beginSession(code);
  await fc.assert(
    fc.asyncProperty(nasty, async (returnTo) => {
      const query = new URLSearchParams({ session_id: sid, return_to: returnTo });
      const page = await browser.request(`/user_management/sessions/logout?${query}`);
      if (page.location === null) {
        expect(page.status).toBe(200);
        return;
      }
      const url = landing(page.location);
      expect([url.protocol, url.hostname]).toEqual(["http:", "127.0.0.1"]);
    }),
    { numRuns: 200 },
  );
});

test("state comes back byte for byte, whatever bytes it is made of (RFC 6749 4.1.2)", async () => {
  const written = fc
    .uint8Array({ maxLength: 200 })
    .map((bytes) =>
      [...bytes]
        .map((byte) =>
          /[A-Za-z0-9_.~-]/.test(String.fromCharCode(byte))
            ? String.fromCharCode(byte)
            : `%${byte.toString(16).padStart(2, "0").toUpperCase()}`,
        )
        .join(""),
    );
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(written, fc.constantFrom("a+b", "a=b=c", "*()!~", "%zz", "%")),
      async (state) => {
        const address = `${world.authorizeUrl({ state: undefined, prompt: "none" })}&state=${state}`;
        const page = await world.browser().request(address);
        expect(page.status).toBe(302);
        const raw = /[?&]state=([^&]*)/.exec(page.location ?? "")?.[1];
        expect(raw).toBe(state);
      },
    ),
    { numRuns: 200 },
  );
});

test("a state of 4,096 bytes travels through the whole sign-in", async () => {
  const state = "s".repeat(4096);
  const url = await world.signIn(world.browser(), "bob@example.com", world.authorizeUrl({ state }));
  expect(url.searchParams.get("state")).toBe(state);
  const longer = await world.browser().request(world.authorizeUrl({ state: `${state}s` }));
  const told = landing(longer.location ?? "");
  expect([told.searchParams.get("error"), told.searchParams.has("state")]).toEqual([
    "invalid_request",
    false,
  ]);
});

test("the answer is added to the callback's own query, and changes nothing of it", () => {
  const target = (redirectUri: string) => answerUrl({ redirectUri, state: "s" }, { code: "c" });
  expect(target("https://a.example/cb")).toBe("https://a.example/cb?code=c&state=s");
  expect(target("https://a.example/cb?x=%20+1")).toBe(
    "https://a.example/cb?x=%20+1&code=c&state=s",
  );
  expect(target("https://a.example/cb?")).toBe("https://a.example/cb?code=c&state=s");
  expect(target("https://a.example")).toBe("https://a.example/?code=c&state=s");
});
