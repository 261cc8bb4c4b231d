/** What `redirect()`, `notFound()` and their like throw: no failure, and for Next to catch. */

/** Where Next's `redirect()` leads; null for anything else that was thrown. */
export function redirectTarget(error: unknown): string | null {
  const [kind, , ...rest] = digestOf(error).split(";");
  if (kind !== "NEXT_REDIRECT" || rest.length < 3) return null;
  // …;<url, which may hold semicolons>;<status>;
  return rest.slice(0, -2).join(";");
}

export function isControlFlow(error: unknown): boolean {
  return /^(?:NEXT_|DYNAMIC_|BAILOUT_)/.test(digestOf(error));
}

function digestOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("digest" in error)) return "";
  return typeof error.digest === "string" ? error.digest : "";
}
