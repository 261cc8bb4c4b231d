import { LatchkeyClientError } from "@latchkey/browser";
import { expect, it } from "vitest";
import { DEFAULT_TEXTS, describeError, describeProviderError } from "./sign-in-texts.ts";

const words = (code: string, details = {}) =>
  describeError(new LatchkeyClientError(code, "What the server said.", details), DEFAULT_TEXTS);

it("has words of its own for what people meet, and the server's for the rest", () => {
  expect(words("invalid_credentials")).toMatch(/wrong or too old/);
  expect(words("too_many_requests", { retryAfter: 20 })).toContain("20 s");
  expect(words("too_many_requests")).toMatch(/Wait a moment/);
  expect(words("unavailable")).toMatch(/cannot be reached/);
  expect(words("allowlist_rejected")).toBe("What the server said.");
});

it("does not speak of a mailed code or an address where a provider was asked", () => {
  const about = (code: string) =>
    describeProviderError(new LatchkeyClientError(code, "What the server said."), DEFAULT_TEXTS);
  expect(about("invalid_credentials")).not.toMatch(/mail/);
  expect(about("user_does_not_exist")).not.toMatch(/address/);
  expect(about("oauth_user_denied")).toMatch(/cancelled/);
  expect(about("account_transfer_required")).toBe("What the server said.");
});
