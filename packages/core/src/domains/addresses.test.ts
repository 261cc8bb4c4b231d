import { expect, test } from "vitest";
import { isCloudflare, isPrivate, sameAddress } from "./addresses.ts";

test.each([
  ["104.16.0.0", true],
  ["104.23.255.255", true],
  ["104.28.0.1", false],
  ["172.71.255.255", true],
  ["172.72.0.0", false],
  ["131.0.75.255", true],
  ["131.0.76.0", false],
  ["2606:4700::6810:84e5", true],
  ["2606:4700:ffff:ffff:ffff:ffff:ffff:ffff", true],
  ["2606:4701::", false],
  ["2a06:98c7::1", true],
  ["2a06:98c8::1", false],
  ["192.0.2.1", false],
  ["not an address", false],
  ["", false],
])("%s is an address of Cloudflare's proxy: %s", (address, expected) => {
  expect(isCloudflare(address)).toBe(expected);
});

test.each([
  ["10.1.2.3", true],
  ["172.16.0.1", true],
  ["172.32.0.1", false],
  ["192.168.1.1", true],
  ["100.64.0.1", true],
  ["127.0.0.1", true],
  ["::1", true],
  ["::2", false],
  ["fd00::1", true],
  ["fe80::1", true],
  ["255.255.255.255", true],
  ["224.0.0.251", true],
  ["198.18.0.1", true],
  ["198.20.0.1", false],
  ["ff02::fb", true],
  ["203.0.113.1", false],
])("%s is private: %s", (address, expected) => {
  expect(isPrivate(address)).toBe(expected);
});

test("spellings of one address are the same", () => {
  expect(sameAddress("2001:db8::1", "2001:0DB8:0:0:0:0:0:1")).toBe(true);
  expect(sameAddress("::ffff:192.0.2.1", "::ffff:c000:201")).toBe(true);
  expect(sameAddress("2001:db8::1", "2001:db8::2")).toBe(false);
  expect(sameAddress("192.0.2.1", "192.0.2.1")).toBe(true);
  expect(sameAddress("192.0.2.1", "::ffff:192.0.2.1")).toBe(false);
  expect(sameAddress("", "")).toBe(false);
});
