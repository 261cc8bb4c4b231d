/** The domain that an app's cookies are set on: what counts as one, and which pages belong to it. */

export type CookieDomainInput =
  | { readonly kind: "domain"; readonly domain: string }
  /** `message` says what to type instead, where there is something. */
  | { readonly kind: "refused"; readonly message: string };

/**
 * Reads what somebody typed as domain root: lower case, ASCII, without protocol, `www`, port, path or
 * trailing dot. `rootOf` answers the registrable domain of a host name by the Public Suffix List, and
 * null for a public suffix.
 */
export function readCookieDomain(
  input: string,
  rootOf: (host: string) => string | null,
): CookieDomainInput {
  const text = input.trim();
  if (text === "") return refused("Type the domain root of your app, such as example.com.");
  const shown = `"${text.slice(0, 100)}"`;
  const host = hostIn(text);
  if (host === null) return refused(`${shown} is not a domain name. ${EXAMPLE}`);
  if (isAddress(host)) {
    return refused(
      `${shown} is an IP address, and cookies of a domain need a domain name. ${EXAMPLE}`,
    );
  }
  const problem = nameProblem(host);
  if (problem !== null) return refused(`${shown} ${problem} ${EXAMPLE}`);
  if (!host.includes(".")) {
    return refused(
      `${shown} is a name that only local machines know. For localhost use a development app, whose cookies the browser SDK sets; here, type a domain that you own, such as example.com.`,
    );
  }
  const domain = rootOf(host);
  if (domain === null) {
    return refused(
      `${shown} is a public suffix: the names below it belong to many owners, so browsers refuse cookies on it. Type a domain below it that is yours, such as example.${host}.`,
    );
  }
  if (text.toLowerCase() === domain) return { kind: "domain", domain };
  return refused(`Type ${domain} instead of ${shown}: ${superfluous(text, host, domain)}.`);
}

/** `https` pages of the domain and of its subdomains, at any depth and port. `origin` as browsers send it. */
export function originAllowedByDomain(
  { domain }: { readonly domain: string },
  origin: string,
): boolean {
  const host = /^https:\/\/([a-z0-9.-]+)(:[0-9]{1,5})?$/.exec(origin)?.[1];
  return host !== undefined && (host === domain || host.endsWith(`.${domain}`));
}

const EXAMPLE = "Type the domain root of your app, such as example.com.";
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
/** `_acme-challenge.privy.` goes in front, and a name has at most 253 characters (RFC 1035 section 2.3.4). */
const MAX_LENGTH = 231;

const refused = (message: string): CookieDomainInput => ({ kind: "refused", message });

/** As browsers would read it, in ASCII and without the dots around. */
function hostIn(text: string): string | null {
  const name = text.replace(SCHEME, "").replace(/^\*?\.+/, "");
  const url = /[\s\\]/.test(name) ? null : URL.parse(`https://${name}`);
  return url && url.hostname !== "" ? url.hostname.replace(/\.+$/, "") : null;
}

function isAddress(host: string): boolean {
  return host.startsWith("[") || /^[0-9]+(\.[0-9]+){3}$/.test(host);
}

function nameProblem(host: string): string | null {
  if (host.length > MAX_LENGTH) return `is longer than the ${MAX_LENGTH} characters possible.`;
  const wrong = host
    .split(".")
    .find((label) => !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label));
  if (wrong === undefined) return null;
  return wrong === ""
    ? "has two dots in a row."
    : `has the part "${wrong.slice(0, 70)}", which no host name has: parts are letters, digits and hyphens, at most 63.`;
}

/** What makes `text` other than the domain root, in words. */
function superfluous(text: string, host: string, domain: string): string {
  const rest = text.replace(SCHEME, "");
  const found = [
    rest !== text && "leave out the protocol",
    rest.includes("@") && "leave out the user name",
    /^\*?\./.test(rest) && "cookies reach every subdomain anyway",
    /:[0-9]+([/?#]|$)/.test(rest) && "cookies belong to all ports",
    /[/?#]/.test(rest) && "leave out what follows the name",
    /^[^/?#:]*\.([/?#:]|$)/.test(rest) && "without the dot at the end",
    /[^ -~]/.test(rest) && "DNS and browsers write the name in ASCII",
    host !== domain && (host === `www.${domain}` ? "leave out www" : SUBDOMAIN),
  ].filter((words) => words !== false);
  return found.length > 0 ? found.join(", ") : "that is how browsers write it";
}

const SUBDOMAIN =
  "it is the domain root that counts, because the cookies are set there and reach every subdomain";
