/**
 * The grammar of allowed origins: `https://example.com`, `https://*.example.com`,
 * `http://localhost:3000`. A scheme is required; no path; a wildcard is a whole leftmost label
 * above at least two others; localhost needs its port (`*` for any port in development apps).
 */

import { LOOPBACK_HOSTS } from "./loopback.ts";

export type OriginPattern = string;

const HOST = /^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** Null when `pattern` is an allowed origin, else what is wrong with it and what to type. */
export function originPatternProblem(pattern: string): string | null {
  const match = /^(https?):\/\/([^/:]+|\[::1\])(?::([0-9]{1,5}|\*))?$/.exec(pattern);
  const noOrigin = `"${pattern}" is not an origin: write scheme and host without a path, such as https://app.example.com`;
  if (!match) return noOrigin;
  const [, scheme, host = "", port] = match;
  const written = asBrowsersWrite(pattern);
  if (written !== null && written !== pattern) {
    return `"${pattern}" would never match: browsers write it as ${written}`;
  }
  if (LOOPBACK_HOSTS.includes(host)) {
    if (port && written !== null) return null;
    return `"${pattern}" needs a port, such as ${scheme}://${host}:3000`;
  }
  if (port === "*") return `"${pattern}": any port is possible for localhost only`;
  if (!HOST.test(host)) {
    return `"${pattern}": a wildcard stands for one whole leftmost label, such as https://*.example.com`;
  }
  if (host.startsWith("*.") && host.split(".").length < 3) {
    return `"${pattern}" would allow a whole top-level domain: write https://*.example.com`;
  }
  if (scheme === "http" && host.startsWith("*.")) {
    return `"${pattern}": a wildcard needs https`;
  }
  return written === null ? noOrigin : null;
}

/** The canonical form (WHATWG URL section 4.7), wildcards kept; null when it is none. */
function asBrowsersWrite(pattern: string): string | null {
  const [host, port] = ["://wildcard.", ":9"];
  const sample = pattern.replace("://*.", host).replace(/:\*$/, port);
  const origin = URL.canParse(sample) ? new URL(sample).origin : null;
  if (origin === null || sample === pattern) return origin;
  return origin.replace(host, "://*.").replace(/:9$/, pattern.endsWith(":*") ? ":*" : port);
}

/** Exact match, or a wildcard label by the grammar above. `origin` as browsers send it. */
export function originAllowed(origin: string, patterns: readonly OriginPattern[]): boolean {
  return patterns.some((pattern) => matches(origin, pattern));
}

function matches(origin: string, pattern: string): boolean {
  if (origin === pattern) return true;
  const wildcard = pattern.indexOf("*");
  if (wildcard < 0) return false;
  const before = pattern.slice(0, wildcard);
  const after = pattern.slice(wildcard + 1);
  if (!origin.startsWith(before) || !origin.endsWith(after)) return false;
  const middle = origin.slice(before.length, origin.length - after.length);
  return after === "" ? /^[0-9]{1,5}$/.test(middle) : /^[a-z0-9-]+$/.test(middle);
}
