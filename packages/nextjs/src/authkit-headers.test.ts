import { NextRequest, NextResponse } from "next/server";
import { describe, expect, it } from "vitest";
import { forwarded } from "../test-support/site.ts";
import {
  applyResponseHeaders,
  handleAuthkitHeaders,
  handleAuthkitProxy,
  isAuthkitRequestHeader,
  partitionAuthkitHeaders,
} from "./authkit-headers.ts";

const request = (method = "GET") =>
  new NextRequest("https://app.example.com/notes?a=1", {
    method,
    headers: { cookie: "wos-session=old; theme=dark", "x-workos-session": "forged", accept: "*/*" },
  });
const authkitHeaders = () => {
  const headers = new Headers({
    "x-url": "https://app.example.com/notes",
    "x-secret": "s",
    vary: "Cookie",
  });
  headers.append("set-cookie", "wos-session=new; Path=/");
  headers.append("set-cookie", "gone=; Max-Age=0");
  return headers;
};

describe("partitionAuthkitHeaders", () => {
  const { requestHeaders, responseHeaders } = partitionAuthkitHeaders(request(), authkitHeaders());

  it("gives the app its own headers, and the cookies as they will be", () => {
    expect(requestHeaders.get("x-url")).toBe("https://app.example.com/notes");
    expect(requestHeaders.has("x-workos-session")).toBe(false);
    expect(requestHeaders.get("accept")).toBe("*/*");
    expect(requestHeaders.get("cookie")).toBe("theme=dark; wos-session=new");
  });

  it("gives the browser what is known to be for it, and keeps caches from cookies (R8)", () => {
    expect(responseHeaders.getSetCookie()).toHaveLength(2);
    expect(responseHeaders.get("cache-control")).toBe("private, no-store");
    expect(responseHeaders.has("x-secret")).toBe(false);
    expect(responseHeaders.has("x-url")).toBe(false);
  });
});

describe("handleAuthkitProxy", () => {
  it("redirects with the cookies: 307 for what reads, 303 for what writes, or as told", () => {
    const to = { redirect: "/sign-in?x=1" };
    const answer = handleAuthkitProxy(request(), authkitHeaders(), to);
    expect([answer.status, answer.headers.get("location")]).toEqual([
      307,
      "https://app.example.com/sign-in?x=1",
    ]);
    expect(answer.headers.getSetCookie()).toHaveLength(2);
    expect(handleAuthkitProxy(request("POST"), new Headers(), to).status).toBe(303);
    const told = { redirect: new URL("https://else.example/"), redirectStatus: 308 } as const;
    expect(handleAuthkitProxy(request(), new Headers(), told).status).toBe(308);
  });

  it("goes on with the request otherwise", () => {
    const answer = handleAuthkitProxy(request(), authkitHeaders());
    expect(answer.headers.get("x-middleware-next")).toBe("1");
    expect(forwarded(answer).get("cookie")).toContain("wos-session=new");
    expect(handleAuthkitHeaders).toBe(handleAuthkitProxy);
  });

  it("names a redirect that is no URL", () => {
    expect(() => handleAuthkitProxy(request(), new Headers(), { redirect: "http://" })).toThrow(
      TypeError,
    );
  });
});

it("applyResponseHeaders adds to what a response of one's own has", () => {
  const response = NextResponse.json({}, { headers: { vary: "Accept", "set-cookie": "mine=1" } });
  applyResponseHeaders(
    response,
    partitionAuthkitHeaders(request(), authkitHeaders()).responseHeaders,
  );
  expect(response.headers.get("vary")).toBe("Accept, Cookie, Authorization");
  expect(response.headers.getSetCookie()).toHaveLength(3);
});

it.each([
  ["X-WorkOS-Middleware", true],
  ["x-workos-anything", true],
  ["x-url", true],
  ["x-forwarded-proto", false],
])("%s is a header of ours: %s", (name, expected) => {
  expect(isAuthkitRequestHeader(name)).toBe(expected);
});
