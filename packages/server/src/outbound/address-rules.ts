/**
 * Where this server may go on somebody else's word. An app's administrators say where its providers
 * are, and need not be trusted with the network that this server stands in (OWASP: SSRF).
 */
import { isPrivate } from "@latchkey/core/domains/addresses";
import { isLoopbackHost } from "@latchkey/core/loopback";

export interface AddressRules {
  /** Also private networks and loopback, and loopback without https. */
  readonly allowPrivate: boolean;
}

/** Documentation and discard prefixes, and those that carry an IPv4 address within. */
const NO_PLAIN_IPV6 = /^(?:64:ff9b:|100::|2001:db8:|2001:0?:|2002:|::[0-9a-f]*:?[0-9a-f]*$)/i;

/** Whether an address, as a resolver answers it, is of the public internet. */
export function isPublicAddress(address: string): boolean {
  const mapped = /^(?:0*:)*:?ffff:([0-9.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return isPublicAddress(mapped);
  if (address.includes(":")) {
    // Of the unicast addresses only those that are given out (RFC 4291 section 2.4).
    return /^[23][0-9a-f]{3}:/i.test(address) && !NO_PLAIN_IPV6.test(address);
  }
  return /^[0-9]{1,3}(\.[0-9]{1,3}){3}$/.test(address) && !isPrivate(address);
}

/** Null when the address may be asked, as far as it says by itself; else what is wrong with it. */
export function addressProblem(url: URL, { allowPrivate }: AddressRules): string | null {
  const { protocol, hostname } = url;
  if (url.username !== "" || url.password !== "") return "has a user name or password in it";
  const isLoopback = isLoopbackHost(hostname);
  if (protocol !== "https:" && !(protocol === "http:" && isLoopback && allowPrivate)) {
    return "must begin with https://";
  }
  if (allowPrivate) return null;
  const literal = /^\[.*\]$|^[0-9.]+$/.test(hostname) ? hostname.replace(/^\[|\]$/g, "") : null;
  const isNamedInside = isLoopback || /(^|\.)(localhost|local|internal)$/.test(hostname);
  const isInside = isNamedInside || (literal !== null && !isPublicAddress(literal));
  return isInside ? "is inside this server's own network" : null;
}
