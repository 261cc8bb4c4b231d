/** Which calls may ride on a session's cookies: protection against forged requests (ASVS 3.5.1). */

export interface CallFacts {
  readonly method: string;
  /** The header Origin. */
  readonly origin: string | null;
  /** The header Sec-Fetch-Site; null from browsers without Fetch Metadata. */
  readonly fetchSite: string | null;
}

/**
 * - `safe`: changes nothing
 * - `judge_origin`: from this site as far as the browser says; the app's allowed origins decide
 * - `missing_origin`: nothing says which page it comes from
 * - `cross_site`: the browser says that another site's page sent it
 */
export type CallVerdict = "safe" | "judge_origin" | "missing_origin" | "cross_site";

const SAFE = ["GET", "HEAD", "OPTIONS"];

/**
 * SameSite alone is no protection: a sibling's page is of the same site. Fetch Metadata says what
 * kind of page calls, and Origin, which browsers send with every POST, which one.
 */
export function judgeCall({ method, origin, fetchSite }: CallFacts): CallVerdict {
  if (SAFE.includes(method)) return "safe";
  if (fetchSite !== null && fetchSite !== "same-origin" && fetchSite !== "same-site") {
    return fetchSite === "none" && origin === null ? "missing_origin" : "cross_site";
  }
  return origin === null ? "missing_origin" : "judge_origin";
}
