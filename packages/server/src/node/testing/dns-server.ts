import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import {
  type Answer,
  type DecodedPacket,
  decode,
  encode,
  type Packet,
  streamEncode,
} from "dns-packet";

/** What a test's DNS server sends for a question: a packet, raw bytes, several of them, or nothing. */
export type Reply = Packet | Buffer | readonly (Packet | Buffer)[] | null;

export interface DnsServer {
  /** As `address:port`. */
  readonly address: string;
  /** Questions that came, oldest first. */
  readonly questions: readonly DecodedPacket[];
  close(): Promise<void>;
}

/** A real DNS server on loopback, UDP and TCP on one port; `overTcp` answers instead there. */
export async function startDnsServer(
  reply: (question: DecodedPacket, attempt: number) => Reply | Promise<Reply>,
  overTcp = reply,
): Promise<DnsServer> {
  const questions: DecodedPacket[] = [];
  const listOf = (answer: Reply): readonly (Packet | Buffer)[] => {
    if (answer === null) return [];
    return Array.isArray(answer) ? answer : [answer as Packet | Buffer];
  };
  let isClosed = false;
  const tcp = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", async (bytes) => {
      const question = decode(bytes.subarray(2));
      questions.push(question);
      for (const each of listOf(await overTcp(question, questions.length))) {
        const stream = Buffer.isBuffer(each) ? each : streamEncode(each);
        // In pieces, as networks deliver.
        socket.write(stream.subarray(0, 1));
        socket.write(stream.subarray(1));
      }
    });
  });
  tcp.listen(0, "127.0.0.1");
  await once(tcp, "listening");
  const { port } = tcp.address() as AddressInfo;
  const udp = createSocket("udp4");
  udp.on("message", async (bytes, { address, port: from }) => {
    const question = decode(bytes);
    questions.push(question);
    for (const each of listOf(await reply(question, questions.length))) {
      if (!isClosed) udp.send(Buffer.isBuffer(each) ? each : encode(each), from, address);
    }
  });
  udp.bind(port, "127.0.0.1");
  await once(udp, "listening");
  return {
    address: `127.0.0.1:${port}`,
    questions,
    async close() {
      isClosed = true;
      udp.close();
      tcp.close();
      await once(tcp, "close");
    },
  };
}

/** An answer to `question`; `rcode` as the number on the wire. */
export function answerTo(
  { id, questions }: DecodedPacket,
  answers: Answer[],
  more: { readonly rcode?: number; readonly flags?: number; readonly authorities?: Answer[] } = {},
): Packet & { authorities: Answer[] } {
  return {
    type: "response",
    id: id ?? 0,
    flags: (more.flags ?? 0) | (more.rcode ?? 0),
    questions: questions ?? [],
    answers,
    authorities: more.authorities ?? [],
  };
}
