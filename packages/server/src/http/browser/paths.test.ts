import { describe, expect, test } from "vitest";
import { isBackendPath, PROTOCOL_PREFIXES } from "./paths.ts";

describe.each(PROTOCOL_PREFIXES)("under %s", (prefix) => {
  test("what an app's server calls is no page's", () => {
    for (const path of [
      "/users",
      "/users/",
      "/users/did:privy:c1",
      "/users/did:privy:c1/accounts/unlink",
      "/users/meta",
      "/users/search",
      "/apps/c1/allowlist",
      "/apps/c1/test_accounts",
    ]) {
      expect([path, isBackendPath(prefix + path)]).toEqual([path, true]);
    }
  });

  test("what pages call is theirs", () => {
    for (const path of [
      "/users/me",
      "/users/me/accept_terms",
      "/sessions",
      "/apps/c1",
      "/apps/c1/jwks.json",
      "/apps/c1/allowlist/x",
      "/passwordless/init",
      "/userss",
    ]) {
      expect([path, isBackendPath(prefix + path)]).toEqual([path, false]);
    }
  });
});

test("elsewhere there are no such calls", () => {
  expect(isBackendPath("/users")).toBe(false);
  expect(isBackendPath("/api/users")).toBe(false);
  expect(isBackendPath("/x/v1/users")).toBe(false);
});
