/** The sentences of the doctor. Each says what is wrong, with what was seen, and what to do. */
import { type DomainExpectation, ownershipNameOf } from "./expectation.ts";
import type { Finding, PastedRecord, Verdict } from "./report.ts";

/** What a sentence may need besides what was expected. */
export interface WordsInput {
  readonly expected: DomainExpectation;
  readonly seen: readonly string[];
  /** Names of servers, or of the place where the deciding records stand. */
  readonly at?: string;
  /** How long caches may go on, in words. */
  readonly wait?: string;
  /** What has to go before anything added can help. */
  readonly obstacle?: string;
}

type Words = (input: WordsInput) => string;

const list = (values: readonly string[]): string =>
  values.length === 0 ? "nothing" : values.slice(0, 5).join(", ");

const setCname = ({ sessionHost, target }: DomainExpectation): string =>
  `Set ${sessionHost} as CNAME to ${target}, and nothing else at that name.`;

const setTxt = ({ domain }: DomainExpectation): string =>
  `Set the TXT record of this claim at ${ownershipNameOf(domain)}.`;

const WORDS: Readonly<Record<Verdict, Words>> = {
  cname_missing: ({ expected }) =>
    `There is no CNAME at ${expected.sessionHost}. ${setCname(expected)}`,
  cname_wrong: ({ expected, seen }) =>
    `${expected.sessionHost} points to ${list(seen)}, not to ${expected.target}. Change the CNAME's value, or, if that name serves something else, move that to another name.`,
  cname_duplicate: ({ expected, seen }) =>
    `${expected.sessionHost} has several CNAME records (${list(seen)}), so resolvers choose one at random or refuse. Delete all but the one to ${expected.target}.`,
  cname_loop: ({ expected, seen }) =>
    `The CNAME at ${expected.sessionHost} leads back to itself (${list(seen)}). ${setCname(expected)}`,
  cname_doubled_target: ({ expected, seen }) =>
    `The CNAME at ${expected.sessionHost} leads to ${list(seen)}: the provider added the domain to the value. Type the value with a dot at its end: ${expected.target}.`,
  cname_doubled_name: ({ expected }) =>
    `The CNAME was set at ${expected.sessionHost}.${expected.domain}: the provider adds the domain to the name. Type only "privy" as the record's name, and delete the other.`,
  cname_at_root: ({ expected }) =>
    `The CNAME to ${expected.target} was set at ${expected.domain} itself, which takes your web site and mail away. Remove it there and set it at ${expected.sessionHost}.`,
  cname_public_host: ({ expected, seen }) =>
    `${expected.sessionHost} points to ${list(seen)}, this deployment's public host. It needs the name that was made for this app alone, so that nobody can claim the domain once it is given up: change the value to ${expected.target}.`,
  cname_old_target: ({ expected, seen }) =>
    `${expected.sessionHost} points to ${list(seen)}, the name of another claim, such as one that was removed before. Change the value to ${expected.target}.`,
  cname_from_wildcard: ({ expected, seen }) =>
    `${expected.sessionHost} has no record of its own: a wildcard record of ${expected.domain} answers for it (${list(seen)}). Leave the wildcard and add the CNAME beside it; the exact name wins.`,
  cname_flattened: ({ expected, seen }) =>
    `${expected.sessionHost} answers with this deployment's addresses (${list(seen)}) instead of a CNAME: the provider flattens it. That works until the addresses change. Switch flattening off for this record if you can.`,
  address_instead_of_cname: ({ expected, seen }) =>
    `${expected.sessionHost} has addresses (${list(seen)}) and no CNAME. Delete these A and AAAA records and set the CNAME to ${expected.target} in their place.`,
  aaaa_elsewhere: ({ expected, seen }) =>
    `${expected.sessionHost} has IPv6 addresses that are not this deployment's (${list(seen)}), so visitors with IPv6 arrive elsewhere. Delete the AAAA records at that name.`,
  proxied_by_cloudflare: ({ expected }) =>
    expected.wasVerified
      ? `${expected.sessionHost} is proxied by Cloudflare, so its CNAME cannot be seen, and certificates may stop renewing. Set the record to "DNS only".`
      : `${expected.sessionHost} is proxied by Cloudflare, so its CNAME cannot be verified. In Cloudflare's DNS settings, switch the record's proxy status from "Proxied" to "DNS only" (the grey cloud).`,
  session_host_delegated: ({ expected, at }) =>
    `${expected.sessionHost} is a zone of its own (its NS records name ${at}), and a CNAME cannot stand at the top of a zone. Delete these NS records in ${expected.domain} and set the CNAME there.`,
  txt_missing: ({ expected }) =>
    `There is no TXT record at ${ownershipNameOf(expected.domain)}. It proves that the domain's owner agrees. ${setTxt(expected)}`,
  txt_wrong: ({ expected, seen }) =>
    `${ownershipNameOf(expected.domain)} has other TXT records (${list(seen)}), none with this claim's value. ${setTxt(expected)}`,
  txt_other_claim: ({ expected, seen }) =>
    `${ownershipNameOf(expected.domain)} has the value of another claim (${list(seen)}), such as one that was removed before. Replace it with the value of this one.`,
  txt_at_root: ({ expected }) =>
    `The TXT record was set at ${expected.domain} itself. It belongs at ${ownershipNameOf(expected.domain)}: type "_latchkey" as the record's name.`,
  txt_doubled_name: ({ expected }) =>
    `The TXT record was set at ${ownershipNameOf(expected.domain)}.${expected.domain}: the provider adds the domain to the name. Type only "_latchkey" as the record's name, and delete the other.`,
  caa_blocks: ({ expected, at, seen, obstacle }) =>
    `CAA records block issuance: ${at} has ${list(seen)}, which does not let ${expected.issuer?.name ?? "this deployment's CA"} issue for ${expected.sessionHost}. ${obstacle === undefined ? "" : `Delete ${obstacle}: it is marked critical, and a CA that does not know it must refuse. `}Append the CAA records below there, and leave those that are there for your other certificates.`,
  caa_other_issuer_blocked: ({ at, seen }) =>
    `The CAA records of ${at} allow the CA in use, but not ${list(seen)}, which this deployment may change to. Append the records below, so that renewals go on if it does.`,
  caa_unanswered: ({ expected, at }) =>
    `The name servers do not answer questions for CAA records of ${at}. A CA issues nothing for ${expected.sessionHost} until they do. Ask the DNS provider, or move the domain to one that answers.`,
  caa_at_target: ({ expected, at }) =>
    `${at} publishes CAA records that allow the CA in use. Because ${expected.sessionHost} leads there, they count for it, and the CAA records of ${expected.domain} need no change.`,
  caa_unknown_issuer: ({ at, seen }) =>
    `${at} has CAA records (${list(seen)}). This deployment uses a CA whose name in CAA records is not known here: make sure that they allow it.`,
  acme_delegation_elsewhere: ({ expected, seen }) =>
    `_acme-challenge.${expected.sessionHost} points to ${list(seen)}. Certificates are proven over HTTP then. To prove them over DNS, set it to this claim's value.`,
  dnssec_failure: ({ expected }) =>
    `DNSSEC of ${expected.domain} is broken: resolvers that check signatures refuse its answers, and others give them. Remove the DS record at the registrar, or have the DNS provider sign the zone anew.`,
  domain_not_found: ({ expected }) =>
    `${expected.domain} does not exist in DNS. Check the spelling, and whether the registration has run out.`,
  name_servers_failing: ({ expected, at }) =>
    `The name servers of ${expected.domain}${at === undefined || at === "" ? "" : ` (${at})`} do not answer, while other names resolve. Ask the DNS provider, and compare the name servers with those set at the registrar.`,
  resolvers_unreachable: ({ at }) =>
    `No DNS resolver of this deployment answered (${at}). This says nothing about the domain, and nothing was changed; the check is repeated by itself. If it goes on, the operator looks at LATCHKEY_DNS_SERVERS.`,
  resolver_unreachable: ({ at }) =>
    `The resolver ${at} did not answer; the others decided. If it goes on, the operator looks at LATCHKEY_DNS_SERVERS.`,
  resolvers_differ: ({ at }) =>
    `Resolvers do not agree yet: ${at}. That is usual for some hours after a change; the check is repeated by itself.`,
  not_propagated: ({ expected, wait }) =>
    `The records are right at the name servers of ${expected.domain}, and resolvers still remember what was there before${wait === undefined ? "" : `, for ${wait} at most`}. There is nothing to do but wait; the check is repeated by itself.`,
  target_unresolved: ({ expected }) =>
    expected.zone === null
      ? `This deployment's public host, ${expected.publicHost}, does not resolve. That is for the operator: until it does, no domain can work.`
      : `${expected.target} does not resolve to this deployment. That is for the operator: set *.${expected.zone} as CNAME to ${expected.publicHost}, or to its addresses.`,
  held_zone: ({ expected }) =>
    `This deployment is behind Cloudflare, and so are the name servers of ${expected.domain}. If Cloudflare says that "the hostname is associated with a held zone", the domain's owner releases the zone hold in Cloudflare for as long as it takes to add the name.`,
};

export const VERDICTS = Object.keys(WORDS) as Verdict[];

export function finding(
  verdict: Verdict,
  severity: Finding["severity"],
  input: WordsInput,
  records: readonly PastedRecord[] = [],
): Finding {
  return { verdict, severity, message: WORDS[verdict](input), records };
}
