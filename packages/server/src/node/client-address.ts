import type { IncomingMessage } from "node:http";
import { BlockList, isIP, type Socket } from "node:net";

/**
 * The address of the client: the peer's, or, behind proxies that the operator trusts, the last
 * address of X-Forwarded-For that no trusted proxy has (RFC 9700 section 4.13).
 *
 * @param onDisbelief told of each peer that sends X-Forwarded-For without being trusted
 */
export function clientAddress(
  trustedProxies: readonly string[],
  onDisbelief: (peer: string) => void = () => {},
): (request: IncomingMessage) => string | null {
  const trusted = new BlockList();
  for (const entry of trustedProxies) {
    const [address = "", bits] = entry.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(bits), family);
  }
  const isTrusted = (address: string) =>
    isIP(address) !== 0 && trusted.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");

  const peers = new WeakMap<Socket, { address: string; isTrusted: boolean }>();
  /** A connection's other end, judged once. */
  function peerOf(socket: Socket): { address: string; isTrusted: boolean } {
    const known = peers.get(socket);
    if (known) return known;
    const address = plain(socket.remoteAddress ?? "");
    const peer = { address, isTrusted: trustedProxies.length > 0 && isTrusted(address) };
    // What has closed already has no address; it is asked for no more.
    if (address !== "") peers.set(socket, peer);
    return peer;
  }

  return (request) => {
    const { address: peer, isTrusted: mayForward } = peerOf(request.socket);
    if (peer === "") return null;
    if (!mayForward) {
      if (request.headers["x-forwarded-for"] !== undefined) onDisbelief(peer);
      return peer;
    }
    const forwardedFor = request.headers["x-forwarded-for"];
    if (forwardedFor === undefined) return peer;
    const forwarded = [forwardedFor].flat().join(",").split(",");
    for (const hop of forwarded.reverse()) {
      const address = plain(hop.trim());
      if (isIP(address) === 0) break;
      if (!isTrusted(address)) return address;
    }
    return peer;
  };
}

/** Without a port, and an IPv4 address that a dual-stack socket shows as IPv6 as itself. */
const plain = (text: string): string =>
  text
    .replace(/^\[([^\]]*)\](:[0-9]+)?$/, "$1")
    .replace(/^([0-9.]+):[0-9]+$/, "$1")
    .replace(/^::ffff:(?=[0-9.]+$)/i, "");
