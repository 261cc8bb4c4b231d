import type { Lookup } from "@latchkey/core/domains/observation";
import { expect, test } from "vitest";
import type { Dns } from "../domains/dns.ts";
import { challengeMethod } from "./challenge-method.ts";

const ZONE = "acme.cname.example.net";
const NAME = "_acme-challenge.privy.example.com";

const alias = (value: string): Lookup => ({
  kind: "found",
  records: [{ type: "CNAME", name: NAME, ttl: 60, value }],
});
const FAILED: Lookup = { kind: "failed", reason: "timeout" };
const ABSENT: Lookup = { kind: "absent", nameExists: false, records: [], ttl: null };

const dns = (...answers: Lookup[]): Dns => ({
  servers: answers.map((_, index) => `192.0.2.${index}`),
  ask: async (server, { name }) =>
    name === NAME ? (answers[Number(server.split(".").at(-1))] ?? ABSENT) : ABSENT,
});

test.each<[string, Dns, string | null, string]>([
  ["delegated to us", dns(alias(`k3x9.${ZONE}`)), ZONE, "dns-01"],
  ["delegated to somebody else", dns(alias("x.other.example")), ZONE, "http-01"],
  ["not delegated", dns(ABSENT), ZONE, "http-01"],
  [
    "delegated to us, as the second resolver knows",
    dns(FAILED, alias(`k.${ZONE}`)),
    ZONE,
    "dns-01",
  ],
  ["not to be found out", dns(FAILED, FAILED), ZONE, "http-01"],
  ["delegated while we answer for no zone", dns(alias(`k3x9.${ZONE}`)), null, "http-01"],
])("a name whose _acme-challenge is %s", async (_, resolver, zone, method) => {
  expect(await challengeMethod(resolver, zone)("privy.example.com")).toBe(method);
});
