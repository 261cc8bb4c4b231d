/**
 * Whether a form came from a page of this server (ASVS 3.5.1, 3.5.3). Browsers say so by
 * Sec-Fetch-Site, older ones by Origin; whoever sends neither is no browser that could be abused,
 * and holds no binding cookie of one.
 */
export function isSameOriginPost(request: Request, publicUrl: string): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = request.headers.get("origin");
  if (origin === null) return true;
  return origin === publicUrl || origin === new URL(request.url).origin;
}
