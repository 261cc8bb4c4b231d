/** Which domains a person may own, by the Public Suffix List and by what it leaves out. */
import { type CookieDomainInput, readCookieDomain } from "@latchkey/core/domains/cookie-domain";
import { parse } from "tldts";

export type JudgedDomain =
  | {
      readonly kind: "domain";
      readonly domain: string;
      /** Why it is not approved by itself; null: it is. */
      readonly approvalReason: string | null;
    }
  | Extract<CookieDomainInput, { kind: "refused" }>;

/** Hosts where strangers get a name by signing up, and which the list does not have as a whole. */
const SHARED_HOSTS = [
  "amazonaws.com",
  "codesandbox.io",
  "herokuapp.com",
  "ngrok.io",
  "railway.app",
  "replit.app",
  "stackblitz.io",
  "vercel.app",
];

export function judgeDomain(input: string): JudgedDomain {
  const read = readCookieDomain(input, (host) => {
    const { suffix } = suffixOf(host);
    return host === suffix
      ? null
      : `${host
          .slice(0, -suffix.length - 1)
          .split(".")
          .at(-1)}.${suffix}`;
  });
  if (read.kind === "refused") return read;
  const { suffix, isShared } = suffixOf(read.domain);
  return { ...read, approvalReason: isShared ? sharedWords(read.domain, suffix) : null };
}

function suffixOf(host: string): { readonly suffix: string; readonly isShared: boolean } {
  const listed = parse(host, { allowPrivateDomains: true });
  const suffix = listed.publicSuffix ?? host;
  const shared = SHARED_HOSTS.find((each) => host === each || host.endsWith(`.${each}`));
  if (shared !== undefined && shared.length > suffix.length)
    return { suffix: shared, isShared: true };
  return { suffix, isShared: listed.isPrivate === true };
}

function sharedWords(domain: string, suffix: string): string {
  return `${domain} is a name below ${suffix}, where anybody can get one, as sandboxes and previews do. It is not approved by itself: an operator looks at it and decides. For production, use a domain of your own; for development, an app that was made with --development, which needs no domain.`;
}
