const CACHES = [
  "cache-control",
  "cdn-cache-control",
  "surrogate-control",
  "vercel-cdn-cache-control",
] as const;
const VARY = ["Cookie", "Authorization"];

/** What one cache or another reads before those: left out, it reads them. */
export const OVERRIDING_HEADERS = [
  "netlify-cdn-cache-control",
  "cloudflare-cdn-cache-control",
  "edge-control",
  "x-accel-expires",
  "expires",
] as const;

/**
 * Marks a response that depends on who asks (session rule R8), so that no browser, proxy or CDN
 * hands it to anyone else. Overwrites what a framework set: one shared cached page is someone
 * else's account. Call it on the final response headers, right before they are sent.
 */
export function markPrivate(headers: Headers): void {
  for (const name of OVERRIDING_HEADERS) headers.delete(name);
  for (const name of CACHES) headers.set(name, "private, no-store");
  const listed = (headers.get("vary") ?? "").split(",").map((name) => name.trim());
  const present = new Set(listed.map((name) => name.toLowerCase()));
  if (present.has("*")) return;
  const missing = VARY.filter((name) => !present.has(name.toLowerCase()));
  headers.set("vary", [...listed.filter(Boolean), ...missing].join(", "));
}
