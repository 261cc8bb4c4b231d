import { describe, expect, it } from "vitest";
import { readSessionEnvironment } from "./environment.ts";
import { createSessionManager } from "./session-manager.ts";

const vendor = {
  WORKOS_API_KEY: "sk_vendor",
  WORKOS_CLIENT_ID: "client_vendor",
  WORKOS_COOKIE_PASSWORD: "the vendor's password of 32 characters",
  NEXT_PUBLIC_WORKOS_REDIRECT_URI: "https://app.example.com/callback",
  WORKOS_API_HOSTNAME: "auth.example.com",
};

describe("the environment", () => {
  it("is the vendor's as documented", () => {
    const options = readSessionEnvironment({
      ...vendor,
      WORKOS_API_HTTPS: "false",
      WORKOS_API_PORT: "4400",
      WORKOS_COOKIE_NAME: "my-session",
      WORKOS_COOKIE_MAX_AGE: "3600",
      WORKOS_COOKIE_DOMAIN: "example.com",
      WORKOS_COOKIE_SAMESITE: "strict",
    });
    expect(options).toMatchObject({
      clientId: "client_vendor",
      serverUrl: "http://auth.example.com:4400",
      cookieName: "my-session",
      cookieMaxAge: "3600",
      cookieDomain: "example.com",
      sameSite: "strict",
      cookiePassword: [{ id: "1", secret: vendor.WORKOS_COOKIE_PASSWORD }],
    });
    expect(createSessionManager(options)).toHaveProperty("getSession");
  });

  it("takes the default for a Max-Age of the vendor's that is no number, as documented", () => {
    const options = readSessionEnvironment({ ...vendor, WORKOS_COOKIE_MAX_AGE: "a year" });
    expect(options.cookieMaxAge).toBeUndefined();
  });

  it("is ours where both are set", () => {
    const options = readSessionEnvironment({
      ...vendor,
      LATCHKEY_API_KEY: "sk_ours",
      LATCHKEY_CLIENT_ID: "client_ours",
      LATCHKEY_SERVER_URL: "https://sessions.example.com",
      LATCHKEY_COOKIE_PASSWORD: "2:our own password of 32 characters +",
      LATCHKEY_REDIRECT_URI: "https://app.example.com/back",
      LATCHKEY_SEAL: "iron",
      LATCHKEY_TRUST_PROXY: "true",
    });
    expect(options).toMatchObject({
      apiKey: "sk_ours",
      clientId: "client_ours",
      serverUrl: "https://sessions.example.com",
      cookiePassword: [{ id: "2", secret: "our own password of 32 characters +" }],
      redirectUri: "https://app.example.com/back",
      seal: "iron",
      trustProxy: true,
    });
  });

  it.each([
    ["LATCHKEY_CLIENT_ID", { WORKOS_CLIENT_ID: undefined }],
    ["LATCHKEY_API_KEY", { WORKOS_API_KEY: "" }],
    ["LATCHKEY_SERVER_URL", { WORKOS_API_HOSTNAME: undefined }],
    ["LATCHKEY_REDIRECT_URI", { NEXT_PUBLIC_WORKOS_REDIRECT_URI: undefined }],
    ["LATCHKEY_COOKIE_PASSWORD", { WORKOS_COOKIE_PASSWORD: undefined }],
    ["WORKOS_COOKIE_PASSWORD", { WORKOS_COOKIE_PASSWORD: "short" }],
    ["WORKOS_API_HTTPS", { WORKOS_API_HTTPS: "perhaps" }],
    ["LATCHKEY_SEAL", { LATCHKEY_SEAL: "wax" }],
  ])("names %s where it is what is wrong", (name, change) => {
    expect(() => readSessionEnvironment({ ...vendor, ...change })).toThrow(name);
  });

  it.each([
    ["TRUE", "https"],
    ["1", "https"],
    ["False", "http"],
    ["0", "http"],
  ])("takes WORKOS_API_HTTPS=%s for %s", (value, scheme) => {
    const { serverUrl } = readSessionEnvironment({ ...vendor, WORKOS_API_HTTPS: value });
    expect(serverUrl).toBe(`${scheme}://auth.example.com`);
  });

  it("names everything that is wrong at once", () => {
    const read = () =>
      readSessionEnvironment({ WORKOS_API_HTTPS: "perhaps", LATCHKEY_SEAL: "wax" });
    for (const name of ["CLIENT_ID", "API_KEY", "SERVER_URL", "REDIRECT_URI", "COOKIE_PASSWORD"]) {
      expect(read).toThrow(`LATCHKEY_${name}`);
    }
    expect(read).toThrow("LATCHKEY_SEAL must be compact or iron");
  });

  it.each([
    ["apiKey", { apiKey: "" }],
    ["serverUrl", { serverUrl: "https://auth.example.com/path" }],
    ["publicUrl", { publicUrl: "auth.example.com" }],
    ["clientId", { clientId: "app" }],
    ["redirectUri", { redirectUri: "/callback" }],
    ["32", { cookiePassword: "short" }],
    ["refreshBufferSeconds", { refreshBufferSeconds: -1 }],
    ["WORKOS_COOKIE_SAMESITE", { sameSite: "loose" }],
  ])("an option that cannot work is a TypeError that names it: %s", (name, change) => {
    const options = { ...readSessionEnvironment(vendor), ...change };
    expect(() => createSessionManager(options)).toThrow(name);
  });
});
