/** An authoritative DNS server on loopback, over UDP and TCP, for zones that a test writes. */
import { createSocket } from "node:dgram";
import { createServer, type Socket } from "node:net";
import dnsPacket, { type Answer, type Packet, type Question } from "dns-packet";
import { freePort } from "../support/free-port.ts";

export interface TestDns {
  /** Such as 127.0.0.1:5353. */
  readonly address: string;
  readonly port: number;
  /** Puts these in place of what was there under the names and types that they have. */
  set(...records: readonly Answer[]): void;
  /** Takes away all of a name, or its records of one type. */
  remove(name: string, type?: Answer["type"]): void;
  /** Asks another server for all below `zone`, as an NS record has resolvers do. */
  delegate(zone: string, port: number): void;
  stop(): Promise<void>;
}

export async function startTestDns(): Promise<TestDns> {
  const records: Answer[] = [];
  const delegated = new Map<string, number>();
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

  function ownOf(name: string): Answer[] {
    const own = records.filter((record) => same(record.name, name));
    if (own.length > 0) return own;
    const wildcard = name.replace(/^[^.]+/, "*");
    return records
      .filter((record) => same(record.name, wildcard))
      .map((record) => ({ ...record, name }));
  }

  async function find(question: Question, depth = 0): Promise<Answer[]> {
    const { name, type } = question;
    const zone = [...delegated].find(([each]) => name.toLowerCase().endsWith(`.${each}`));
    if (zone) return askOver(zone[1], question);
    const own = ownOf(name);
    const exact = own.filter((record) => record.type === type);
    if (exact.length > 0) return exact;
    const alias = own.find((record) => record.type === "CNAME");
    if (!alias || depth > 8) return [];
    const target = (alias as { data: string }).data;
    return [alias, ...(await find({ ...question, name: target }, depth + 1))];
  }

  async function answer(message: Buffer): Promise<Buffer> {
    const query = dnsPacket.decode(message);
    const [question] = query.questions ?? [];
    const answers = question ? await find(question) : [];
    const below = `.${question?.name.toLowerCase()}`;
    const exists =
      answers.length > 0 ||
      ownOf(question?.name ?? "").length > 0 ||
      records.some(({ name }) => name.toLowerCase().endsWith(below));
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
    socket.on("data", async (part) => {
      pending = Buffer.concat([pending, part]);
      while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
        const end = 2 + pending.readUInt16BE(0);
        const message = pending.subarray(2, end);
        pending = pending.subarray(end);
        const reply = await answer(message);
        const length = Buffer.alloc(2);
        length.writeUInt16BE(reply.length);
        socket.write(Buffer.concat([length, reply]));
      }
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => tcp.listen(port, "127.0.0.1", resolve));
  const udp = createSocket("udp4");
  udp.on("message", async (message, { port: to, address }) =>
    udp.send(await answer(message), to, address),
  );
  await new Promise<void>((resolve, reject) => {
    udp.once("error", reject);
    udp.bind(port, "127.0.0.1", resolve);
  });

  const server: TestDns = {
    address: `127.0.0.1:${port}`,
    port,
    delegate: (zone, to) => void delegated.set(zone, to),
    set(...added) {
      for (const { name, type } of added) server.remove(name, type);
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
  return server;
}

function askOver(port: number, question: Question): Promise<Answer[]> {
  return new Promise((resolve, reject) => {
    const socket = createSocket("udp4");
    const timer = setTimeout(() => {
      socket.close();
      reject(new Error(`nothing answered on port ${port}`));
    }, 3000);
    socket.on("message", (message) => {
      clearTimeout(timer);
      socket.close();
      resolve(dnsPacket.decode(message).answers ?? []);
    });
    const query = dnsPacket.encode({ type: "query", id: 1, questions: [question] });
    socket.send(query, port, "127.0.0.1");
  });
}
