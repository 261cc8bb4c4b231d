/** The delivery rules of R6 as a model: whatever the operator switches and clients call, in any order. */
import type { AuthenticatedUser } from "@latchkey/core/protocol/browser";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type CookieBrowser, openCookieBrowser } from "../http/testing/cookie-browser.ts";
import { ORIGIN, openTestServer, type TestServer } from "../http/testing/test-server.ts";
import { changeDomain, SESSION_HOST, verifyDomain } from "../http/testing/verified-domain.ts";

const PUBLIC_HOST = "sessions.example.net";

type Place = "session_host" | "public_host";
const hostOf = (place: Place) => (place === "session_host" ? SESSION_HOST : PUBLIC_HOST);

interface Model {
  cookiesOn: boolean;
  domainActive: boolean;
  /** What the page holds itself: a token, the sentinel, or nothing. */
  held: string | null;
  delivery: "body" | "cookie" | null;
}

interface Real {
  server: TestServer;
  browser: CookieBrowser;
  domain: Awaited<ReturnType<typeof verifyDomain>>;
  tick(): void;
  people: number;
}

type Step = fc.AsyncCommand<Model, Real>;

const cookieHere = (model: Model, place: Place) =>
  model.cookiesOn && model.domainActive && place === "session_host";

function settingStep(cookiesOn: boolean): Step {
  return {
    check: () => true,
    async run(model, real) {
      const settings = { allowedOrigins: [ORIGIN], refreshWindow: 0, httpOnlyCookies: cookiesOn };
      const { store } = real.server.services;
      await store.apps.updateSettings(real.server.app.id, JSON.stringify(settings));
      real.tick();
      model.cookiesOn = cookiesOn;
    },
    toString: () => `cookies ${cookiesOn ? "on" : "off"}`,
  };
}

function domainStep(active: boolean): Step {
  return {
    check: (model) => model.domainActive !== active,
    async run(model, real) {
      const state = active ? "active" : "moved";
      real.domain = await changeDomain(real.server.services, real.domain, state);
      real.tick();
      model.domainActive = active;
    },
    toString: () => `domain ${active ? "active" : "moved"}`,
  };
}

function signInStep(place: Place): Step {
  return {
    check: () => true,
    async run(model, real) {
      real.people++;
      const address = `person-${real.people}@example.com`;
      const answer = await real.browser.signIn(address, hostOf(place));
      model.delivery = cookieHere(model, place) ? "cookie" : "body";
      expect(answer.refresh_token === "deprecated").toBe(model.delivery === "cookie");
      model.held = answer.refresh_token;
    },
    toString: () => `sign in at ${place}`,
  };
}

function refreshStep(place: Place): Step {
  return {
    check: (model) => model.delivery !== null,
    async run(model, real) {
      const inJar = real.browser.at(SESSION_HOST)["privy-refresh-token"];
      const answer = await real.browser.refresh({ refresh_token: model.held }, {}, hostOf(place));
      const told = `${answer.status} ${answer.text}`;
      if (cookieHere(model, place)) {
        expect(answer.status, told).toBe(200);
        expect(answer.as<AuthenticatedUser>().refresh_token).toBe("deprecated");
        model.delivery = "cookie";
        model.held = "deprecated";
      } else if (model.delivery === "body") {
        expect(answer.status, told).toBe(200);
        model.held = answer.as<AuthenticatedUser>().refresh_token;
        expect(model.held).toMatch(/^lk1\./);
      } else {
        expect(answer.status, told).not.toBe(200);
        expect(answer.text).not.toContain("lk1.");
        // Only where cookies are off for good is a session that lives in one over for this page.
        if (answer.code === "missing_or_invalid_token") expect(model.cookiesOn).toBe(false);
        expect(real.browser.at(SESSION_HOST)["privy-refresh-token"]).toBe(inJar);
      }
    },
    toString: () => `refresh at ${place}`,
  };
}

/** What a thief of the cookie's value would do: put it into a body, wherever. */
function stolenStep(place: Place): Step {
  return {
    check: (model) => model.delivery === "cookie",
    async run(_model, real) {
      const stolen = real.browser.at(SESSION_HOST)["privy-refresh-token"];
      const thief = openCookieBrowser(real.server);
      const answer = await thief.refresh({ refresh_token: stolen }, {}, hostOf(place));
      expect(answer.text).not.toContain("lk1.");
    },
    toString: () => `the cookie's value in a body at ${place}`,
  };
}

test("R6: delivery only ever hardens; no body holds the token of a session in cookies", async () => {
  const places: Place[] = ["session_host", "public_host"];
  const steps = [
    ...places.map((place) => fc.constant(signInStep(place))),
    ...places.map((place) => fc.constant(refreshStep(place))),
    ...places.map((place) => fc.constant(refreshStep(place))),
    ...[true, false].map((on) => fc.constant(settingStep(on))),
    ...[true, false].map((on) => fc.constant(domainStep(on))),
    fc.constant(stolenStep("public_host")),
  ];
  await fc.assert(
    fc.asyncProperty(fc.commands(steps, { maxCommands: 25 }), async (commands) => {
      let clock = Date.now();
      const server = await openTestServer({
        now: () => clock,
        app: { httpOnlyCookies: true, refreshWindow: 0 },
      });
      const real: Real = {
        server,
        browser: openCookieBrowser(server),
        domain: await verifyDomain(server, server.app.id),
        people: 0,
        tick() {
          clock += 5000;
        },
      };
      try {
        const model: Model = { cookiesOn: true, domainActive: true, held: null, delivery: null };
        await fc.asyncModelRun(() => ({ model, real }), commands);
      } finally {
        await server.close();
      }
    }),
    { numRuns: 40 },
  );
}, 60_000);
