const CACHES = [
  "cache-control",
  "cdn-cache-control",
  "surrogate-control",
  "vercel-cdn-cache-control",
] as const;
const VARY = ["Cookie", "Authorization"];

/**
 * Marks a response that depends on who asks (session rule R8), so that no browser, proxy or CDN
 * hands it to anyone else. Overwrites what a framework set: one shared cached page is someone
 * else's account. Call it on the final response headers, right before they are sent.
 */
export function markPrivate(headers: Headers): void {
  for (const name of CACHES) headers.set(name, "private, no-store");
  const listed = (headers.get("vary") ?? "").split(",").map((name) => name.trim());
  const present = new Set(listed.map((name) => name.toLowerCase()));
  if (present.has("*")) return;
  const missing = VARY.filter((name) => !present.has(name.toLowerCase()));
  headers.set("vary", [...listed.filter(Boolean), ...missing].join(", "));
}
