import type { RequestCookie } from "../../cookies/cookie-header.ts";

interface Stored extends RequestCookie {
  readonly domain: string;
  readonly hostOnly: boolean;
}

/**
 * What a browser keeps of Set-Cookie (RFC 6265bis section 5.7), as far as these cookies need it:
 * one path, no expiry but removal, name and domain and host-only flag as the key. Its `limit` is
 * Chromium's and Firefox's, of name and value.
 */
export function createBrowserJar({ limit = 4_096, publicSuffixes = ["com"] } = {}) {
  const stored = new Map<string, Stored>();

  function receive(host: string, setCookies: readonly string[]): void {
    for (const line of setCookies) {
      const [pair = "", ...attributes] = line.split("; ");
      const name = pair.slice(0, pair.indexOf("="));
      const value = pair.slice(pair.indexOf("=") + 1);
      const domainOf = attributes.find((each) => each.startsWith("Domain="))?.slice(7);
      const domain = domainOf ?? host;
      if (publicSuffixes.includes(domain) || !isWithin(host, domain)) continue;
      const key = `${name};${domain};${domainOf === undefined}`;
      if (attributes.includes("Max-Age=0")) stored.delete(key);
      else if (name.length + value.length <= limit) {
        stored.set(key, { name, value, domain, hostOnly: domainOf === undefined });
      }
    }
  }

  /** In the order in which they were first set. */
  function cookiesFor(host: string): RequestCookie[] {
    return [...stored.values()]
      .filter((each) => (each.hostOnly ? each.domain === host : isWithin(host, each.domain)))
      .map(({ name, value }) => ({ name, value }));
  }

  return { receive, cookiesFor, count: () => stored.size };
}

const isWithin = (host: string, domain: string) => host === domain || host.endsWith(`.${domain}`);
