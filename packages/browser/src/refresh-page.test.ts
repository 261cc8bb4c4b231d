import fc from "fast-check";
import { afterEach, describe, expect, it, test, vi } from "vitest";
import { LatchkeyClientError } from "./errors.ts";
import { forgetRefreshReason, renewAndReturn, wishedPath } from "./refresh-page.ts";

const HERE = "https://app.example.com/refresh";
const at = (wish: string, name = "redirect_uri") =>
  `${HERE}?${new URLSearchParams({ [name]: wish })}`;
const options = { signInPage: "/sign-in", address: at("/notes?id=7#top") };

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("a refresh page", () => {
  it("goes on to the page that was asked for", async () => {
    const result = await renewAndReturn({ refresh: async () => "token" }, options);
    expect(result).toEqual({ status: "renewed", path: "/notes?id=7#top" });
  });

  it("leads to sign in on the word that nobody is signed in, with the wish kept", async () => {
    const result = await renewAndReturn({ refresh: async () => null }, options);
    expect(result).toEqual({
      status: "signed_out",
      path: "/sign-in?redirect_uri=%2Fnotes%3Fid%3D7%23top",
    });
  });

  it("stays where it is when nobody can say (R5)", async () => {
    const error = new LatchkeyClientError("unavailable", "down");
    const refresh = () => Promise.reject(error);
    expect(await renewAndReturn({ refresh }, options)).toEqual({ status: "unavailable", error });
  });
});

describe("where it leads (ASVS 3.7.2)", () => {
  test.each([
    ["/notes", "/notes"],
    ["notes", "/notes"],
    ["https://app.example.com/notes?a=b", "/notes?a=b"],
    ["https://evil.test/", "/"],
    ["//evil.test/", "/"],
    ["/\\evil.test/", "/"],
    ["https://app.example.com//evil.test/", "/"],
    ["javascript:alert(1)", "/"],
    ["/refresh?redirect_uri=/refresh", "/"],
    ["http://[", "/"],
    ["", "/"],
  ])("%j leads to %s", (wish, path) => {
    expect(wishedPath(at(wish))).toBe(path);
    expect(wishedPath(at(wish, "redirect_url"))).toBe(path);
  });

  it("is a path of this site, whatever is written", () => {
    const piece = fc.constantFrom(
      "/",
      "\\",
      "//",
      "evil.test",
      "@",
      ":",
      "https:",
      "..",
      "\t",
      "%2f",
      "?",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const path = wishedPath(at(pieces.join("")));
        expect(new URL(path, HERE).origin).toBe("https://app.example.com");
      }),
      { numRuns: 2000 },
    );
  });
});

test.each([
  ["?latchkey_refresh=renewed.1", ""],
  ["?a=b&latchkey_refresh=bounced.1", "?a=b"],
  ["?latchkey_refresh=renewed.1&a=%2F", "?a=%2F"],
])("the word of a detour goes from the address: %s", (search, left) => {
  const replaced: string[] = [];
  vi.stubGlobal("location", { href: `https://app.example.com/notes${search}#top` });
  vi.stubGlobal("history", {
    state: 1,
    replaceState: (_state: unknown, _title: string, url: URL) => replaced.push(url.href),
  });
  forgetRefreshReason();
  expect(replaced).toEqual([`https://app.example.com/notes${left}#top`]);
});
