/** Reads the CAA records that the CA will read, before it is asked (RFC 8659 section 3). */
import { type CaaStep, decideCaa } from "@latchkey/core/domains/caa";
import type { Issuer } from "@latchkey/core/domains/issuers";
import type { Lookup } from "@latchkey/core/domains/observation";
import type { Dns } from "../domains/dns.ts";
import type { CheckCaa } from "./issue.ts";

const TIMEOUT_MS = 5000;

/** @param issuer null: nobody knows what CAA records call this CA, and it decides by itself */
export function caaCheck(dns: Dns, issuer: Issuer | null): CheckCaa {
  return async ({ hostname, method, accountUrl }) => {
    if (issuer === null) return { kind: "allowed", detail: "" };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const steps = await Promise.all(
      withParents(hostname).map(async (name) => toStep(name, await lookUp(dns, name, signal))),
    );
    const question = { issuer: issuer.domain, method, account: accountUrl };
    const decision = decideCaa(steps, question);
    if (decision.kind === "allowed") return { kind: "allowed", detail: "" };
    if (decision.kind === "undecided") {
      return { kind: "undecided", detail: `no answer for the CAA records of ${decision.at}` };
    }
    const seen = decision.properties.map(({ flags, tag, value }) => `${flags} ${tag} "${value}"`);
    return { kind: "forbidden", detail: `at ${decision.at} stands ${seen.join(", ")}` };
  };
}

/** The first resolver that knows; a failure is no absence. */
async function lookUp(dns: Dns, name: string, signal: AbortSignal): Promise<Lookup> {
  const options = { recursion: true, checkingDisabled: false, signal };
  let last: Lookup = { kind: "failed", reason: "unreachable" };
  for (const server of dns.servers.slice(0, 2)) {
    last = await dns.ask(server, { name, type: "CAA" }, options);
    if (last.kind !== "failed") return last;
  }
  return last;
}

function toStep(name: string, lookup: Lookup): CaaStep {
  if (lookup.kind !== "found") return { name, kind: lookup.kind };
  const found = lookup.records.flatMap((record) => (record.type === "CAA" ? [record] : []));
  const properties = found.map(({ value }) => value);
  return { name, kind: "found", owner: found[0]?.name ?? name, properties };
}

/** The name and its parents, the top-level domain included. */
function withParents(name: string): string[] {
  const labels = name.split(".");
  return labels.map((_, index) => labels.slice(index).join("."));
}
