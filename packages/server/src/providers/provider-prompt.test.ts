import { expect, test } from "vitest";
import { findPreset } from "./presets.ts";
import { providerPrompt } from "./provider-prompt.ts";

test.each([
  ["oidc", ["login", "consent"], "login consent"],
  ["oidc", ["none"], null],
  ["oidc", [], null],
  ["microsoft", ["login"], "login"],
  // Google refuses a sign-in with a prompt that it does not know, and login is one.
  ["google", ["login"], "select_account"],
  ["google", ["login", "select_account", "consent"], "select_account consent"],
  ["apple", ["login"], null],
  ["linkedin", ["login"], null],
  ["github", ["login"], null],
])("of %s for %j is %s", (key, asked, sent) => {
  const preset = findPreset(key);
  expect(preset && providerPrompt(preset, asked)).toBe(sent);
});
