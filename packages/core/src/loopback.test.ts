import { expect, test } from "vitest";
import { isLoopbackHost, isLoopbackInBrowsers } from "./loopback.ts";

const hostnameOf = (url: string) => new URL(url).hostname;

test("what stays on this machine is told from what only looks like it", () => {
  for (const url of [
    "http://localhost:1",
    "http://LOCALHOST",
    "http://127.0.0.1",
    "http://127.9.9.9",
  ]) {
    expect(isLoopbackHost(hostnameOf(url))).toBe(true);
  }
  expect(isLoopbackHost(hostnameOf("http://[::1]:3000/path"))).toBe(true);
  // URL parsers write every form of an address the same way.
  expect(isLoopbackHost(hostnameOf("http://2130706433"))).toBe(true);
  for (const name of [
    "localhost.example.com",
    "127.0.0.1.example.com",
    "1127.0.0.1",
    "app.localhost",
    "[::2]",
    "",
  ]) {
    expect([name, isLoopbackHost(name)]).toEqual([name, false]);
  }
});

test("browsers keep names under localhost on the machine as well (RFC 6761 section 6.3)", () => {
  expect(isLoopbackInBrowsers("app.localhost")).toBe(true);
  expect(isLoopbackInBrowsers("a.b.localhost")).toBe(true);
  expect(isLoopbackInBrowsers("notlocalhost")).toBe(false);
  expect(isLoopbackInBrowsers(".localhost")).toBe(false);
  expect(isLoopbackInBrowsers("localhost.evil.example")).toBe(false);
});
