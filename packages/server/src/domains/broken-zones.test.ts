import { diagnose } from "@latchkey/core/domains/diagnose";
import type { DomainExpectation } from "@latchkey/core/domains/expectation";
import { issuerOfDirectory } from "@latchkey/core/domains/issuers";
import type { DomainReport, Verdict } from "@latchkey/core/domains/report";
import { describe, expect, test } from "vitest";
import { observe } from "./observe.ts";
import { openZoneWorld, type ServerFault } from "./testing/zone-world.ts";

const TOKEN = "k2v7c5x4q6w3";
const LETS_ENCRYPT = issuerOfDirectory("https://acme-v02.api.letsencrypt.org/directory");

const EXPECTED: DomainExpectation = {
  domain: "example.com",
  sessionHost: "privy.example.com",
  target: "label7.cname.sessions.example",
  zone: "cname.sessions.example",
  publicHost: "sessions.example",
  ownershipToken: TOKEN,
  challengeTarget: "label7.acme.sessions.example",
  wasVerified: false,
  issuer: LETS_ENCRYPT,
};
const WITHOUT_ZONE = { target: "sessions.example", zone: null, challengeTarget: null };
const VERIFIED = { wasVerified: true };

/** The operator's own names. */
const OURS = `
  sessions.example A 203.0.113.7
  sessions.example AAAA 2001:db8:7::7
  *.cname.sessions.example CNAME sessions.example`;
const DELEGATED = `
  example.com NS ns1.dns.example
  ns1.dns.example A 203.0.113.53`;
const CNAME = "privy.example.com CNAME label7.cname.sessions.example";
const TXT = `_latchkey.example.com TXT latchkey-verify=${TOKEN}`;
const BASE = `${OURS}${DELEGATED}`;
const GOOD = `${BASE}\n${CNAME}\n${TXT}`;

interface Case {
  readonly zones: string;
  readonly servers?: Record<string, ServerFault>;
  readonly expected?: Partial<DomainExpectation>;
  /** Verdicts, the gravest first, as `severity verdict`. */
  readonly finds: readonly `${"error" | "warning" | "info"} ${Verdict}`[];
  readonly dns?: DomainReport["dns"];
  readonly ownership?: DomainReport["ownership"];
  /** What a sentence says. */
  readonly says?: readonly string[];
  /** Values of records to paste. */
  readonly pastes?: readonly string[];
}

const two = (first: ServerFault, second: ServerFault) => ({
  "192.0.2.53": first,
  "198.51.100.53": second,
});
const ok = { dns: "ok", ownership: "ok" } as const;
const bad = { dns: "bad", ownership: "ok" } as const;
const txtBad = { dns: "ok", ownership: "bad" } as const;

