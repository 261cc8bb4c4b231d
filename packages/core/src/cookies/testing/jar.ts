/** A browser's cookie store as far as these cookies need it: domain, host-only flag, path, removal. */
export interface JarCookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly hostOnly: boolean;
  readonly path: string;
  readonly attributes: readonly string[];
}

export function createJar() {
  const stored = new Map<string, JarCookie>();

  /** RFC 6265bis section 5.7. */
  function receive(host: string, lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = "", ...attributes] = line.split("; ");
      const [name = "", value = ""] = pair.split("=");
      const read = (label: string) =>
        attributes.find((each) => each.startsWith(`${label}=`))?.slice(label.length + 1);
      const domain = read("Domain") ?? host;
      const hostOnly = read("Domain") === undefined;
      const path = read("Path") ?? "/";
      if (!isWithin(host, domain) || !domain.includes(".")) continue;
      const key = [name, domain, hostOnly, path].join();
      if (read("Max-Age") === "0") stored.delete(key);
      else stored.set(key, { name, value, domain, hostOnly, path, attributes });
    }
  }

  const sentTo = (host: string, at: string): JarCookie[] =>
    [...stored.values()].filter(
      ({ domain, hostOnly, path }) =>
        (hostOnly ? host === domain : isWithin(host, domain)) &&
        (path === "/" || at === path || at.startsWith(`${path}/`)),
    );

  return {
    receive,
    sentTo,
    header: (host: string, at: string) =>
      sentTo(host, at)
        .map(({ name, value }) => `${name}=${value}`)
        .join("; "),
    all: () => [...stored.values()],
  };
}

const isWithin = (host: string, domain: string) => host === domain || host.endsWith(`.${domain}`);
