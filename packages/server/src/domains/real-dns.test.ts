import { diagnose } from "@latchkey/core/domains/diagnose";
import { issuerOfDirectory } from "@latchkey/core/domains/issuers";
import { expect, test } from "vitest";
import { dnsResolver } from "../node/dns-resolver.ts";
import { observe } from "./observe.ts";
import { serveZones } from "./testing/serve-zones.ts";
import { openZoneWorld, type ServerFault } from "./testing/zone-world.ts";

const EXPECTED = {
  domain: "example.com",
  sessionHost: "privy.example.com",
  target: "label7.cname.sessions.example",
  zone: "cname.sessions.example",
  publicHost: "sessions.example",
  ownershipToken: "k2v7c5x4q6w3",
  challengeTarget: null,
  wasVerified: false,
  issuer: issuerOfDirectory("https://acme-v02.api.letsencrypt.org/directory"),
};
const BASE = `
  sessions.example A 203.0.113.7
  *.cname.sessions.example CNAME sessions.example
  example.com NS ns1.dns.example`;
const TXT = "_latchkey.example.com TXT latchkey-verify=k2v7c5x4q6w3";
const GOOD = `${BASE}\n${TXT}\nprivy.example.com CNAME label7.cname.sessions.example`;

async function findings(zones: string, fault: ServerFault = {}): Promise<string[]> {
  const server = await serveZones(openZoneWorld(zones, { "192.0.2.53": fault }));
  try {
    const dns = dnsResolver([server.address]);
    const seen = await observe(dns, EXPECTED, AbortSignal.timeout(4000));
    return diagnose(EXPECTED, seen).findings.map(({ verdict }) => verdict);
  } finally {
    await server.close();
  }
}

test.each<[string, string, ServerFault, string[]]>([
  ["all is right", GOOD, {}, []],
  ["nothing is set", BASE, {}, ["cname_missing", "txt_missing"]],
  ["two CNAMEs", `${GOOD}\nprivy.example.com CNAME a.example`, {}, ["cname_duplicate"]],
  ["the TXT of another claim", GOOD.replace("k2v7", "k2v8"), {}, ["txt_other_claim"]],
  ["CAA blocks", `${GOOD}\nexample.com CAA 0 issue "ca.example"`, {}, ["caa_blocks"]],
  ["CAA is critical", `${GOOD}\nexample.com CAA 128 tbs "x"`, {}, ["caa_blocks"]],
  ["proxied", `${BASE}\n${TXT}\nprivy.example.com A 104.16.1.1`, {}, ["proxied_by_cloudflare"]],
  ["DNSSEC is broken", GOOD, { bogus: "example.com" }, ["dnssec_failure"]],
  ["the name servers fail", GOOD, { fails: "example.com" }, ["name_servers_failing"]],
  ["the resolver refuses", GOOD, { refuses: true }, ["resolvers_unreachable"]],
  ["the domain is gone", BASE.replace(/example\.com NS .*/, ""), {}, ["domain_not_found"]],
])("over a real socket: %s", async (_, zones, fault, expected) => {
  expect(await findings(zones, fault)).toEqual(expected);
});

test("over a real socket: silence is told within the time given", async () => {
  const started = performance.now();
  expect(await findings(GOOD, { isSilent: true })).toEqual(["resolvers_unreachable"]);
  expect(performance.now() - started).toBeLessThan(5000);
});
