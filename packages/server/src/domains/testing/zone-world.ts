/** DNS in memory: zones written as text, and resolvers that fail in every way that they can. */
import type { CaaProperty, DnsRecord, DnsType, Lookup } from "@latchkey/core/domains/observation";
import type { Dns } from "../dns.ts";

/** How a server answers other than by what the zones hold. */
export interface ServerFault {
  /** Never answers. */
  readonly isSilent?: boolean;
  /** Takes so long for each answer. */
  readonly delayMs?: number;
  /** Refuses everything. */
  readonly refuses?: boolean;
  /** SERVFAIL for names that end so, whatever is asked. */
  readonly fails?: string;
  /** SERVFAIL for names that end so, unless checking is disabled: DNSSEC is broken there. */
  readonly bogus?: string;
  /** SERVFAIL for questions of this type. */
  readonly failsType?: DnsType;
  /** What this server holds or remembers, instead of the world's own zones. */
  readonly zones?: string;
}

export interface ZoneWorld {
  /** Changed while a test runs, it is what is true from then on. */
  zones: string;
  servers: Record<string, ServerFault>;
  readonly dns: Dns;
  /** Questions asked so far. */
  asked: number;
}

/** One record a line: `name type value`, names whole; `*` as leftmost label matches as in DNS. */
export function openZoneWorld(
  zones: string,
  servers: Record<string, ServerFault> = { "192.0.2.53": {} },
): ZoneWorld {
  const resolvers = Object.keys(servers).filter((name) => !name.startsWith("source "));
  const world: ZoneWorld = {
    zones,
    servers,
    asked: 0,
    dns: {
      servers: resolvers,
      async ask(server, { name, type }, { recursion, checkingDisabled, signal }) {
        world.asked++;
        const fault = world.servers[recursion ? server : `source ${server}`] ?? {};
        if (fault.isSilent) return silence(signal);
        if (fault.delayMs !== undefined && !(await passes(fault.delayMs, signal))) return LATE;
        if (fault.refuses) return { kind: "failed", reason: "refused" };
        const broken = fault.fails !== undefined && isBelow(name, fault.fails);
        const bogus = fault.bogus !== undefined && isBelow(name, fault.bogus) && !checkingDisabled;
        if (broken || bogus || fault.failsType === type) {
          return { kind: "failed", reason: "server_failure" };
        }
        return answer(readZones(fault.zones ?? world.zones), name, type);
      },
    },
  };
  return world;
}

const LATE: Lookup = { kind: "failed", reason: "timeout" };

/** False when the signal aborts first. */
function passes(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(false);
    setTimeout(resolve, ms, true);
    signal.addEventListener("abort", () => resolve(false), { once: true });
  });
}

function silence(signal: AbortSignal): Promise<Lookup> {
  return new Promise((resolve) => {
    const giveUp = () => resolve(LATE);
    if (signal.aborted) giveUp();
    else signal.addEventListener("abort", giveUp, { once: true });
  });
}

const isBelow = (name: string, above: string): boolean =>
  name === above || name.endsWith(`.${above}`);

const TTL = 300;
const NEGATIVE_TTL = 900;

function readZones(text: string): DnsRecord[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => {
      const [, name = "", type = "", value = ""] = /^(\S+) +([A-Z]+) +(.*)$/.exec(line) ?? [];
      const base = { name: name.toLowerCase(), ttl: TTL };
      if (type === "CAA") return { ...base, type, value: readCaa(value) };
      return { ...base, type: type as Exclude<DnsType, "CAA">, value };
    });
}

function readCaa(text: string): CaaProperty {
  const [, flags, tag = "", value = ""] = /^(\d+) (\S+) "(.*)"$/.exec(text) ?? [];
  return { flags: Number(flags), tag, value };
}

/** RFC 1034 section 4.3.2, wildcards by RFC 4592; a fork of aliases is handed out as it is. */
function answer(zones: readonly DnsRecord[], name: string, type: DnsType): Lookup {
  const records: DnsRecord[] = [];
  for (let at = name, hops = 0; hops < 9; hops++) {
    const here = recordsAt(zones, at);
    const found = here.filter((record) => record.type === type);
    records.push(...found);
    if (found.length > 0) return { kind: "found", records };
    const aliases = here.filter((record) => record.type === "CNAME");
    const [alias] = aliases;
    if (alias?.type !== "CNAME") {
      const exists = records.length > 0 || here.length > 0 || hasBelow(zones, at);
      return { kind: "absent", nameExists: exists, records, ttl: NEGATIVE_TTL };
    }
    records.push(...aliases);
    at = alias.value;
  }
  return { kind: "failed", reason: "server_failure" };
}

function recordsAt(zones: readonly DnsRecord[], name: string): DnsRecord[] {
  const exact = zones.filter((record) => record.name === name);
  if (exact.length > 0 || hasBelow(zones, name)) return exact;
  for (let at = name; at.includes("."); ) {
    at = at.slice(at.indexOf(".") + 1);
    const wild = zones.filter((record) => record.name === `*.${at}`);
    if (wild.length > 0) return wild.map((record) => ({ ...record, name }));
    // The closest name that exists decides (RFC 4592 section 3.3.1).
    if (zones.some((record) => record.name === at) || hasBelow(zones, at)) return [];
  }
  return [];
}

const hasBelow = (zones: readonly DnsRecord[], name: string): boolean =>
  zones.some((record) => record.name.endsWith(`.${name}`));
