import type { AuthenticatedUser } from "@latchkey/core/protocol/browser";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCookieBrowser } from "../http/testing/cookie-browser.ts";
import { SESSION_HOST, verifyDomain } from "../http/testing/verified-domain.ts";
import { callbackUrl } from "./callback-url.ts";
import { openPerson } from "./testing/person.ts";
import {
  challengeOf,
  offer,
  openProviderWorld,
  type ProviderWorld,
  returned,
} from "./testing/provider-world.ts";

let world: ProviderWorld;
beforeAll(async () => {
  world = await openProviderWorld({ app: { httpOnlyCookies: true, sameSite: "strict" } });
  await verifyDomain(world.server, world.server.app.id);
  world.advance(5001);
  await world.upstream.open({
    redirectUris: [callbackUrl(`https://${SESSION_HOST}`, world.provider)],
  });
});
afterAll(() => world.close());

test("on the app's own domain the provider returns to the session host, and the session is in cookies alone", async () => {
  const browser = openCookieBrowser(world.server);
  const [verifier, stateCode] = ["V".repeat(48), "S".repeat(48)];
  const begun = await browser.call("/oauth/init", {
    body: {
      provider: "custom:acme",
      redirect_to: "https://app.example.com/after?next=%2Fhome#top",
      code_challenge: await challengeOf(verifier),
      state_code: stateCode,
    },
  });
  expect(begun.status).toBe(200);
  const callback = await openPerson().goTo(begun.as<{ url: string }>().url);
  expect(callback.origin).toBe(`https://${SESSION_HOST}`);
  // A navigation from another site: Strict cookies stay behind, and none is needed.
  const back = await browser.request(callback.href, {
    headers: { accept: "text/html", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
  });
  const { location, code } = returned(back);
  expect(location).toMatch(
    /^https:\/\/app\.example\.com\/after\?next=%2Fhome&privy_oauth_state=S+&privy_oauth_provider=custom%3Aacme&privy_oauth_code=[^&#]{43}#top$/,
  );
  expect(back.headers.get("set-cookie")).toBeNull();
  expect(back.headers.get("cache-control")).toContain("no-store");
  expect(back.headers.get("cross-origin-opener-policy")).toBeNull();
  const answer = await browser.call("/oauth/authenticate", {
    body: offer(code, stateCode, verifier),
  });
  expect(answer.status).toBe(200);
  expect(answer.as<AuthenticatedUser>().refresh_token).toBe("deprecated");
  const names = answer.headers.getSetCookie().map((line) => line.split("=")[0]);
  expect(names).toEqual(expect.arrayContaining(["privy-refresh-token", "privy-session"]));
  // The refresh token goes to the session host alone.
  expect(Object.keys(browser.at("app.example.com")).sort()).toEqual([
    "privy-session",
    "privy-token",
  ]);
  expect(Object.keys(browser.at(SESSION_HOST))).toContain("privy-refresh-token");
  expect((await browser.call("/sessions", { body: {} })).status).toBe(200);
});
