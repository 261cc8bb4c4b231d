import type { CaaProperty, Lookup } from "@latchkey/core/domains/observation";
import { expect, test } from "vitest";
import type { Dns } from "../domains/dns.ts";
import { caaCheck } from "./check-caa.ts";

const LETS_ENCRYPT = {
  name: "Let's Encrypt",
  domain: "letsencrypt.org",
  value: "letsencrypt.org",
};
const ACCOUNT = "https://ca.example/account/1";
const question = {
  hostname: "privy.example.com",
  method: "http-01",
  accountUrl: ACCOUNT,
} as const;

const ABSENT: Lookup = { kind: "absent", nameExists: true, records: [], ttl: null };
const FAILED: Lookup = { kind: "failed", reason: "timeout" };

function caa(name: string, ...values: readonly (string | CaaProperty)[]): Lookup {
  const records = values.map((each) => ({
    type: "CAA" as const,
    name,
    ttl: 60,
    value: typeof each === "string" ? { flags: 0, tag: "issue", value: each } : each,
  }));
  return { kind: "found", records };
}

const zone = (answers: Readonly<Record<string, Lookup>>, servers = ["192.0.2.1"]): Dns => ({
  servers,
  ask: async (server, { name }) => answers[`${name}@${server}`] ?? answers[name] ?? ABSENT,
});

test.each<[string, string, Record<string, Lookup>]>([
  ["no records up to the top", "allowed", {}],
  [
    "the CA named at the domain",
    "allowed",
    { "example.com": caa("example.com", "letsencrypt.org") },
  ],
  [
    "another CA named at the domain",
    "forbidden",
    { "example.com": caa("example.com", "ca.example") },
  ],
  ["nobody allowed", "forbidden", { "example.com": caa("example.com", ";") }],
  [
    "our CA at the CNAME's target, which ends the climb before the domain's own records",
    "allowed",
    {
      "privy.example.com": caa("x.cname.example.net", "letsencrypt.org"),
      "example.com": caa("example.com", "ca.example"),
    },
  ],
  [
    "another account (RFC 8657 section 3)",
    "forbidden",
    {
      "example.com": caa("example.com", "letsencrypt.org; accounturi=https://ca.example/account/2"),
    },
  ],
  [
    "this account, by this method (RFC 8657 section 4)",
    "allowed",
    {
      "example.com": caa(
        "example.com",
        `letsencrypt.org; accounturi=${ACCOUNT}; validationmethods=http-01`,
      ),
    },
  ],
  [
    "another method",
    "forbidden",
    { "example.com": caa("example.com", "letsencrypt.org; validationmethods=dns-01") },
  ],
  [
    "something critical that no CA knows",
    "forbidden",
    { "example.com": caa("example.com", { flags: 128, tag: "tbs", value: "x" }) },
  ],
  ["an outage at the domain, which is no absence", "undecided", { "example.com": FAILED }],
  [
    "an outage above the records that decide",
    "allowed",
    { "privy.example.com": caa("privy.example.com", "letsencrypt.org"), com: FAILED },
  ],
])("with %s it is %s (RFC 8659)", async (_, kind, answers) => {
  const answer = await caaCheck(zone(answers), LETS_ENCRYPT)(question);
  expect(answer.kind).toBe(kind);
  if (kind !== "allowed") expect(answer.detail).not.toBe("");
});

test("what forbids is named with where it stands", async () => {
  const check = caaCheck(zone({ "example.com": caa("example.com", "ca.example") }), LETS_ENCRYPT);
  expect((await check(question)).detail).toBe('at example.com stands 0 issue "ca.example"');
});

test("one resolver that answers is enough", async () => {
  const answers = { "example.com@192.0.2.1": FAILED, "example.com@192.0.2.2": ABSENT };
  const dns = zone(answers, ["192.0.2.1", "192.0.2.2"]);
  expect((await caaCheck(dns, LETS_ENCRYPT)(question)).kind).toBe("allowed");
});

test("a CA that nobody knows by its CAA name decides by itself", async () => {
  const dns = zone({ "example.com": caa("example.com", ";") });
  expect((await caaCheck(dns, null)(question)).kind).toBe("allowed");
});
