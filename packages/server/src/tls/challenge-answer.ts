/** What an authoritative name server for challenge records answers (RFC 1035, RFC 2308, RFC 6891). */
import * as packet from "dns-packet";

export interface ChallengeZone {
  /** Lower case, without the dot at the end, such as `acme.cname.example.com`. */
  readonly name: string;
  /** The host that the zone is delegated to. */
  readonly nameServer: string;
  /** TXT values of live challenges below a label of the zone. */
  readonly valuesOf: (label: string) => Promise<readonly string[]>;
}

/** Challenges live for minutes: nobody may keep that there was none. */
const NEGATIVE_SECONDS = 5;
const RECORD_SECONDS = 1;
/** More than any order needs; what was left behind must not make answers large. */
const MOST_VALUES = 8;
const [SERVER_FAILURE, NAME_ERROR, NOT_IMPLEMENTED, REFUSED] = [2, 3, 4, 5];
const QUERY = 0;
const LABEL = /^[a-z0-9-]{1,63}$/;
/** Other bytes are read as text of another length, which makes no message again: no answer to them. */
const NAME = /^(?:\.|[!-\-/-~]{1,63}(?:\.[!-\-/-~]{1,63})*)$/;

/** Null for what is no question: nothing is sent back. Rejects when `valuesOf` does. */
export async function answerChallenge(
  zone: ChallengeZone,
  message: Buffer,
): Promise<Buffer | null> {
  const query = read(message);
  const [question] = query?.questions ?? [];
  if (query?.type !== "query" || !question || query.questions?.length !== 1) return null;
  const name = question.name.toLowerCase();
  const own = name === zone.name;
  if (opcodeOf(query) !== QUERY) return reply(query, { code: NOT_IMPLEMENTED });
  if (!own && !name.endsWith(`.${zone.name}`)) return reply(query, { code: REFUSED });
  const negative = { authorities: [startOfAuthority(zone)] };
  if (own) {
    if (question.type === "SOA") return reply(query, { answers: [startOfAuthority(zone)] });
    if (question.type !== "NS") return reply(query, negative);
    const { nameServer: data } = zone;
    return reply(query, { answers: [{ type: "NS", name: question.name, ttl: 3600, data }] });
  }
  const label = name.slice(0, -zone.name.length - 1);
  if (!LABEL.test(label)) return reply(query, { ...negative, code: NAME_ERROR });
  if (question.type !== "TXT") return reply(query, negative);
  const values = (await zone.valuesOf(label)).slice(0, MOST_VALUES);
  if (values.length === 0) return reply(query, negative);
  const answers = values.map((data) => {
    return { type: "TXT", name: question.name, ttl: RECORD_SECONDS, data } as const;
  });
  return reply(query, { answers });
}

/** For a question that could not be answered. */
export function serverFailure(message: Buffer): Buffer | null {
  const query = read(message);
  return query?.type === "query" ? reply(query, { code: SERVER_FAILURE }) : null;
}

/** An answer that is too long for UDP: the question alone, so that it is asked again over TCP. */
export function truncated(answer: Buffer): Buffer {
  const { type, id, flags, questions } = packet.decode(answer);
  const flagged = (flags ?? 0) | packet.TRUNCATED_RESPONSE;
  return packet.encode({
    type: type ?? "response",
    id: id ?? 0,
    flags: flagged,
    questions: questions ?? [],
  });
}

type Query = packet.DecodedPacket;

function read(message: Buffer): Query | null {
  try {
    const query = packet.decode(message);
    return query.questions?.every(({ name }) => NAME.test(name)) ? query : null;
  } catch {
    return null;
  }
}

const opcodeOf = ({ flags = 0 }: Query): number => (flags >> 11) & 0xf;

interface Reply {
  readonly code?: number;
  readonly answers?: readonly packet.Answer[];
  readonly authorities?: readonly packet.Answer[];
}

function reply(query: Query, { code = 0, answers = [], authorities = [] }: Reply): Buffer {
  const hasEdns = query.additionals?.some(({ type }) => type === "OPT") ?? false;
  const asked = (query.flags ?? 0) & packet.RECURSION_DESIRED;
  const isOurs = code !== REFUSED && code !== NOT_IMPLEMENTED && code !== SERVER_FAILURE;
  return packet.encode({
    type: "response",
    id: query.id ?? 0,
    flags: code | asked | (isOurs ? packet.AUTHORITATIVE_ANSWER : 0),
    questions: query.questions ?? [],
    answers: [...answers],
    authorities: [...authorities],
    additionals: hasEdns ? [EDNS] : [],
  });
}

const EDNS: packet.OptAnswer = {
  type: "OPT",
  name: ".",
  udpPayloadSize: 1232,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};

function startOfAuthority({ name, nameServer }: ChallengeZone): packet.Answer {
  return {
    type: "SOA",
    name,
    ttl: NEGATIVE_SECONDS,
    data: {
      mname: nameServer,
      rname: `hostmaster.${name}`,
      serial: 1,
      refresh: 3600,
      retry: 600,
      expire: 86_400,
      minimum: NEGATIVE_SECONDS,
    },
  };
}
