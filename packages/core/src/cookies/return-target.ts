/**
 * Where a refresh by navigation may return to: an https page of an origin that is listed exactly
 * (ASVS 3.7.2). What a browser would read differently from what stands there is refused.
 */
export type ReturnTarget =
  | { readonly kind: "ok"; readonly url: URL }
  | {
      readonly kind: "refused";
      readonly reason: "missing" | "malformed" | "not_https" | "credentials" | "not_listed";
    };

const LONGEST = 4000;

/** @param origins allowed origins as apps list them; those with a wildcard allow nothing here */
export function returnTarget(
  value: string | null | undefined,
  origins: readonly string[],
): ReturnTarget {
  if (!value) return refused("missing");
  if (value.length > LONGEST || /[\s\\\p{Cc}\p{Cf}]/u.test(value)) return refused("malformed");
  if (!/^[a-z]+:\/\//i.test(value)) return refused("malformed");
  const url = URL.parse(value);
  if (!url) return refused("malformed");
  if (url.username !== "" || url.password !== "" || /^[a-z]+:\/\/[^/?#]*@/i.test(value)) {
    return refused("credentials");
  }
  if (url.protocol !== "https:") return refused("not_https");
  return origins.includes(url.origin) ? { kind: "ok", url } : refused("not_listed");
}

type Refused = Extract<ReturnTarget, { kind: "refused" }>;

const refused = (reason: Refused["reason"]): Refused => ({ kind: "refused", reason });