const CASES: Record<string, Case> = {
  "both records are right": { zones: GOOD, finds: [], ...ok },
  "the CNAME leads here over another alias": {
    zones: `${BASE}\n${TXT}
      privy.example.com CNAME sessions.corp.example
      sessions.corp.example CNAME label7.cname.sessions.example`,
    finds: [],
    ...ok,
  },
  "without a zone the CNAME leads to the public host": {
    zones: `${BASE}\n${TXT}\nprivy.example.com CNAME sessions.example`,
    expected: WITHOUT_ZONE,
    finds: [],
    ...ok,
  },

  // The CNAME.
  "nothing is set": {
    zones: BASE,
    finds: ["error cname_missing", "error txt_missing"],
    dns: "bad",
    ownership: "bad",
    says: ["Set privy.example.com as CNAME to label7.cname.sessions.example"],
    pastes: ["label7.cname.sessions.example", `latchkey-verify=${TOKEN}`],
  },
  "only the TXT is set": { zones: `${BASE}\n${TXT}`, finds: ["error cname_missing"], ...bad },
  "the CNAME points to another service": {
    zones: `${BASE}\n${TXT}\nprivy.example.com CNAME other.vendor.example`,
    finds: ["error cname_wrong"],
    ...bad,
    says: ["points to other.vendor.example, not to label7.cname.sessions.example"],
  },
  "the CNAME points to a name that is one letter off": {
    zones: `${BASE}\n${TXT}\nprivy.example.com CNAME label7.cname.session.example`,
    finds: ["error cname_wrong"],
    ...bad,
  },
  "there are two CNAMEs, one right": {
    zones: `${GOOD}\nprivy.example.com CNAME other.vendor.example`,
    finds: ["error cname_duplicate"],
    ...bad,
    says: ["Delete all but the one to label7.cname.sessions.example"],
  },
  "there are two CNAMEs, both wrong": {
    zones: `${BASE}\n${TXT}\nprivy.example.com CNAME a.example\nprivy.example.com CNAME b.example`,
    finds: ["error cname_duplicate"],
    ...bad,
  },
  "the CNAME points to itself": {
    zones: `${BASE}\n${TXT}\nprivy.example.com CNAME privy.example.com`,
    finds: ["error cname_loop"],
    ...bad,
  },
  "the CNAME goes round in a circle": {
    zones: `${BASE}\n${TXT}\nprivy.example.com CNAME a.example.com\na.example.com CNAME privy.example.com`,
    finds: ["error cname_wrong"],
    ...bad,
  },
  "the provider added the domain to the CNAME's value": {
    zones: `${BASE}\n${TXT}\nprivy.example.com CNAME label7.cname.sessions.example.example.com`,
    finds: ["error cname_doubled_target"],
    ...bad,
    says: ["label7.cname.sessions.example."],
  },
  "the provider added the domain to the CNAME's name": {
    zones: `${BASE}\n${TXT}\nprivy.example.com.example.com CNAME label7.cname.sessions.example`,
    finds: ["error cname_doubled_name"],
    ...bad,
    says: ['Type only "privy"'],
  },
  "the CNAME was set at the root": {
    zones: `${OURS}\n${TXT}\nexample.com CNAME label7.cname.sessions.example`,
    finds: ["error cname_at_root"],
    ...bad,
  },
  "the CNAME points to the public host instead of the app's own name": {
    zones: `${BASE}\n${TXT}\nprivy.example.com CNAME sessions.example`,
    finds: ["error cname_public_host"],
    ...bad,
  },
  "the CNAME points to the name of an earlier claim": {
    zones: `${BASE}\n${TXT}\nprivy.example.com CNAME label3.cname.sessions.example`,
    finds: ["error cname_old_target"],
    ...bad,
  },
  "a wildcard answers for the session host": {
    zones: `${BASE}\n${TXT}\n*.example.com CNAME pages.vendor.example`,
    finds: ["error cname_from_wildcard"],
    ...bad,
    says: ["Leave the wildcard"],
  },
  "a wildcard happens to lead here": {
    zones: `${BASE}\n${TXT}\n*.example.com CNAME label7.cname.sessions.example`,
    finds: [],
    ...ok,
  },
  "a wildcard with an address answers for the session host": {
    zones: `${BASE}\n${TXT}\n*.example.com A 198.51.100.9`,
    finds: ["error address_instead_of_cname"],
    ...bad,
  },
  "an A record stands in the CNAME's place": {
    zones: `${BASE}\n${TXT}\nprivy.example.com A 198.51.100.9`,
    finds: ["error address_instead_of_cname"],
    ...bad,
    says: ["198.51.100.9", "Delete these A and AAAA records"],
  },
  "only an AAAA record stands in the CNAME's place": {
    zones: `${BASE}\n${TXT}\nprivy.example.com AAAA 2001:db8:9::9`,
    finds: ["error address_instead_of_cname"],
    ...bad,
  },
  "the address is one of a private network": {
    zones: `${BASE}\n${TXT}\nprivy.example.com A 10.0.0.9`,
    finds: ["error address_instead_of_cname"],
    ...bad,
    says: ["outside your network"],
  },
  "the name exists with other records only": {
    zones: `${BASE}\n${TXT}\nprivy.example.com TXT hello`,
    finds: ["error cname_missing"],
    ...bad,
  },
  "the provider flattens the CNAME": {
    zones: `${BASE}\n${TXT}\nprivy.example.com A 203.0.113.7\nprivy.example.com AAAA 2001:DB8:7:0::7`,
    finds: ["warning cname_flattened"],
    ...ok,
  },
  "the provider flattens the CNAME to IPv4 alone": {
    zones: `${BASE}\n${TXT}\nprivy.example.com A 203.0.113.7`,
    finds: ["warning cname_flattened"],
    ...ok,
  },
  "the A record leads here and the AAAA elsewhere": {
    zones: `${BASE}\n${TXT}\nprivy.example.com A 203.0.113.7\nprivy.example.com AAAA 2001:db8:9::9`,
    finds: ["error aaaa_elsewhere"],
    ...bad,
    says: ["2001:db8:9::9", "Delete the AAAA records"],
  },
  "an AAAA record stands beside the CNAME": {
    zones: `${GOOD}\nprivy.example.com AAAA 2001:db8:9::9`,
    finds: ["error aaaa_elsewhere"],
    ...bad,
  },
  "one of two A records leads elsewhere": {
    zones: `${BASE}\n${TXT}\nprivy.example.com A 203.0.113.7\nprivy.example.com A 198.51.100.9`,
    finds: ["error address_instead_of_cname"],
    ...bad,
  },
  "the session host is a zone of its own": {
    zones: `${BASE}\n${TXT}\nprivy.example.com NS ns1.elsewhere.example`,
    finds: ["error session_host_delegated"],
    ...bad,
    says: ["ns1.elsewhere.example", "top of a zone"],
  },

  // Cloudflare.
  "proxied by Cloudflare before verification": {
    zones: `${BASE}\n${TXT}\nprivy.example.com A 104.16.1.1\nprivy.example.com AAAA 2606:4700::1`,
    finds: ["error proxied_by_cloudflare"],
    ...bad,
    says: ['from "Proxied" to "DNS only"'],
  },
  "proxied by Cloudflare after verification": {
    zones: `${BASE}\n${TXT}\nprivy.example.com A 104.16.1.1`,
    expected: VERIFIED,
    finds: ["warning proxied_by_cloudflare"],
    ...ok,
  },
  "proxied after verification, with the TXT gone": {
    zones: `${BASE}\nprivy.example.com A 104.16.1.1`,
    expected: VERIFIED,
    finds: ["error txt_missing", "warning proxied_by_cloudflare"],
    ...txtBad,
  },
  "an address of Cloudflare beside another is no proxy": {
    zones: `${BASE}\n${TXT}\nprivy.example.com A 104.16.1.1\nprivy.example.com A 198.51.100.9`,
    finds: ["error address_instead_of_cname"],
    ...bad,
  },
  "both sides are at Cloudflare: a hold is possible": {
    zones: `${TXT}\n${CNAME}
      sessions.example A 104.16.9.9
      *.cname.sessions.example CNAME sessions.example
      example.com NS ada.ns.cloudflare.com`,
    finds: ["info held_zone"],
    ...ok,
    says: ["associated with a held zone", "releases the zone hold"],
  },
  "the domain alone is at Cloudflare: no hold matters": {
    zones: `${OURS}\n${TXT}\n${CNAME}\nexample.com NS ada.ns.cloudflare.com`,
    finds: [],
    ...ok,
  },

  // The TXT.
  "only the CNAME is set": {
    zones: `${BASE}\n${CNAME}`,
    finds: ["error txt_missing"],
    ...txtBad,
    pastes: [`latchkey-verify=${TOKEN}`],
  },
  "the TXT has another text": {
    zones: `${BASE}\n${CNAME}\n_latchkey.example.com TXT v=spf1 -all`,
    finds: ["error txt_wrong"],
    ...txtBad,
  },
  "the TXT has the token without its prefix": {
    zones: `${BASE}\n${CNAME}\n_latchkey.example.com TXT ${TOKEN}`,
    finds: ["error txt_wrong"],
    ...txtBad,
  },
  "the TXT is of another claim": {
    zones: `${BASE}\n${CNAME}\n_latchkey.example.com TXT latchkey-verify=other`,
    finds: ["error txt_other_claim"],
    ...txtBad,
  },
  "the TXT is one letter short": {
    zones: `${BASE}\n${CNAME}\n_latchkey.example.com TXT latchkey-verify=${TOKEN.slice(1)}`,
    finds: ["error txt_other_claim"],
    ...txtBad,
  },
  "the TXT has the token in capitals": {
    zones: `${BASE}\n${CNAME}\n_latchkey.example.com TXT latchkey-verify=${TOKEN.toUpperCase()}`,
    finds: ["error txt_other_claim"],
    ...txtBad,
  },
  "the right TXT is one of several": {
    zones: `${GOOD}\n_latchkey.example.com TXT latchkey-verify=old\n_latchkey.example.com TXT x`,
    finds: [],
    ...ok,
  },
  "the TXT was pasted with quotes and spaces": {
    zones: `${BASE}\n${CNAME}\n_latchkey.example.com TXT " latchkey-verify=${TOKEN} "`,
    finds: [],
    ...ok,
  },
  "the TXT was set at the root": {
    zones: `${BASE}\n${CNAME}\nexample.com TXT latchkey-verify=${TOKEN}`,
    finds: ["error txt_at_root"],
    ...txtBad,
    says: ['type "_latchkey"'],
  },
  "the provider added the domain to the TXT's name": {
    zones: `${BASE}\n${CNAME}\n_latchkey.example.com.example.com TXT latchkey-verify=${TOKEN}`,
    finds: ["error txt_doubled_name"],
    ...txtBad,
    says: ['Type only "_latchkey"'],
  },
  "a wildcard alias answers for the TXT's name": {
    zones: `${BASE}\n${CNAME}\n*.example.com CNAME pages.vendor.example`,
    finds: ["error txt_missing"],
    ...txtBad,
  },
  "the TXT stands behind an alias": {
    zones: `${BASE}\n${CNAME}\n_latchkey.example.com CNAME proofs.corp.example
      proofs.corp.example TXT latchkey-verify=${TOKEN}`,
    finds: [],
    ...ok,
  },

  // CAA.
  "CAA of the root names another CA": {
    zones: `${GOOD}\nexample.com CAA 0 issue "digicert.com"`,
    finds: ["error caa_blocks"],
    ...ok,
    says: ["CAA records block issuance", 'example.com has 0 issue "digicert.com"'],
    pastes: [
      '0 issue "letsencrypt.org"',
      '0 issuewild "letsencrypt.org"',
      '0 issue "pki.goog; cansignhttpexchanges=yes"',
      '0 issuewild "pki.goog; cansignhttpexchanges=yes"',
    ],
  },
  "CAA forbids every CA": {
    zones: `${GOOD}\nexample.com CAA 0 issue ";"`,
    finds: ["error caa_blocks"],
    ...ok,
  },
  "CAA has a critical property that no CA knows": {
    zones: `${GOOD}\nexample.com CAA 0 issue "letsencrypt.org"\nexample.com CAA 128 policy "x"`,
    finds: ["error caa_blocks"],
    ...ok,
    says: ['Delete 128 policy "x": it is marked critical'],
  },
  "CAA is malformed": {
    zones: `${GOOD}\nexample.com CAA 0 issue "lets encrypt"`,
    finds: ["error caa_blocks"],
    ...ok,
  },
  "CAA allows the CA by another challenge only": {
    zones: `${GOOD}\nexample.com CAA 0 issue "letsencrypt.org; validationmethods=dns-01"`,
    finds: ["error caa_blocks"],
    ...ok,
  },
  "CAA allows the CA by that challenge, which is delegated": {
    zones: `${GOOD}\nexample.com CAA 0 issue "letsencrypt.org; validationmethods=dns-01"
      example.com CAA 0 issue "pki.goog"
      _acme-challenge.privy.example.com CNAME label7.acme.sessions.example`,
    finds: [],
    ...ok,
  },
  "CAA of the top-level domain counts": {
    zones: `${GOOD}\ncom CAA 0 issue "digicert.com"`,
    finds: ["error caa_blocks"],
    ...ok,
    says: ["com has"],
  },
  "CAA allows the CA in use and not the other": {
    zones: `${GOOD}\nexample.com CAA 0 issue "letsencrypt.org"`,
    finds: ["info caa_other_issuer_blocked"],
    ...ok,
    pastes: [
      '0 issue "pki.goog; cansignhttpexchanges=yes"',
      '0 issuewild "pki.goog; cansignhttpexchanges=yes"',
    ],
  },
  "CAA allows both": {
    zones: `${GOOD}\nexample.com CAA 0 issue "letsencrypt.org"
      example.com CAA 0 issue "pki.goog; cansignhttpexchanges=yes"`,
    finds: [],
    ...ok,
  },
  "CAA restricts wildcards only": {
    zones: `${GOOD}\nexample.com CAA 0 issuewild ";"`,
    finds: [],
    ...ok,
  },
  "CAA at the target ends the climb before the root's": {
    zones: `${GOOD}\nexample.com CAA 0 issue "digicert.com"
      sessions.example CAA 0 issue "letsencrypt.org"`,
    finds: ["info caa_at_target"],
    ...ok,
    says: ["sessions.example publishes CAA", "need no change"],
  },
  "CAA at the target counts as soon as the CNAME will be set": {
    zones: `${BASE}\n${TXT}\nexample.com CAA 0 issue "digicert.com"
      sessions.example CAA 0 issue "letsencrypt.org"`,
    finds: ["error cname_missing", "info caa_at_target"],
    ...bad,
  },
  "CAA at the target forbids": {
    zones: `${GOOD}\nsessions.example CAA 0 issue "digicert.com"`,
    finds: ["error caa_blocks"],
    ...ok,
  },
  "CAA blocks a domain whose CNAME is missing too": {
    zones: `${BASE}\n${TXT}\nexample.com CAA 0 issue "digicert.com"`,
    finds: ["error cname_missing", "error caa_blocks"],
    ...bad,
  },
  "CAA questions are not answered": {
    zones: GOOD,
    servers: { "192.0.2.53": { failsType: "CAA" } },
    finds: ["error caa_unanswered"],
    ...ok,
  },
  "CAA beside a CA whose name is not known": {
    zones: `${GOOD}\nexample.com CAA 0 issue "digicert.com"`,
    expected: { issuer: null },
    finds: ["info caa_unknown_issuer"],
    ...ok,
  },

  // Caches, resolvers, name servers.
  "right at the source, not yet at the resolver": {
    zones: GOOD,
    servers: { "192.0.2.53": { zones: BASE } },
    finds: ["warning not_propagated"],
    dns: "mixed",
    ownership: "mixed",
    says: ["for 15 minutes at most", "nothing to do but wait"],
  },
  "corrected at the source, the resolver remembers the wrong one": {
    zones: GOOD,
    servers: { "192.0.2.53": { zones: `${BASE}\n${TXT}\nprivy.example.com CNAME old.example` } },
    finds: ["warning not_propagated"],
    dns: "mixed",
    ownership: "ok",
    says: ["for 5 minutes at most"],
  },
  "one resolver sees it, the other not yet": {
    zones: GOOD,
    servers: { ...two({}, { zones: BASE }), "source 203.0.113.53": { refuses: true } },
    finds: ["warning resolvers_differ"],
    dns: "mixed",
    ownership: "mixed",
    says: ["192.0.2.53 sees label7.cname.sessions.example; 198.51.100.53 sees nothing"],
  },
  "one resolver sees another CNAME, and so does the source": {
    zones: `${BASE}\n${TXT}\nprivy.example.com CNAME other.example`,
    servers: two({ zones: GOOD }, {}),
    finds: ["warning resolvers_differ"],
    dns: "mixed",
    ownership: "ok",
  },
  "one resolver is silent, the other decides": {
    zones: GOOD,
    servers: two({ isSilent: true }, {}),
    finds: ["info resolver_unreachable"],
    ...ok,
    says: ["The resolver 192.0.2.53 did not answer"],
  },
  "one resolver is silent, the other sees nothing": {
    zones: BASE,
    servers: two({}, { isSilent: true }),
    finds: ["error cname_missing", "error txt_missing", "info resolver_unreachable"],
    dns: "bad",
    ownership: "bad",
  },
  "no resolver answers": {
    zones: GOOD,
    servers: two({ isSilent: true }, { isSilent: true }),
    finds: ["error resolvers_unreachable"],
    dns: "unknown",
    ownership: "unknown",
    says: ["This says nothing about the domain"],
  },
  "the resolver refuses": {
    zones: GOOD,
    servers: { "192.0.2.53": { refuses: true } },
    finds: ["error resolvers_unreachable"],
    dns: "unknown",
    ownership: "unknown",
  },
  "no resolver is configured": {
    zones: GOOD,
    servers: {},
    finds: ["error resolvers_unreachable"],
    dns: "unknown",
    ownership: "unknown",
  },
  "the domain's name servers fail": {
    zones: GOOD,
    servers: { "192.0.2.53": { fails: "example.com" } },
    finds: ["error name_servers_failing"],
    dns: "unknown",
    ownership: "unknown",
    says: ["do not answer, while other names resolve"],
  },
  "the name servers fail for the TXT alone": {
    zones: GOOD,
    servers: { "192.0.2.53": { fails: "_latchkey.example.com" } },
    finds: ["error name_servers_failing"],
    dns: "ok",
    ownership: "unknown",
  },
  "DNSSEC is broken": {
    zones: GOOD,
    servers: { "192.0.2.53": { bogus: "example.com" } },
    finds: ["error dnssec_failure"],
    dns: "unknown",
    ownership: "unknown",
    says: ["Remove the DS record"],
  },
  "DNSSEC is broken, and only one resolver checks it": {
    zones: GOOD,
    servers: two({ bogus: "example.com" }, {}),
    finds: ["error dnssec_failure"],
    ...ok,
  },
  "the domain does not exist": {
    zones: OURS,
    finds: ["error domain_not_found"],
    dns: "bad",
    ownership: "bad",
  },

  // The operator's side.
  "the operator's wildcard is missing": {
    zones: `${DELEGATED}\n${CNAME}\n${TXT}\nsessions.example A 203.0.113.7`,
    finds: ["error target_unresolved"],
    ...ok,
    says: ["set *.cname.sessions.example as CNAME to sessions.example"],
  },
  "the operator's wildcard leads to another machine": {
    zones: `${DELEGATED}\n${CNAME}\n${TXT}\nsessions.example A 203.0.113.7
      *.cname.sessions.example A 198.51.100.1`,
    finds: ["warning target_unresolved"],
    ...ok,
  },
  "the public host does not resolve": {
    zones: `${DELEGATED}\n${TXT}\nprivy.example.com CNAME sessions.example`,
    expected: WITHOUT_ZONE,
    finds: ["error target_unresolved"],
    ...ok,
    says: ["public host, sessions.example, does not resolve"],
  },
  "the deployment's own public host is the session host": {
    zones: `${DELEGATED}\n${TXT}\nprivy.example.com A 203.0.113.7`,
    expected: { ...WITHOUT_ZONE, target: "privy.example.com", publicHost: "privy.example.com" },
    finds: [],
    ...ok,
  },
  "that public host does not resolve": {
    zones: `${DELEGATED}\n${TXT}`,
    expected: { ...WITHOUT_ZONE, target: "privy.example.com", publicHost: "privy.example.com" },
    finds: ["error target_unresolved"],
    ...bad,
  },
  "the delegated challenge leads here": {
    zones: `${GOOD}\n_acme-challenge.privy.example.com CNAME label7.acme.sessions.example`,
    finds: [],
    ...ok,
  },
  "the delegated challenge leads elsewhere": {
    zones: `${GOOD}\n_acme-challenge.privy.example.com CNAME acme.other.example`,
    finds: ["info acme_delegation_elsewhere"],
    ...ok,
    pastes: ["label7.acme.sessions.example"],
  },
};

const BUDGET_MS = 200;

async function examine({ zones, servers, expected }: Case): Promise<DomainReport> {
  const world = openZoneWorld(zones, servers);
  const expectation = { ...EXPECTED, ...expected };
  const signal = AbortSignal.timeout(BUDGET_MS);
  return diagnose(expectation, await observe(world.dns, expectation, signal));
}

describe("the doctor names what is wrong with a domain, and what to paste", () => {
  test.each(Object.entries(CASES))("%s", async (_, each) => {
    const report = await examine(each);
    expect(report.findings.map(({ severity, verdict }) => `${severity} ${verdict}`)).toEqual(
      each.finds,
    );
    if (each.dns) expect([report.dns, report.ownership]).toEqual([each.dns, each.ownership]);
    const words = report.findings.map(({ message }) => message).join("\n");
    for (const said of each.says ?? []) expect(words).toContain(said);
    const pasted = report.findings.flatMap(({ records }) => records.map(({ value }) => value));
    for (const value of each.pastes ?? []) expect(pasted).toContain(value);
    expect(words).not.toMatch(/undefined|null|\[object/);
  });
});
