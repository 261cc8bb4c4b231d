/** Asks DNS all that the doctor needs, side by side, within the time that the signal leaves. */
import { isPrivate } from "@latchkey/core/domains/addresses";
import { diagnose } from "@latchkey/core/domains/diagnose";
import {
  challengeNameOf,
  type DomainExpectation,
  ownershipNameOf,
} from "@latchkey/core/domains/expectation";
import {
  type DnsType,
  type DomainObservation,
  type Lookup,
  type MisplacedRecords,
  type ResolverView,
  recordsOf,
  valuesAt,
} from "@latchkey/core/domains/observation";
import type { Dns, DnsQuestionOptions } from "./dns.ts";

/** More resolvers make a check slower and no surer. */
const MAX_SERVERS = 3;
const MAX_NAME_SERVERS = 4;

export async function observe(
  dns: Dns,
  expected: DomainExpectation,
  signal: AbortSignal,
): Promise<DomainObservation> {
  const asking = ask(dns, signal);
  const { any } = asking;
  const { domain, sessionHost } = expected;
  const [views, caa, targetCaa, nameservers, delegation, target, publicHost] = await Promise.all([
    Promise.all(asking.servers.map((server) => viewOf(asking, server, expected))),
    Promise.all(
      withParents(sessionHost).map(async (name) => ({ name, lookup: await any(name, "CAA") })),
    ),
    any(expected.target, "CAA"),
    any(domain, "NS"),
    any(sessionHost, "NS"),
    addressesOf(asking, expected.target),
    addressesOf(asking, expected.publicHost),
  ]);
  const seen: DomainObservation = {
    views,
    caa,
    targetCaa,
    nameservers,
    delegation,
    target,
    publicHost,
    answersUnchecked: null,
    authoritative: null,
    misplaced: null,
  };
  const { dns: leadsHere, ownership } = diagnose(expected, seen);
  const answersUnchecked = await askUnchecked(asking, views, expected);
  if (leadsHere === "ok" && ownership === "ok") return { ...seen, answersUnchecked };
  const [authoritative, misplaced] = await Promise.all([
    askSource(asking, nameservers, expected),
    lookElsewhere(asking, expected),
  ]);
  return { ...seen, answersUnchecked, authoritative, misplaced };
}

interface Asking {
  readonly servers: readonly string[];
  one(
    server: string,
    name: string,
    type: DnsType,
    options?: Partial<DnsQuestionOptions>,
  ): Promise<Lookup>;
  /** The first resolver that knows; else why the last did not. */
  any(name: string, type: DnsType): Promise<Lookup>;
}

function ask(dns: Dns, signal: AbortSignal): Asking {
  const servers = dns.servers.slice(0, MAX_SERVERS);
  const one: Asking["one"] = (server, name, type, options) =>
    dns.ask(
      server,
      { name, type },
      { recursion: true, checkingDisabled: false, signal, ...options },
    );
  return {
    servers,
    one,
    any: (name, type) => firstConclusive(servers.map((server) => one(server, name, type))),
  };
}

async function firstConclusive(lookups: readonly Promise<Lookup>[]): Promise<Lookup> {
  const failures: Lookup[] = [];
  try {
    return await Promise.any(
      lookups.map(async (pending) => {
        const lookup = await pending;
        if (lookup.kind !== "failed") return lookup;
        failures.push(lookup);
        throw lookup;
      }),
    );
  } catch {
    const told = failures.find(
      (each) => each.kind === "failed" && each.reason === "server_failure",
    );
    return told ?? failures.at(-1) ?? { kind: "failed", reason: "unreachable" };
  }
}

async function viewOf(
  { one }: Asking,
  server: string,
  { domain, sessionHost }: DomainExpectation,
): Promise<ResolverView> {
  const [cname, a, aaaa, txt, challenge] = await Promise.all([
    one(server, sessionHost, "CNAME"),
    one(server, sessionHost, "A"),
    one(server, sessionHost, "AAAA"),
    one(server, ownershipNameOf(domain), "TXT"),
    one(server, challengeNameOf(sessionHost), "CNAME"),
  ]);
  return { server, cname, a, aaaa, txt, challenge };
}

async function addressesOf({ any }: Asking, name: string): Promise<{ a: Lookup; aaaa: Lookup }> {
  const [a, aaaa] = await Promise.all([any(name, "A"), any(name, "AAAA")]);
  return { a, aaaa };
}

/** Whether what a resolver refuses is there for those who do not check DNSSEC. */
async function askUnchecked(
  { one }: Asking,
  views: readonly ResolverView[],
  { domain, sessionHost }: DomainExpectation,
): Promise<boolean | null> {
  for (const { server, cname, txt } of views) {
    const refused = [
      { lookup: cname, name: sessionHost, type: "CNAME" },
      { lookup: txt, name: ownershipNameOf(domain), type: "TXT" },
    ] as const;
    for (const { lookup, name, type } of refused) {
      if (lookup.kind !== "failed" || lookup.reason !== "server_failure") continue;
      const unchecked = await one(server, name, type, { checkingDisabled: true });
      return unchecked.kind !== "failed";
    }
  }
  return null;
}

/** What the domain's own servers hold, which resolvers may not have heard of yet. */
async function askSource(
  { one, any }: Asking,
  nameservers: Lookup,
  { domain, sessionHost }: DomainExpectation,
): Promise<DomainObservation["authoritative"]> {
  const names = valuesAt(domain, "NS", recordsOf(nameservers)).slice(0, MAX_NAME_SERVERS);
  const found = await Promise.all(
    names.map(async (name) => valuesAt(name, "A", recordsOf(await any(name, "A")))[0]),
  );
  // The domain chooses these addresses: none inside our own network is asked.
  const servers = found.flatMap((address) =>
    address === undefined || isPrivate(address) ? [] : [address],
  );
  if (servers.length === 0) return null;
  const source = (name: string, type: DnsType) =>
    firstConclusive(servers.map((server) => one(server, name, type, { recursion: false })));
  const [cname, a, aaaa, txt] = await Promise.all([
    source(sessionHost, "CNAME"),
    source(sessionHost, "A"),
    source(sessionHost, "AAAA"),
    source(ownershipNameOf(domain), "TXT"),
  ]);
  return { cname, a, aaaa, txt };
}

async function lookElsewhere(
  { any }: Asking,
  { domain, sessionHost }: DomainExpectation,
): Promise<MisplacedRecords> {
  const [rootCname, rootTxt, doubledCname, doubledTxt, anyCname] = await Promise.all([
    any(domain, "CNAME"),
    any(domain, "TXT"),
    any(`${sessionHost}.${domain}`, "CNAME"),
    any(`${ownershipNameOf(domain)}.${domain}`, "TXT"),
    // Nobody sets this name: what answers for it is a wildcard.
    any(`latchkey-nobody.${domain}`, "CNAME"),
  ]);
  return { rootCname, rootTxt, doubledCname, doubledTxt, anyCname };
}

/** The name and all above it, the top-level domain last. */
function withParents(name: string): string[] {
  const labels = name.split(".");
  return labels.map((_, index) => labels.slice(index).join("."));
}
