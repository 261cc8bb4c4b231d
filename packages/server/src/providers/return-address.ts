/** Back to the page that began a sign-in at a provider: its own query stays byte for byte. */
const NAMES = [
  "privy_oauth_state",
  "privy_oauth_provider",
  "privy_oauth_code",
  "privy_oauth_error",
] as const;

/** What the protocol's clients know a denial by, as a word. */
const NO_CODE = "undefined";

export interface ReturnAnswer {
  readonly stateCode: string;
  /** The protocol's name of the provider. */
  readonly provider: string;
  /** Null: the person declined, or it failed. */
  readonly code: string | null;
  /** Why it failed; null for a denial. The protocol has no such parameter, and its clients pass it over. */
  readonly error?: string | null;
}

/** `redirectTo` is allowed: see redirect-allowed.ts. What an earlier return left in it is taken out. */
export function returnAddress(redirectTo: string, answer: ReturnAnswer): string {
  const { href } = new URL(redirectTo);
  const [address = "", ...fragment] = href.split("#");
  const [page = "", ...query] = address.split("?");
  const kept = query
    .join("?")
    .split("&")
    .filter((part) => part !== "" && !isOurs(part));
  const added = new URLSearchParams({
    privy_oauth_state: answer.stateCode,
    privy_oauth_provider: answer.provider,
    privy_oauth_code: answer.code ?? NO_CODE,
    ...(answer.error && { privy_oauth_error: answer.error }),
  });
  const hash = fragment.length > 0 ? `#${fragment.join("#")}` : "";
  return `${page}?${[...kept, added.toString()].join("&")}${hash}`;
}

/** As the page will read it: percent-encoded, a name is the same name. */
function isOurs(part: string): boolean {
  const [name = ""] = new URLSearchParams(part).keys();
  return (NAMES as readonly string[]).includes(name);
}
