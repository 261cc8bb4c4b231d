/** Names of the machine itself, as the hostname of a URL writes them. */

/** The ones that settings may name. */
export const LOOPBACK_HOSTS: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/** Whether what goes there stays on this machine (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3). */
export function isLoopbackHost(hostname: string): boolean {
  return LOOPBACK_HOSTS.includes(hostname) || /^127(\.[0-9]{1,3}){3}$/.test(hostname);
}

/**
 * The same, and the names under localhost, which browsers resolve to it by themselves (RFC 6761
 * section 6.3); other programs may ask a name server.
 */
export function isLoopbackInBrowsers(hostname: string): boolean {
  return isLoopbackHost(hostname) || /^([a-z0-9-]+\.)+localhost$/i.test(hostname);
}
