/** Networks that Cloudflare's proxy answers from, as it publishes them (cloudflare.com/ips). */
const CLOUDFLARE = [
  "173.245.48.0/20",
  "103.21.244.0/22",
  "103.22.200.0/22",
  "103.31.4.0/22",
  "141.101.64.0/18",
  "108.162.192.0/18",
  "190.93.240.0/20",
  "188.114.96.0/20",
  "197.234.240.0/22",
  "198.41.128.0/17",
  "162.158.0.0/15",
  "104.16.0.0/13",
  "104.24.0.0/14",
  "172.64.0.0/13",
  "131.0.72.0/22",
  "2400:cb00::/32",
  "2606:4700::/32",
  "2803:f800::/32",
  "2405:b500::/32",
  "2405:8100::/32",
  "2a06:98c0::/29",
  "2c0f:f248::/32",
].map(readNetwork);

/**
 * Networks that no visitor from elsewhere reaches (RFC 1918, 6598, 3927, 4193, 4291, loopback; RFC 6890;
 * multicast and broadcast, RFC 1112, RFC 919).
 */
const PRIVATE = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "127.0.0.0/8",
  "0.0.0.0/8",
  "192.0.0.0/24",
  "198.18.0.0/15",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "::1/128",
  "::/128",
  "fc00::/7",
  "fe80::/10",
  "ff00::/8",
].map(readNetwork);

export const isCloudflare = (address: string): boolean => isIn(CLOUDFLARE, address);

export const isPrivate = (address: string): boolean => isIn(PRIVATE, address);

/** Two spellings of one IPv6 address are the same. */
export function sameAddress(one: string, other: string): boolean {
  const bytes = readAddress(one);
  const others = readAddress(other);
  return bytes !== null && others !== null && startsWith(bytes, others, others.length * 8);
}

interface Network {
  readonly bytes: readonly number[];
  readonly bits: number;
}

function isIn(networks: readonly Network[], address: string): boolean {
  const bytes = readAddress(address);
  return (
    bytes !== null && networks.some((network) => startsWith(bytes, network.bytes, network.bits))
  );
}

function startsWith(bytes: readonly number[], prefix: readonly number[], bits: number): boolean {
  if (bytes.length !== prefix.length) return false;
  return prefix.every((byte, index) => {
    const left = Math.min(8, Math.max(0, bits - index * 8));
    const mask = (0xff << (8 - left)) & 0xff;
    return ((bytes[index] ?? 0) & mask) === (byte & mask);
  });
}

function readNetwork(text: string): Network {
  const [address = "", bits] = text.split("/");
  return { bytes: readAddress(address) ?? [], bits: Number(bits) };
}

/** 4 or 16 bytes; null when it is no address. */
function readAddress(text: string): number[] | null {
  if (/^[0-9]{1,3}(\.[0-9]{1,3}){3}$/.test(text)) return text.split(".").map(Number);
  const hostname = text.includes(":") ? URL.parse(`http://[${text}]/`)?.hostname : undefined;
  if (hostname === undefined) return null;
  const [head = "", tail] = hostname.slice(1, -1).split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":"));
  const front = groups(head);
  const back = tail === undefined ? [] : groups(tail);
  const zeros = Array<string>(8 - front.length - back.length).fill("0");
  return [...front, ...zeros, ...back].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
