import { LatchkeyClientError } from "@latchkey/browser";
import { expect, it } from "vitest";
import { DEFAULT_TEXTS, describeError } from "./sign-in-texts.ts";

const words = (code: string, details = {}) =>
  describeError(new LatchkeyClientError(code, "What the server said.", details), DEFAULT_TEXTS);

it("has words of its own for what people meet, and the server's for the rest", () => {
  expect(words("invalid_credentials")).toMatch(/wrong or too old/);
  expect(words("too_many_requests", { retryAfter: 20 })).toContain("20 s");
  expect(words("too_many_requests")).toMatch(/Wait a moment/);
  expect(words("unavailable")).toMatch(/cannot be reached/);
  expect(words("allowlist_rejected")).toBe("What the server said.");
});
