/** DNS messages (RFC 1035 section 4) as the domain checks send and read them. */
import type { DnsRecord, Lookup } from "@latchkey/core/domains/observation";
import * as packet from "dns-packet";
import type { DnsQuestion, DnsQuestionOptions } from "../domains/dns.ts";

/** What fits without fragments (DNS flag day 2020). */
const UDP_PAYLOAD_SIZE = 1232;

export function questionMessage(
  id: number,
  { name, type }: DnsQuestion,
  { recursion, checkingDisabled }: Pick<DnsQuestionOptions, "recursion" | "checkingDisabled">,
): packet.Packet {
  const recursionDesired = recursion ? packet.RECURSION_DESIRED : 0;
  const checking = checkingDisabled ? packet.CHECKING_DISABLED : 0;
  return {
    type: "query",
    id,
    flags: recursionDesired | checking,
    questions: [{ name, type }],
    additionals: [
      {
        type: "OPT",
        name: ".",
        udpPayloadSize: UDP_PAYLOAD_SIZE,
        extendedRcode: 0,
        ednsVersion: 0,
        flags: 0,
        flag_do: false,
        options: [],
      },
    ],
  };
}

/** Null when this is no answer to that question: it is ignored, as if it had not come (RFC 5452 section 9.1). */
export function readMessage(
  bytes: Buffer,
  id: number,
  question: DnsQuestion,
): packet.DecodedPacket | null {
  let message: packet.DecodedPacket;
  try {
    message = packet.decode(bytes);
  } catch {
    return null;
  }
  const [asked] = message.questions ?? [];
  const isAnswer =
    message.type === "response" &&
    message.id === id &&
    asked !== undefined &&
    asked.type === question.type &&
    plainName(asked.name) === question.name;
  return isAnswer ? message : null;
}

export function toLookup(message: packet.DecodedPacket, question: DnsQuestion): Lookup {
  const records = (message.answers ?? []).flatMap(toRecord);
  switch (rcodeOf(message)) {
    case "NOERROR":
      break;
    case "NXDOMAIN": {
      // Behind an alias it is the target that does not exist.
      const nameExists = records.some(({ name }) => name === question.name);
      return { kind: "absent", nameExists, records, ttl: negativeTtl(message) };
    }
    case "SERVFAIL":
      return { kind: "failed", reason: "server_failure" };
    case "REFUSED":
    case "NOTAUTH":
      return { kind: "failed", reason: "refused" };
    default:
      return { kind: "failed", reason: "malformed" };
  }
  if (records.some(({ type }) => type === question.type)) return { kind: "found", records };
  const isReferral =
    records.length === 0 &&
    (message.authorities ?? []).some(({ type }) => type === "NS") &&
    (message.authorities ?? []).every(({ type }) => type !== "SOA");
  // From a server that does not hold the name, silence says nothing.
  if (isReferral) return { kind: "failed", reason: "refused" };
  return { kind: "absent", nameExists: true, records, ttl: negativeTtl(message) };
}

/** RFC 2308 section 5. */
function negativeTtl({ authorities = [] }: packet.DecodedPacket): number | null {
  for (const record of authorities) {
    if (record.type === "SOA") return Math.min(record.ttl ?? 0, record.data.minimum ?? 0);
  }
  return null;
}

function toRecord(record: packet.Answer): DnsRecord[] {
  const name = plainName(record.name);
  const ttl = "ttl" in record ? (record.ttl ?? 0) : 0;
  switch (record.type) {
    case "A":
    case "AAAA":
      return [{ type: record.type, name, ttl, value: record.data }];
    case "CNAME":
    case "NS":
      return [{ type: record.type, name, ttl, value: plainName(record.data) }];
    case "TXT":
      return [{ type: "TXT", name, ttl, value: joined(record.data) }];
    case "CAA": {
      const { flags = 0, tag, value } = record.data;
      return [{ type: "CAA", name, ttl, value: { flags, tag, value } }];
    }
    default:
      return [];
  }
}

/** The strings of one TXT record belong together (RFC 7208 section 3.3 and its like). */
function joined(data: packet.TxtData): string {
  const parts = Array.isArray(data) ? data : [data];
  return parts.map((part) => (typeof part === "string" ? part : part.toString("utf8"))).join("");
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

function rcodeOf(message: packet.DecodedPacket): string {
  return (message as { rcode?: string }).rcode ?? "NOERROR";
}
