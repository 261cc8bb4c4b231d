import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import * as components from "./components/index.ts";
import * as server from "./index.ts";

describe("moving over from authkit-nextjs is a changed import", () => {
  it("has its names on the server, but for what needs WorkOS itself", () => {
    expect(Object.keys(server).sort()).toEqual(
      [
        "AUTHKIT_REQUEST_HEADERS",
        "AuthKitError",
        "CallbackError",
        "TokenRefreshError",
        "applyResponseHeaders",
        "authkit",
        "authkitMiddleware",
        "authkitProxy",
        "checkRecentAuth",
        "getSignInUrl",
        "getSignUpUrl",
        "getTokenClaims",
        "handleAuth",
        "handleAuthkitHeaders",
        "handleAuthkitProxy",
        "handleSignIn",
        "isAuthkitRequestHeader",
        "partitionAuthkitHeaders",
        "refreshSession",
        "saveSession",
        "signOut",
        "switchToOrganization",
        "withAuth",
      ].sort(),
    );
  });

  it("has its components and hooks", () => {
    expect(Object.keys(components).sort()).toEqual([
      "AuthKitProvider",
      "Impersonation",
      "useAccessToken",
      "useAuth",
      "useRecentAuth",
      "useTokenClaims",
    ]);
  });
});

describe("the boundary between server and client", () => {
  const source = (path: string) =>
    readFileSync(fileURLToPath(new URL(path, import.meta.url)), "utf8");

  it("is where the directives say it, at the first line", () => {
    expect(source("actions.ts")).toMatch(/^"use server";/);
    for (const name of ["auth-context.ts", "auth-provider.tsx", "impersonation.tsx"]) {
      expect(source(`components/${name}`)).toMatch(/^"use client";/);
    }
    for (const name of ["access-token", "recent-auth", "token-claims"]) {
      expect(source(`components/use-${name}.ts`)).toMatch(/^"use client";/);
    }
  });

  it("has no other Server Action than those of one file: each can be called by anybody", () => {
    const names = source("actions.ts").match(/^export async function \w+/gm);
    expect(names).toHaveLength(5);
  });
});

it("nothing is read from the environment before the first request: next build has none", () => {
  expect(() => {
    server.authkitProxy({ middlewareAuth: { enabled: true, unauthenticatedPaths: ["/"] } });
    server.handleAuth();
    server.handleSignIn();
  }).not.toThrow();
});
