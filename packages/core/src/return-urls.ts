// Where a browser may be sent with a code or after signing out. Compared byte for byte (RFC 9700
// section 2.1); only loopback entries such as http://localhost:*/* stand for any port and path.

import { LOOPBACK_HOSTS } from "./loopback.ts";

const ANY_PORT_AND_PATH = /^(https?):\/\/([^/:]+|\[::1\]):\*\/\*$/;

/** Scheme and host of a loopback entry. */
function loopbackEntry(entry: string): { scheme: string; host: string } | null {
  const [, scheme = "", host = ""] = ANY_PORT_AND_PATH.exec(entry) ?? [];
  return LOOPBACK_HOSTS.includes(host) ? { scheme, host } : null;
}

/** The entries that a development app begins with. */
export const LOOPBACK_RETURN_URLS: readonly string[] = LOOPBACK_HOSTS.flatMap((host) => [
  `http://${host}:*/*`,
  `https://${host}:*/*`,
]);

/** Null when `entry` can be on an app's list, else what is wrong with it. */
export function returnUrlProblem(entry: string): string | null {
  if (loopbackEntry(entry)) return null;
  if (entry.includes("*")) {
    return `"${entry}": only http://localhost:*/* and its like stand for many addresses; write each other one out`;
  }
  const url = URL.parse(entry);
  if (!url || !isUsable(url) || entry.length > 2000) {
    return `"${entry}" is not an address to return to: write it whole, such as https://app.example.com/callback`;
  }
  return null;
}

/** Whether `url` is one of the entries: exactly, or any port and path of a loopback entry. */
export function isReturnUrl(url: string, entries: readonly string[]): boolean {
  const parsed = URL.parse(url);
  if (!parsed || !isUsable(parsed) || url.length > 2000) return false;
  // What a browser would read differently from what stands there is never let through.
  if (/[\s\\\p{Cc}]/u.test(url)) return false;
  return entries.some((entry) => {
    if (entry === url) return true;
    const loopback = loopbackEntry(entry);
    return parsed.protocol === `${loopback?.scheme}:` && parsed.hostname === loopback?.host;
  });
}

/** No credentials, and no fragment: an answer is appended to it (RFC 6749 section 3.1.2). */
function isUsable(url: URL): boolean {
  return (
    /^https?:$/.test(url.protocol) && url.username === "" && url.password === "" && url.hash === ""
  );
}
