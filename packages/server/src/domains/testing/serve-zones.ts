import type { DnsRecord, DnsType } from "@latchkey/core/domains/observation";
import type { Answer } from "dns-packet";
import { answerTo, type DnsServer, startDnsServer } from "../../node/testing/dns-server.ts";
import type { ZoneWorld } from "./zone-world.ts";

const CHECKING_DISABLED = 0x10;
const RCODES: Readonly<Record<string, number>> = { server_failure: 2, refused: 5, malformed: 1 };

/** A zone world behind a real socket: what its first resolver answers, as DNS messages. */
export function serveZones(world: ZoneWorld): Promise<DnsServer> {
  const [resolver = ""] = world.dns.servers;
  return startDnsServer(async (message) => {
    const [question] = message.questions ?? [];
    if (!question) return null;
    const { name, type } = question;
    const lookup = await world.dns.ask(
      resolver,
      { name: name.toLowerCase(), type: type as DnsType },
      {
        recursion: true,
        checkingDisabled: ((message.flags ?? 0) & CHECKING_DISABLED) !== 0,
        signal: AbortSignal.timeout(3000),
      },
    );
    if (lookup.kind === "failed") {
      const rcode = RCODES[lookup.reason];
      return rcode === undefined ? null : answerTo(message, [], { rcode });
    }
    const answers = lookup.records.map(toAnswer);
    const rcode = lookup.kind === "absent" && !lookup.nameExists ? 3 : 0;
    return answerTo(message, answers, { rcode });
  });
}

function toAnswer(record: DnsRecord): Answer {
  const { name, ttl } = record;
  if (record.type !== "CAA") return { type: record.type, name, ttl, data: record.value };
  const { flags, tag, value } = record.value;
  return { type: "CAA", name, ttl, data: { flags, tag: tag as "issue", value } };
}
