/** Whether the session host leads to this deployment, as one resolver sees it. */
import { isCloudflare, isPrivate, sameAddress } from "./addresses.ts";
import { type DomainExpectation, isOwnHost } from "./expectation.ts";
import {
  aliasChain,
  type DnsRecord,
  type DomainObservation,
  type Lookup,
  type ResolverView,
  recordsOf,
  valuesAt,
} from "./observation.ts";
import type { Verdict } from "./report.ts";

/** What one resolver says about one record. */
export interface Examined {
  readonly status: "ok" | "bad" | "unknown";
  readonly verdict: Verdict | null;
  readonly seen: readonly string[];
}

const UNKNOWN: Examined = { status: "unknown", verdict: null, seen: [] };

type HostView = Pick<ResolverView, "cname" | "a" | "aaaa">;

export function examineCname(
  view: HostView,
  expected: DomainExpectation,
  { target }: Pick<DomainObservation, "target">,
): Examined {
  const { sessionHost } = expected;
  const records = [view.cname, view.a, view.aaaa].flatMap(recordsOf);
  const aliases = valuesAt(sessionHost, "CNAME", records);
  const addresses = {
    a: valuesAt(sessionHost, "A", records),
    aaaa: valuesAt(sessionHost, "AAAA", records),
  };
  const direct = [...addresses.a, ...addresses.aaaa];
  if (isOwnHost(expected)) return examineOwnHost(view, records);
  if (aliases.length > 1) return bad("cname_duplicate", aliases);
  const [alias] = aliases;
  if (alias !== undefined) {
    const chain = aliasChain(sessionHost, records);
    if (!chain.includes(expected.target))
      return bad(wrongAlias(alias, chain, expected, records), aliases);
    // Some servers hand out an address beside the alias (against RFC 1034 section 3.6.2).
    const elsewhere = addresses.aaaa.some((address) => !isOneOf(address, target.aaaa));
    if (elsewhere) return bad("aaaa_elsewhere", addresses.aaaa);
    return { status: "ok", verdict: null, seen: aliases };
  }
  if (view.cname.kind === "failed" && direct.length === 0) return UNKNOWN;
  if (direct.length === 0) {
    const silent = view.a.kind === "failed" && view.aaaa.kind === "failed";
    return silent ? UNKNOWN : bad("cname_missing", []);
  }
  return examineAddresses(addresses, expected, target);
}

/** Any address will do: it is the operator who set it. */
function examineOwnHost({ a, aaaa }: HostView, records: readonly DnsRecord[]): Examined {
  const seen = records.flatMap(({ type, value }) =>
    (type === "A" || type === "AAAA") && typeof value === "string" ? [value] : [],
  );
  if (seen.length > 0) return { status: "ok", verdict: null, seen };
  const silent = a.kind === "failed" && aaaa.kind === "failed";
  return silent ? UNKNOWN : bad("target_unresolved", []);
}

/** Without a visible alias: a provider may have put the target's addresses in its place. */
function examineAddresses(
  { a, aaaa }: { readonly a: readonly string[]; readonly aaaa: readonly string[] },
  { wasVerified }: DomainExpectation,
  target: DomainObservation["target"],
): Examined {
  const seen = [...a, ...aaaa];
  const hereByA = a.length > 0 && a.every((address) => isOneOf(address, target.a));
  const hereByAaaa = aaaa.every((address) => isOneOf(address, target.aaaa));
  if (hereByA && hereByAaaa) return { status: "ok", verdict: "cname_flattened", seen };
  if (seen.every(isCloudflare)) {
    return { status: wasVerified ? "ok" : "bad", verdict: "proxied_by_cloudflare", seen };
  }
  if (hereByA) return bad("aaaa_elsewhere", aaaa);
  return bad("address_instead_of_cname", seen);
}

function wrongAlias(
  alias: string,
  chain: readonly string[],
  { domain, sessionHost, target, zone, publicHost }: DomainExpectation,
  records: readonly DnsRecord[],
): Verdict {
  const last = chain.at(-1) ?? alias;
  if (valuesAt(last, "CNAME", records).some((next) => chain.includes(next))) return "cname_loop";
  if (alias === `${target}.${domain}` || alias === `${target}.${sessionHost}`) {
    return "cname_doubled_target";
  }
  if (zone !== null && alias.endsWith(`.${zone}`)) return "cname_old_target";
  if (zone !== null && last === publicHost) return "cname_public_host";
  return "cname_wrong";
}

function isOneOf(address: string, lookup: Lookup): boolean {
  return recordsOf(lookup).some(
    ({ type, value }) =>
      (type === "A" || type === "AAAA") && typeof value === "string" && sameAddress(value, address),
  );
}

/** Words for addresses that nobody outside reaches; empty otherwise. */
export function privateWords(seen: readonly string[]): string {
  return seen.some(isPrivate) ? " Browsers outside your network cannot reach that address." : "";
}

const bad = (verdict: Verdict, seen: readonly string[]): Examined => ({
  status: "bad",
  verdict,
  seen,
});
