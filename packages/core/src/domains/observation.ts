/** What was seen in DNS about one domain, before anything is concluded from it. */

/** RFC 8659 section 4.1; `flags` is the whole byte. */
export interface CaaProperty {
  readonly flags: number;
  readonly tag: string;
  readonly value: string;
}

/** Names are lower case without the dot at the end; `ttl` in seconds; TXT strings are joined. */
export type DnsRecord =
  | {
      readonly type: "A" | "AAAA" | "CNAME" | "NS" | "TXT";
      readonly name: string;
      readonly ttl: number;
      readonly value: string;
    }
  | {
      readonly type: "CAA";
      readonly name: string;
      readonly ttl: number;
      readonly value: CaaProperty;
    };

export type DnsType = DnsRecord["type"];

/** One question's outcome. Only the first two say anything about the domain. */
export type Lookup =
  /** The answer, aliases on the way included (RFC 1034 section 4.3.2). */
  | { readonly kind: "found"; readonly records: readonly DnsRecord[] }
  | {
      readonly kind: "absent";
      /** False: NXDOMAIN. */
      readonly nameExists: boolean;
      /** Aliases that led to nothing. */
      readonly records: readonly DnsRecord[];
      /** Seconds for which caches go on saying so (RFC 2308 section 5); null when not told. */
      readonly ttl: number | null;
    }
  | { readonly kind: "failed"; readonly reason: LookupFailure };

/** `server_failure` is the resolver's own SERVFAIL; the others came from no resolver at all, or a broken one. */
export type LookupFailure = "timeout" | "unreachable" | "refused" | "server_failure" | "malformed";

/** The names that decide, as one resolver sees them. */
export interface ResolverView {
  readonly server: string;
  /** CNAME, A and AAAA of the session host. */
  readonly cname: Lookup;
  readonly a: Lookup;
  readonly aaaa: Lookup;
  /** TXT of the ownership name. */
  readonly txt: Lookup;
  /** CNAME of the `_acme-challenge` name. */
  readonly challenge: Lookup;
}

/** Asked where the records are not where they belong. */
export interface MisplacedRecords {
  /** CNAME of the domain root. */
  readonly rootCname: Lookup;
  /** TXT of the domain root. */
  readonly rootTxt: Lookup;
  /** CNAME of the session host with the domain once more behind it. */
  readonly doubledCname: Lookup;
  /** TXT of the ownership name with the domain once more behind it. */
  readonly doubledTxt: Lookup;
  /** CNAME of a name below the domain that nobody has. */
  readonly anyCname: Lookup;
}

export interface DomainObservation {
  readonly views: readonly ResolverView[];
  /** CAA of the session host, then of each of its parents. */
  readonly caa: readonly { readonly name: string; readonly lookup: Lookup }[];
  /** CAA of the target, which counts once the session host leads there. */
  readonly targetCaa: Lookup;
  /** NS of the domain. */
  readonly nameservers: Lookup;
  /** NS of the session host: found when it is a zone of its own. */
  readonly delegation: Lookup;
  /** Whether what failed is answered once DNSSEC is not checked; null when nothing failed. */
  readonly answersUnchecked: boolean | null;
  /** The domain's own name servers; null when nothing called for asking them. */
  readonly authoritative: Pick<ResolverView, "cname" | "a" | "aaaa" | "txt"> | null;
  readonly misplaced: MisplacedRecords | null;
  /** Addresses of the name that the CNAME should lead to. */
  readonly target: { readonly a: Lookup; readonly aaaa: Lookup };
  /** Addresses of the deployment's public host. */
  readonly publicHost: { readonly a: Lookup; readonly aaaa: Lookup };
}

/** Where `name` leads by the aliases in `records`, `name` first. Ends at a loop or a fork. */
export function aliasChain(name: string, records: readonly DnsRecord[]): string[] {
  const chain = [name];
  for (let at = name; ; ) {
    const next = valuesAt(at, "CNAME", records);
    const [only] = next;
    if (next.length !== 1 || only === undefined || chain.includes(only)) return chain;
    chain.push(only);
    at = only;
  }
}

/** Distinct values of `type` that belong to `name` itself. */
export function valuesAt(
  name: string,
  type: Exclude<DnsType, "CAA">,
  records: readonly DnsRecord[],
): string[] {
  const values = records.flatMap((record) =>
    record.type === type && record.name === name ? [record.value] : [],
  );
  return [...new Set(values)];
}

/** All that an answer holds; nothing of a failed one. */
export function recordsOf(lookup: Lookup): readonly DnsRecord[] {
  return lookup.kind === "failed" ? [] : lookup.records;
}
