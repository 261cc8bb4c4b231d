/**
 * The grammar of an app's OAuth redirect URLs: a page of one https address, such as
 * `https://app.example.com/signed-in`, without wildcard, query, fragment and slash at the end; http
 * for loopback only.
 */
import { isLoopbackHost } from "./loopback.ts";

/** Null when `entry` can be on an app's list, else what is wrong with it and what to type. */
export function oauthRedirectUrlProblem(entry: string): string | null {
  const url = entry.length > 2000 ? null : URL.parse(entry);
  if (!url || /[\s\\\p{Cc}]/u.test(entry) || !/^https?:$/.test(url.protocol)) {
    return `"${entry}" is not a page to return to: write it whole, such as https://app.example.com/signed-in`;
  }
  if (entry.includes("*")) return `"${entry}": a wildcard means nothing here; write each page out`;
  if (url.username !== "" || url.password !== "") {
    return `"${entry}" has a user name or password in it`;
  }
  if (url.protocol === "http:" && !isLoopbackHost(url.hostname)) {
    return `"${entry}" must begin with https://; only loopback may use http`;
  }
  const written = oauthRedirectPage(url);
  return entry === written ? null : `"${entry}" would never match: write ${written}`;
}

/** The page of an address as the list has it: query, fragment and a slash at the end are the page's own. */
export function oauthRedirectPage(url: URL): string {
  return `${url.origin}${url.pathname.replace(/\/$/, "")}`;
}
