/** What is wrong with a configured value, in words that follow its name, or null. None shows it. */

export function publicUrlProblem(text: string): string | null {
  const url = parse(text);
  if (!url) return "must be a URL such as https://sessions.example.com";
  if (url.protocol !== "https:") return "must begin with https://, because sessions travel over it";
  const isOrigin = url.origin === text.replace(/\/$/, "");
  return isOrigin ? null : "must have no path, query or user";
}

export function databaseUrlProblem(text: string): string | null {
  if (/^postgres(ql)?:\/\//.test(text)) {
    const url = parse(text);
    if (!url) {
      return "is no URL: write special characters of the password as %-codes (an @ is %40, a / is %2F)";
    }
    if (url.hostname === "" && !url.searchParams.has("host")) return "names no host";
    if (url.pathname.length <= 1)
      return "names no database: postgres://user:password@host/database";
    return isOnThisMachine(url) ? null : sslmodeProblem(url);
  }
  const path = /^sqlite:(.*)$/s.exec(text)?.[1];
  if (path === undefined || path === "" || path.startsWith("//")) {
    return "must be postgres://user:password@host/database or sqlite:/path/to/file";
  }
  return path === ":memory:"
    ? "must be a file: a database in memory loses every session when the server restarts"
    : null;
}

/** As pg reads it: a `host` in the query comes before the URL's own, and a path is a socket's. */
function isOnThisMachine(url: URL): boolean {
  const host = url.searchParams.getAll("host").at(-1) || url.hostname;
  return /^((\/|%2f).*|localhost|127(\.[0-9]{1,3}){3}|\[?::1\]?)$/i.test(host);
}

/** Without one, pg speaks in the clear; an unknown one may mean anything in its next version. */
function sslmodeProblem(url: URL): string | null {
  const mode = url.searchParams.getAll("sslmode").at(-1);
  if (mode && SSL_MODES.includes(mode)) return null;
  const found = mode
    ? "names an sslmode that there is not"
    : "names another machine and no sslmode";
  return `${found}: add ?sslmode=verify-full (TLS, with &sslrootcert=/path/to/ca.pem for a CA of your own), or ?sslmode=disable to send everything in the clear over a network that you trust`;
}

/** What pg 8 knows: all but the first two verify the server's certificate and name. */
const SSL_MODES = ["disable", "no-verify", "prefer", "require", "verify-ca", "verify-full"];

export function smtpUrlProblem(text: string): string | null {
  if (!/^smtps?:\/\//.test(text)) return "must begin with smtp:// or smtps://";
  const url = parse(text);
  if (!url) {
    return "is no URL: write special characters of the password as %-codes (an @ is %40, a / is %2F)";
  }
  return url.hostname === "" ? "names no host" : null;
}

export function senderProblem(text: string): string | null {
  const address = /^[^<>\r\n]*<([^<>]*)>$/.exec(text)?.[1] ?? text;
  const isAddress = /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(address);
  return isAddress ? null : "must be an address such as Example <sign-in@example.com>";
}

/** An address, or one with the number of bits that make its network. */
export function networkProblem(text: string): string | null {
  const [address = "", bits, more] = text.split("/");
  const most = isIpv4(address) ? 32 : isIpv6(address) ? 128 : -1;
  const length = bits === undefined ? most : /^[0-9]{1,3}$/.test(bits) ? Number(bits) : -1;
  if (more !== undefined || most < 0 || length < 0 || length > most) {
    return "must be addresses or networks such as 10.0.0.0/8, separated by commas";
  }
  return length === 0
    ? "must not be everyone (/0): anyone could then choose the address that limits count"
    : null;
}

/** A zone that CNAME targets are made in. */
export function zoneProblem(text: string): string | null {
  const isName = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/.test(text);
  if (!isName || isIpv4(text)) return "must be a domain name such as cname.example.com";
  return text.length <= 200 ? null : "is too long: names below it would exceed 253 characters";
}

/** An address of a DNS server, with or without a port. */
export function dnsServerProblem(text: string): string | null {
  const [, bracketed, plain] =
    /^(?:\[([^\]]+)\](?::[0-9]{1,5})?|([^:]+)(?::[0-9]{1,5})?)$/.exec(text) ?? [];
  const isAddress = isIpv6(bracketed ?? text) || isIpv4(plain ?? "");
  const port = Number(/(?:\]|^[^:]+):([0-9]+)$/.exec(text)?.[1] ?? 53);
  if (isAddress && port >= 1 && port <= 65_535) return null;
  return "must be addresses such as 9.9.9.9 or [2620:fe::fe]:53, separated by commas";
}

export function directoryUrlProblem(text: string): string | null {
  const url = parse(text);
  if (url?.protocol === "https:") return null;
  return "must be the https address of an ACME directory, such as https://acme-v02.api.letsencrypt.org/directory";
}

function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^[0-9]{1,3}$/.test(part) && +part <= 255);
}

const isIpv6 = (text: string): boolean =>
  /^[0-9a-f:.]+$/i.test(text) && text.includes(":") && parse(`http://[${text}]/`) !== null;

function parse(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
