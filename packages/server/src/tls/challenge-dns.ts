/** The name server that `_acme-challenge` records are delegated to, over UDP and TCP. */
import { createSocket } from "node:dgram";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { Log } from "../services.ts";
import {
  answerChallenge,
  type ChallengeZone,
  serverFailure,
  truncated,
} from "./challenge-answer.ts";

export interface ChallengeDnsInput {
  readonly zone: ChallengeZone;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly log: Pick<Log, "warn">;
}

export interface ChallengeDns {
  readonly port: number;
  close(): Promise<void>;
}

/** RFC 1035 section 4.2.1; what is larger is asked for again over TCP. */
const UDP_BYTES = 512;
const TCP_BYTES = 0xffff;
const MOST_UNREAD = 64 * 1024;
const TCP_IDLE_MS = 5000;
const MOST_CONNECTIONS = 100;
/** Questions that wait for the database; beyond that, UDP's own way is to lose them. */
const MOST_WAITING = 200;

export async function listenForChallenges(input: ChallengeDnsInput): Promise<ChallengeDns> {
  const { zone, host, log } = input;
  let waiting = 0;

  /** Never rejects: nobody's message may end the process. */
  async function answer(message: Buffer, most: number): Promise<Buffer | null> {
    if (waiting >= MOST_WAITING) return null;
    waiting++;
    try {
      const reply = await answerChallenge(zone, message);
      return reply && reply.length > most ? truncated(reply) : reply;
    } catch (error) {
      log.warn({ err: error }, "a challenge record could not be looked up");
      return serverFailure(message);
    } finally {
      waiting--;
    }
  }

  const tcp = createServer((socket) => {
    socket.setTimeout(TCP_IDLE_MS, () => socket.destroy());
    socket.on("error", () => socket.destroy());
    readMessages(socket, async (message) => {
      const reply = await answer(message, TCP_BYTES);
      // Who asks and does not read would fill the memory.
      if (reply === null || socket.writableLength > MOST_UNREAD) socket.destroy();
      else if (!socket.destroyed) socket.write(Buffer.concat([lengthOf(reply), reply]));
    });
  });
  tcp.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    tcp.once("error", reject);
    tcp.listen(input.port, host, resolve);
  });
  const { port } = tcp.address() as AddressInfo;

  const udp = createSocket(host.includes(":") ? "udp6" : "udp4");
  udp.on("message", async (message, { address, port: to }) => {
    const reply = await answer(message, UDP_BYTES);
    if (reply) udp.send(reply, to, address, ignore);
  });
  await new Promise<void>((resolve, reject) => {
    udp.once("error", reject);
    udp.bind(port, host, resolve);
  }).catch((error) => {
    tcp.close();
    throw error;
  });
  udp.on("error", (error) => log.warn({ err: error }, "the name server for challenges stumbled"));

  return {
    port,
    async close() {
      await new Promise<void>((resolve) => udp.close(() => resolve()));
      tcp.close();
    },
  };
}

function readMessages(socket: Socket, take: (message: Buffer) => Promise<void>): void {
  let pending = Buffer.alloc(0);
  socket.on("data", (part) => {
    pending = Buffer.concat([pending, part]);
    if (pending.length > UDP_BYTES * 8) socket.destroy();
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const end = 2 + pending.readUInt16BE(0);
      void take(pending.subarray(2, end));
      pending = pending.subarray(end);
    }
  });
}

function lengthOf(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return length;
}

const ignore = () => undefined;
