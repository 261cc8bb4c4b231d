/** An authoritative DNS server on loopback, over UDP and TCP, for zones that a test writes. */
import { createSocket } from "node:dgram";
import { type AddressInfo, createServer, type Socket } from "node:net";
import dnsPacket, { type Answer, type Packet, type Question } from "dns-packet";

export interface TestDns {
  /** Such as 127.0.0.1:5353. */
  readonly address: string;
  readonly port: number;
  /** Puts these in place of what was there under the names and types that they have. */
  set(...records: readonly Answer[]): void;
  /** Takes away all of a name, or its records of one type. */
  remove(name: string, type?: Answer["type"]): void;
  /** Names and types that were asked, oldest first. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

export async function startTestDns(): Promise<TestDns> {
  const records: Answer[] = [];
  const asked: string[] = [];
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

  function find(question: Question, depth = 0): Answer[] {
    const own = records.filter(({ name }) => same(name, question.name));
    const exact = own.filter(({ type }) => type === question.type);
    if (exact.length > 0) return exact;
    const alias = own.find(({ type }) => type === "CNAME");
    if (!alias || depth > 8) return [];
    const name = (alias as { data: string }).data;
    return [alias, ...find({ ...question, name }, depth + 1)];
  }

  function answer(message: Buffer): Buffer {
    const query = dnsPacket.decode(message);
    const [question] = query.questions ?? [];
    const answers = question ? find(question) : [];
    if (question) asked.push(`${question.type} ${question.name}`);
    const exists =
      answers.length > 0 ||
      records.some(({ name }) =>
        `.${name}`.toLowerCase().endsWith(`.${question?.name.toLowerCase()}`),
      );
    const packet: Packet = {
      type: "response",
      id: query.id ?? 0,
      flags:
        dnsPacket.AUTHORITATIVE_ANSWER |
        dnsPacket.RECURSION_AVAILABLE |
        ((query.flags ?? 0) & dnsPacket.RECURSION_DESIRED) |
        (exists ? 0 : 3),
      questions: query.questions ?? [],
      answers,
    };
    return dnsPacket.encode(packet);
  }

  const tcp = createServer((socket: Socket) => {
    let pending = Buffer.alloc(0);
    socket.on("error", () => socket.destroy());
    socket.on("data", (part) => {
      pending = Buffer.concat([pending, part]);
      while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
        const end = 2 + pending.readUInt16BE(0);
        const reply = answer(pending.subarray(2, end));
        const length = Buffer.alloc(2);
        length.writeUInt16BE(reply.length);
        socket.write(Buffer.concat([length, reply]));
        pending = pending.subarray(end);
      }
    });
  });
  await new Promise<void>((resolve) => tcp.listen(0, "127.0.0.1", resolve));
  const { port } = tcp.address() as AddressInfo;
  const udp = createSocket("udp4");
  udp.on("message", (message, { port: to, address }) => udp.send(answer(message), to, address));
  await new Promise<void>((resolve, reject) => {
    udp.once("error", reject);
    udp.bind(port, "127.0.0.1", resolve);
  });

  return {
    address: `127.0.0.1:${port}`,
    port,
    asked,
    set(...added) {
      for (const { name, type } of added) this.remove(name, type);
      records.push(...added);
    },
    remove(name, type) {
      for (let at = records.length - 1; at >= 0; at--) {
        const record = records[at];
        if (record && same(record.name, name) && (!type || record.type === type))
          records.splice(at, 1);
      }
    },
    async stop() {
      await new Promise<void>((resolve) => udp.close(() => resolve()));
      await new Promise<void>((resolve) => tcp.close(() => resolve()));
    },
  };
}
