import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refreshLocation, sameOriginPath } from "./refresh-page.ts";

const SITE = "https://app.example.com";
const page = (url: string, headers: Record<string, string> = {}, method = "GET") =>
  new Request(SITE + url, { method, headers: { accept: "text/html,*/*", ...headers } });

describe("refreshLocation", () => {
  it("sends a page navigation to the refresh page, with the way back", () => {
    expect(refreshLocation(page("/account?tab=1&x=%20"))).toBe(
      "/refresh?redirect_url=%2Faccount%3Ftab%3D1%26x%3D%2520",
    );
    expect(refreshLocation(page("/"), { path: "/auth/refresh" })).toBe(
      "/auth/refresh?redirect_url=%2F",
    );
  });

  it("takes req of node:http, whose url is a path", () => {
    const req = { method: "GET", url: "/account", headers: { accept: "text/html" } };
    expect(refreshLocation(req)).toBe("/refresh?redirect_url=%2Faccount");
  });

  it("gives a way back that sameOriginPath accepts and that leads to the same page", () => {
    fc.assert(
      fc.property(fc.webPath(), fc.webQueryParameters(), (path, query) => {
        const url = new URL(`${SITE}${path.startsWith("/") ? path : `/${path}`}?${query}`);
        const location = refreshLocation(page(url.href.slice(SITE.length)));
        fc.pre(location !== null && !url.pathname.startsWith("//"));
        const back = new URL(location as string, SITE).searchParams.get("redirect_url");
        expect(sameOriginPath(back)).toBe(url.pathname + url.search);
      }),
    );
  });

  it.each([
    ["a form post", page("/account", {}, "POST")],
    ["a fetch by script", page("/account", { accept: "application/json" })],
    ["a fetch of a page's data", page("/account", { "sec-fetch-dest": "empty" })],
    ["an image", page("/logo.png", { "sec-fetch-dest": "image" })],
    ["a frame", page("/account", { "sec-fetch-dest": "iframe" })],
    ["the refresh page itself", page("/refresh")],
    ["the refresh page with a way back", page("/refresh?redirect_url=%2F")],
    ["a sign-in under way", page("/?privy_oauth_code=x")],
    ["a sign-in under way, by its state", page("/?a=b&privy_oauth_state=x")],
    ["a sign-in that was denied", page("/?privy_oauth_provider=google")],
    ["a browser that comes from the refresh page", page("/", { referer: `${SITE}/refresh?a=b` })],
  ])("leaves alone %s", (_case, request) => {
    expect(refreshLocation(request)).toBeNull();
  });

  it("believes Sec-Fetch-Dest before Accept", () => {
    expect(refreshLocation(page("/", { accept: "*/*", "sec-fetch-dest": "document" }))).toBe(
      "/refresh?redirect_url=%2F",
    );
  });

  it("takes no refresh page on another site", () => {
    for (const path of ["refresh", "//evil.example", "https://evil.example/", "/a/../b"]) {
      expect(() => refreshLocation(page("/"), { path })).toThrow(TypeError);
    }
  });
});

describe("sameOriginPath (ASVS 3.7.2)", () => {
  it.each(["/", "/a/b?c=d#e", "/?redirect_url=https://evil.example", "/a//b", "/@evil.example"])(
    "keeps %j",
    (path) => {
      expect(sameOriginPath(path)).toBe(path);
    },
  );

  it.each([
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    "/.//evil.example",
    "/a/..//evil.example",
    "/%2e//evil.example",
    "https://evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
    " /account",
    "account",
    "?a=b",
    "",
    null,
    undefined,
  ])("takes the fallback for %j", (value) => {
    expect(sameOriginPath(value)).toBe("/");
    expect(sameOriginPath(value, "/home")).toBe("/home");
  });

  it("never leaves the site, whatever it is given, nor when its answer is followed", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "/",
        "//",
        "\\",
        ".",
        "..",
        "%2e",
        "%2f",
        "\t",
        "\n",
        "\r",
        "@",
        ":",
        "#",
        "?",
      ),
      fc.constantFrom("evil.example", "https:", "javascript:", "a", " ", "\u0000", "。", "／"),
      fc.string({ unit: "binary", maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        for (const value of [pieces.join(""), `/${pieces.join("")}`]) {
          const target = new URL(sameOriginPath(value), SITE);
          expect(target.origin).toBe(SITE);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
