/** The path of a URL of this site, or null for what could lead to another one (ASVS 3.7.2). */
export function sitePath(value: string | null | undefined, base: string): string | null {
  if (!value) return null;
  const url = URL.parse(value, base);
  if (!url || url.origin !== new URL(base).origin || url.pathname.startsWith("//")) return null;
  return url.pathname + url.search + url.hash;
}
