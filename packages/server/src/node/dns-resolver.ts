/** DNS over UDP, and over TCP for what does not fit (RFC 1035 section 4.2, RFC 7766). */
import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { getServers } from "node:dns";
import { connect, isIPv6 } from "node:net";
import type { Lookup, LookupFailure } from "@latchkey/core/domains/observation";
import { encode, streamEncode } from "dns-packet";
import type { Dns, DnsQuestion, DnsQuestionOptions } from "../domains/dns.ts";
import { questionMessage, readMessage, toLookup } from "./dns-message.ts";

/** One attempt after another; packets get lost. */
const ATTEMPTS_MS = [700, 1100];
const TCP_MS = 1100;

/** `servers` empty: those of the operating system. */
export function dnsResolver(servers: readonly string[]): Dns {
  return {
    servers: servers.length > 0 ? servers : getServers(),
    async ask(server, question, options) {
      let last: Lookup = failed("timeout");
      for (const timeoutMs of ATTEMPTS_MS) {
        if (options.signal.aborted) return failed("timeout");
        last = await askOnce(readServer(server), question, options, timeoutMs);
        const isLost = last.kind === "failed" && last.reason === "timeout";
        if (!isLost) return last;
      }
      return last;
    },
  };
}

interface Server {
  readonly host: string;
  readonly port: number;
}

function readServer(text: string): Server {
  const [, host, port] = /^\[(.+)\](?::(\d+))?$/.exec(text) ?? [];
  if (host !== undefined) return { host, port: Number(port ?? 53) };
  if (isIPv6(text)) return { host: text, port: 53 };
  const [name = "", number] = text.split(":");
  return { host: name, port: Number(number ?? 53) };
}

const failed = (reason: LookupFailure): Lookup => ({ kind: "failed", reason });

/** A fresh port and a random id for each question, so that nobody beside the server can answer it. */
function askOnce(
  server: Server,
  question: DnsQuestion,
  options: DnsQuestionOptions,
  timeoutMs: number,
): Promise<Lookup> {
  const id = randomInt(0x10000);
  const message = questionMessage(id, question, options);
  const { promise, resolve } = Promise.withResolvers<Lookup>();
  const socket = createSocket(isIPv6(server.host) ? "udp6" : "udp4");
  const timer = setTimeout(() => resolve(failed("timeout")), timeoutMs);
  const giveUp = () => resolve(failed("timeout"));
  options.signal.addEventListener("abort", giveUp, { once: true });
  socket.on("error", () => resolve(failed("unreachable")));
  socket.on("message", (bytes) => {
    const answer = readMessage(bytes, id, question);
    if (answer === null) return;
    if (answer.flag_tc) resolve(askByTcp(server, question, options));
    else resolve(toLookup(answer, question));
  });
  // Connected, so that the kernel drops what comes from elsewhere.
  // Node tells the callback of a failure too, such as of an address with no way to it.
  socket.connect(server.port, server.host, (unreachable?: Error) => {
    if (unreachable) return resolve(failed("unreachable"));
    socket.send(encode(message), (error) => {
      if (error) resolve(failed("unreachable"));
    });
  });
  return promise.finally(() => {
    clearTimeout(timer);
    options.signal.removeEventListener("abort", giveUp);
    socket.close();
  });
}

function askByTcp(
  server: Server,
  question: DnsQuestion,
  options: DnsQuestionOptions,
): Promise<Lookup> {
  const id = randomInt(0x10000);
  const { promise, resolve } = Promise.withResolvers<Lookup>();
  const socket = connect({ host: server.host, port: server.port });
  socket.setTimeout(TCP_MS, () => resolve(failed("timeout")));
  const giveUp = () => resolve(failed("timeout"));
  options.signal.addEventListener("abort", giveUp, { once: true });
  socket.on("error", () => resolve(failed("unreachable")));
  socket.on("close", () => resolve(failed("malformed")));
  let received = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    received = Buffer.concat([received, chunk]);
    const length = received.length < 2 ? Number.POSITIVE_INFINITY : received.readUInt16BE(0);
    if (received.length < 2 + length) return;
    const answer = readMessage(received.subarray(2, 2 + length), id, question);
    resolve(answer ? toLookup(answer, question) : failed("malformed"));
  });
  socket.on("connect", () => socket.write(streamEncode(questionMessage(id, question, options))));
  return promise.finally(() => {
    options.signal.removeEventListener("abort", giveUp);
    socket.destroy();
  });
}
