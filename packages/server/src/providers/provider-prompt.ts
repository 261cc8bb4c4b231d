import type { Preset, Prompt } from "./preset.ts";

/** The `prompt` to send to a provider for what was asked of us; null for none. */
export function providerPrompt(preset: Preset, asked: readonly string[]): string | null {
  if (preset.kind !== "oidc") return null;
  const wanted = asked.filter(isPrompt);
  const { prompts } = preset;
  const taken = prompts === undefined ? wanted : wanted.flatMap((each) => prompts[each] ?? []);
  return taken.length === 0 ? null : [...new Set(taken)].join(" ");
}

const isPrompt = (text: string): text is Prompt =>
  text === "login" || text === "consent" || text === "select_account";
