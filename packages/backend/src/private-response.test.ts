import { describe, expect, it } from "vitest";
import { markPrivate } from "./private-response.ts";

const marked = (init: HeadersInit = {}) => {
  const headers = new Headers(init);
  markPrivate(headers);
  return headers;
};

describe("R8 markPrivate", () => {
  it("forbids every cache to keep the response, whatever a framework has set", () => {
    const headers = marked({
      "cache-control": "public, s-maxage=31536000",
      "cdn-cache-control": "max-age=60",
      "vercel-cdn-cache-control": "max-age=60",
      "surrogate-control": "max-age=60",
      "netlify-cdn-cache-control": "public, durable, max-age=60",
      "cloudflare-cdn-cache-control": "max-age=60",
      "edge-control": "!no-store, cache-maxage=60s",
      "x-accel-expires": "60",
      expires: "Tue, 01 Jan 2030 00:00:00 GMT",
    });
    for (const [name, value] of headers) {
      if (name !== "vary") expect(value).toBe("private, no-store");
    }
    expect(headers.get("cache-control")).toBe("private, no-store");
  });

  it.each([
    [{}, "Cookie, Authorization"],
    [{ vary: "Accept-Encoding" }, "Accept-Encoding, Cookie, Authorization"],
    [{ vary: "cookie, RSC" }, "cookie, RSC, Authorization"],
    [{ vary: "*" }, "*"],
  ])("adds what the response depends on to Vary: %j becomes %j", (init, vary) => {
    expect(marked(init).get("vary")).toBe(vary);
    const again = marked(init);
    markPrivate(again);
    expect(again.get("vary")).toBe(vary);
  });
});
