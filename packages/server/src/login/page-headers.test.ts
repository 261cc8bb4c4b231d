import { afterEach, expect, test } from "vitest";
import { type LoginWorld, openLoginWorld } from "./testing/login-world.ts";
import type { ShownPage } from "./testing/test-browser.ts";

let world: LoginWorld;
afterEach(() => world.close());

const policyOf = (page: ShownPage) =>
  Object.fromEntries(
    (page.headers.get("content-security-policy") ?? "").split("; ").map((directive) => {
      const [name = "", ...values] = directive.split(" ");
      return [name, values];
    }),
  );

test("a page runs nothing, loads its one stylesheet and the app's logo, and is framed by nobody (ASVS 3.4.3, 3.4.6)", async () => {
  world = await openLoginWorld({ app: { logoUrl: "https://cdn.example.com/logo.svg?x=1" } });
  const page = await world.browser().open(world.authorizeUrl());
  const { "style-src": style = [], ...rest } = policyOf(page);
  expect(rest).toEqual({
    "default-src": ["'none'"],
    "img-src": ["https://cdn.example.com"],
    "form-action": ["'self'", "https://app.example.com"],
    "frame-ancestors": ["'none'"],
    "base-uri": ["'none'"],
  });
  const [, nonce] = /^'nonce-([A-Za-z0-9_-]{22})'$/.exec(style.join(" ")) ?? [];
  expect(page.html).toContain(`<style nonce="${nonce}">`);
  expect(page.html.match(/<style|<script|style=|<link|javascript:| on[a-z]+=/g)).toEqual([
    "<style",
  ]);
  const again = await world.browser().open(world.authorizeUrl());
  expect(again.html).not.toContain(`"${nonce}"`);
});

test("forms may lead to the app's own origins and nowhere else: browsers hold the whole redirect to it", async () => {
  world = await openLoginWorld({
    app: {
      redirectUris: ["https://app.example.com/callback", "https://api.example.com/cb"],
      allowedOrigins: ["https://*.example.org"],
    },
  });
  const page = await world.browser().open(world.authorizeUrl());
  expect(policyOf(page)["form-action"]).toEqual([
    "'self'",
    "https://app.example.com",
    "https://api.example.com",
    "https://*.example.org",
  ]);
});

test("an address that a policy cannot name is named by its scheme", async () => {
  world = await openLoginWorld({
    app: {
      redirectUris: ["http://[::1]:*/*"],
      logoutUris: ["http://[::1]:*/*"],
      allowedOrigins: ["http://[::1]:*"],
    },
  });
  const redirect_uri = "http://[::1]:3000/callback";
  const page = await world.browser().open(world.authorizeUrl({ redirect_uri }));
  expect(policyOf(page)["form-action"]).toEqual(["'self'", "http:"]);
});

test("every answer stays private, says nothing to other sites, and is nobody's window (R8, ASVS 3.4.4 to 3.4.8, 14.3.2)", async () => {
  world = await openLoginWorld();
  const browser = world.browser();
  const answers = [
    await browser.request(world.authorizeUrl()),
    await browser.open(world.authorizeUrl()),
    await browser.request("/login"),
    await browser.request(world.authorizeUrl({ client_id: "client_nobody" })),
    await browser.request("/user_management/sessions/logout?session_id=x"),
  ];
  for (const { headers } of answers) {
    expect(headers.get("cache-control")).toBe("private, no-store");
    expect(headers.get("vary")).toBe("Cookie, Accept");
    expect(headers.get("referrer-policy")).toBe("same-origin");
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("strict-transport-security")).toBe("max-age=31536000; includeSubDomains");
  }
});

test("fields say what they are, to people, screen readers and password managers (WCAG 2.2 1.3.5)", async () => {
  world = await openLoginWorld();
  const browser = world.browser();
  const first = await browser.open(world.authorizeUrl());
  expect(first.html).toMatch(/<html lang="en">/);
  expect(first.html).toContain('<label for="email">E-mail address</label>');
  expect(first.html).toMatch(/<input id="email" name="email" type="email" autocomplete="email"/);
  const second = await browser.submit(first, { email: "ada@example.com" });
  expect(second.html).toMatch(
    /<input id="code" name="code" type="text" autocomplete="one-time-code"[^>]* inputmode="numeric"/,
  );
});
