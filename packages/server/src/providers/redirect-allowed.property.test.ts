import { appSettings } from "@latchkey/core/protocol/app-settings";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { App } from "../apps/app-directory.ts";
import { redirectProblem } from "./redirect-allowed.ts";
import { returnAddress } from "./return-address.ts";

const appWith = (settings: object, kind: App["kind"] = "production"): App => ({
  id: "c".padEnd(25, "0"),
  clientId: "client_x",
  name: "Test app",
  kind,
  settings: appSettings.parse(settings),
  createdAt: 0,
  updatedAt: 0,
  clients: new Map(),
  secretHashes: [],
  apiKeyHashes: [],
  mailTemplates: new Map(),
});

const ORIGINS = ["https://app.example.com", "https://*.apps.example.com", "http://localhost:3000"];
const app = appWith({ allowedOrigins: ORIGINS });
const problem = (text: string, of = app) =>
  redirectProblem({ app: of, client: null, domain: null }, text);

describe("where a sign-in at a provider may return to", () => {
  test("any page of an allowed origin, with its query and fragment", () => {
    for (const text of [
      "https://app.example.com",
      "https://app.example.com/a/b?c=d&e#f",
      "https://one.apps.example.com/",
      "http://localhost:3000/#/route",
    ]) {
      expect([text, problem(text)]).toEqual([text, null]);
    }
  });

  test("nowhere else, however it is written", () => {
    for (const text of [
      "https://evil.example/",
      "https://app.example.com.evil.example/",
      "https://app.example.com@evil.example/",
      "https://evil.example/https://app.example.com",
      "https://evil.example\\@app.example.com/",
      "https:\\\\app.example.com\\..",
      "https:app.example.com",
      "//app.example.com/",
      "/after",
      "http://app.example.com/",
      "https://app.example.com:8443/",
      "https://two.one.apps.example.com/",
      "https://apps.example.com/",
      "http://localhost:3001/",
      "javascript:alert(1)//https://app.example.com",
      "data:text/html,https://app.example.com",
      "blob:https://app.example.com/x",
      "https://app.example.com/\u0000",
      "https://app.example.com/\n",
      " https://app.example.com/",
      `https://app.example.com/${"a".repeat(2000)}`,
    ]) {
      expect([text, problem(text)]).not.toEqual([text, null]);
    }
  });

  test("with a list, only its pages, whose query is their own; in a development app loopback too", () => {
    const listed = { allowedOrigins: ORIGINS, oauthRedirectUrls: ["https://app.example.com/cb"] };
    const [production, development] = [appWith(listed), appWith(listed, "development")];
    for (const text of ["https://app.example.com/cb", "https://app.example.com/cb/?a=b#c"]) {
      expect(problem(text, production)).toBeNull();
    }
    for (const text of [
      "https://app.example.com/",
      "https://app.example.com/cb2",
      "https://app.example.com/cb/x",
      "https://app.example.com/CB",
      "https://app.example.com/cb%2F..%2Fadmin",
      "https://one.apps.example.com/cb",
      "http://localhost:3000/cb",
    ]) {
      expect(problem(text, production)).toMatch(/OAuth redirect URLs/);
    }
    expect(problem("http://localhost:3000/any", development)).toBeNull();
    expect(problem("https://app.example.com/any", development)).toMatch(/OAuth redirect URLs/);
  });

  test("a listed page of an origin that is no longer allowed is not allowed", () => {
    const gone = appWith({ oauthRedirectUrls: ["https://app.example.com/cb"] });
    expect(problem("https://app.example.com/cb", gone)).toMatch(/origin/);
  });

  test("whatever is allowed leads a browser to an allowed origin, before and after the answer is added", () => {
    const pieces = fc.constantFrom(
      ...["https:", "http:", "//", "/", "\\", "@", ":", "?", "#", ".", "%2f", "%40", "\t", "evil"],
      ...["app.example.com", "apps.example.com", "localhost", ":3000", "x", "&privy_oauth_code=1"],
    );
    const text = fc.oneof(
      fc.array(pieces, { maxLength: 9 }).map((parts) => parts.join("")),
      fc.array(pieces, { maxLength: 6 }).map((parts) => `https://app.example.com${parts.join("")}`),
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
    );
    const isOurs = (origin: string) =>
      ["https://app.example.com", "http://localhost:3000"].includes(origin) ||
      /^https:\/\/[a-z0-9-]+\.apps\.example\.com$/.test(origin);
    fc.assert(
      fc.property(text, (url) => {
        if (problem(url) !== null) return;
        expect(isOurs(new URL(url).origin)).toBe(true);
        const back = returnAddress(url, { stateCode: "s", provider: "google", code: "c" });
        expect(isOurs(new URL(back).origin)).toBe(true);
      }),
      { numRuns: 800 },
    );
  });
});

describe("the way back", () => {
  const answer = { stateCode: "state+/&=", provider: "custom:acme", code: "code" };

  test("keeps the page's own query byte for byte and its fragment, and adds each parameter once", () => {
    const part = fc.stringMatching(/^[a-z%+=.~-]{1,8}$/);
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 5 }),
        fc.option(fc.stringMatching(/^[a-z/?=]{0,8}$/), { nil: null }),
        fc.boolean(),
        (parts, hash, wasHere) => {
          const leftover = wasHere ? ["privy_oauth_code=old", "privy%5Foauth_state=old"] : [];
          const query = [...parts, ...leftover].join("&");
          const page = `https://app.example.com/p${query === "" ? "" : `?${query}`}`;
          const back = returnAddress(hash === null ? page : `${page}#${hash}`, answer);
          const url = new URL(back);
          const kept = parts.filter((each) => each !== "").join("&");
          expect(url.search.slice(1).startsWith(kept)).toBe(true);
          expect(url.hash).toBe(hash ? `#${hash}` : "");
          expect(url.pathname).toBe("/p");
          const read = (name: string) => url.searchParams.getAll(name);
          expect(read("privy_oauth_state")).toEqual([answer.stateCode]);
          expect(read("privy_oauth_provider")).toEqual([answer.provider]);
          expect(read("privy_oauth_code")).toEqual([answer.code]);
        },
      ),
    );
  });

  test("says a denial as the protocol's clients know it, and a failure with a reason beside it", () => {
    const denied = returnAddress("https://app.example.com/", { ...answer, code: null });
    expect(new URL(denied).searchParams.get("privy_oauth_code")).toBe("undefined");
    expect(new URL(denied).searchParams.has("privy_oauth_error")).toBe(false);
    const failed = returnAddress("https://app.example.com/?privy_oauth_error=old", {
      ...answer,
      code: null,
      error: "provider_unavailable",
    });
    expect(new URL(failed).searchParams.getAll("privy_oauth_error")).toEqual([
      "provider_unavailable",
    ]);
  });
});
