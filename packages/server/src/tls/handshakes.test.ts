import { once } from "node:events";
import type { createServer } from "node:https";
import { type AddressInfo, connect as connectPlain } from "node:net";
import { type ConnectionOptions, connect, createSecureContext } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type HandshakeOptions, type HandshakeOutcome, tlsServer } from "./handshakes.ts";
import { selfSigned } from "./testing/self-signed.ts";

const NAME = "privy.example.com";
const certificate = selfSigned(NAME);
const servers: ReturnType<typeof createServer>[] = [];
let port: number;

/** Answers its port. */
async function openServer(options: HandshakeOptions = {}): Promise<number> {
  const { chain: cert, keyPem: key } = certificate;
  const context = createSecureContext({ cert, key });
  const server = tlsServer(
    async (name) => {
      if (name === "broken.example.com") throw new Error("it cannot be read");
      return name === NAME ? context : null;
    },
    {},
    (_request, response) => void response.end("hello"),
    options,
  );
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  port = await openServer();
});
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

async function handshake(
  options: ConnectionOptions & { readonly localAddress?: string },
): Promise<string | null> {
  const socket = connect({ host: "127.0.0.1", port, ca: certificate.chain, ...options });
  try {
    await once(socket, "secureConnect");
    return socket.getProtocol();
  } finally {
    socket.destroy();
  }
}

test("a handshake for a known name is answered with its certificate, over TLS 1.2 and 1.3", async () => {
  expect(await handshake({ servername: NAME })).toBe("TLSv1.3");
  expect(await handshake({ servername: NAME, maxVersion: "TLSv1.2" })).toBe("TLSv1.2");
});

test.each<[string, ConnectionOptions]>([
  ["for a name that nobody has", { servername: "other.example.com" }],
  ["without a name", { servername: "" }],
  ["for a name whose certificate cannot be read", { servername: "broken.example.com" }],
  ["below TLS 1.2", { servername: NAME, minVersion: "TLSv1", maxVersion: "TLSv1.1" }],
])("a handshake %s fails, and the server goes on", async (_, options) => {
  await expect(handshake({ ...options, rejectUnauthorized: false })).rejects.toThrow();
  expect(await handshake({ servername: NAME })).toBe("TLSv1.3");
});

const answerTo = (at: number, localAddress: string) =>
  handshake({ servername: NAME, port: at, localAddress }).catch(() => "refused");

async function idleFrom(at: number, ...addresses: string[]) {
  const idle = addresses.map((localAddress) =>
    connectPlain({ host: "127.0.0.1", port: at, localAddress }),
  );
  await Promise.all(idle.map((socket) => once(socket, "connect")));
  return idle;
}

test("connections that never finish their handshake are bounded, and make room when they end", async () => {
  const bounded = await openServer({ mostUnfinished: 3 });
  const idle = await idleFrom(bounded, "127.0.0.2", "127.0.0.3", "127.0.0.4");
  await expect.poll(() => answerTo(bounded, "127.0.0.1")).toBe("refused");
  idle[0]?.destroy();
  await expect.poll(() => answerTo(bounded, "127.0.0.1")).toBe("TLSv1.3");
  for (const socket of idle) socket.destroy();
});

test("one network's share of them leaves room for others (ASVS 2.4.1)", async () => {
  const shared = await openServer({ mostOfNetwork: 2 });
  const idle = await idleFrom(shared, "127.0.0.9", "127.0.0.9");
  await expect.poll(() => answerTo(shared, "127.0.0.9")).toBe("refused");
  expect(await answerTo(shared, "127.0.0.8")).toBe("TLSv1.3");
  for (const socket of idle) socket.destroy();
  await expect.poll(() => answerTo(shared, "127.0.0.9")).toBe("TLSv1.3");
});

test("each handshake is counted once, by what came of it", async () => {
  const outcomes: HandshakeOutcome[] = [];
  const count = (outcome: HandshakeOutcome) => outcomes.push(outcome);
  const open = await openServer({ count });
  const crowded = await openServer({ mostUnfinished: 0, count });
  const counted = async (work: () => Promise<unknown>) => {
    const before = outcomes.length;
    await work().catch(() => {});
    await expect.poll(() => outcomes.length).toBe(before + 1);
    return outcomes.at(-1);
  };
  // With 1.2 the server has finished before the client knows.
  const finished = () => handshake({ servername: NAME, port: open, maxVersion: "TLSv1.2" });
  expect(await counted(finished)).toBe("finished");
  expect(await counted(() => handshake({ servername: "a.example.com", port: open }))).toBe(
    "failed",
  );
  expect(await counted(() => answerTo(crowded, "127.0.0.1"))).toBe("crowded");
});
