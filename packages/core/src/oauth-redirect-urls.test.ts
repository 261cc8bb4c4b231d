import fc from "fast-check";
import { expect, test } from "vitest";
import { oauthRedirectPage, oauthRedirectUrlProblem } from "./oauth-redirect-urls.ts";

test("a page of an https address is an OAuth redirect URL, and loopback may use http", () => {
  for (const entry of [
    "https://app.example.com",
    "https://app.example.com/signed-in",
    "https://app.example.com:8443/a/b",
    "http://localhost:3000/cb",
    "http://127.0.0.1:3000",
  ]) {
    expect([entry, oauthRedirectUrlProblem(entry)]).toEqual([entry, null]);
  }
});

test("anything else is refused with what to type", () => {
  const refused: [string, RegExp][] = [
    ["app.example.com/cb", /write it whole/],
    ["javascript:alert(1)", /write it whole/],
    ["https://app.example.com/a\\b", /write it whole/],
    ["http://app.example.com/cb", /https/],
    ["https://*.example.com/cb", /wildcard/],
    ["https://ada@app.example.com/cb", /user name/],
    ["https://app.example.com/", /write https:\/\/app\.example\.com$/],
    ["https://app.example.com/cb/", /write https:\/\/app\.example\.com\/cb$/],
    ["https://app.example.com/cb?x=1", /write https:\/\/app\.example\.com\/cb$/],
    ["https://app.example.com/cb#x", /write https:\/\/app\.example\.com\/cb$/],
    ["https://APP.example.com/cb", /write https:\/\/app\.example\.com\/cb$/],
  ];
  for (const [entry, words] of refused) expect(oauthRedirectUrlProblem(entry)).toMatch(words);
});

test("whatever can be on the list is the page of its own address", () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (text) => {
      const url = new URL(text);
      if (oauthRedirectUrlProblem(text) === null) expect(oauthRedirectPage(url)).toBe(text);
      const page = oauthRedirectPage(url);
      if (url.protocol === "https:" && !page.endsWith("/") && !page.includes("*")) {
        expect(oauthRedirectUrlProblem(page)).toBeNull();
      }
    }),
  );
});
