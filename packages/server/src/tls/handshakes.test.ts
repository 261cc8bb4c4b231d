import { once } from "node:events";
import type { createServer } from "node:https";
import { type AddressInfo, connect as connectPlain } from "node:net";
import { type ConnectionOptions, connect, createSecureContext } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tlsServer } from "./handshakes.ts";
import { selfSigned } from "./testing/self-signed.ts";

const NAME = "privy.example.com";
const certificate = selfSigned(NAME);
let server: ReturnType<typeof createServer>;
let port: number;

beforeAll(async () => {
  const { chain: cert, keyPem: key } = certificate;
  const context = createSecureContext({ cert, key });
  server = tlsServer(
    async (name) => {
      if (name === "broken.example.com") throw new Error("it cannot be read");
      return name === NAME ? context : null;
    },
    {},
    (_request, response) => void response.end("hello"),
    { mostUnfinished: 3 },
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function handshake(options: ConnectionOptions): Promise<string | null> {
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

test("connections that never finish their handshake are bounded, and make room when they end", async () => {
  const idle = Array.from({ length: 3 }, () => connectPlain(port, "127.0.0.1"));
  await Promise.all(idle.map((socket) => once(socket, "connect")));
  await expect.poll(() => handshake({ servername: NAME }).catch(() => "refused")).toBe("refused");
  idle[0]?.destroy();
  await expect.poll(() => handshake({ servername: NAME }).catch(() => "refused")).toBe("TLSv1.3");
  for (const socket of idle) socket.destroy();
});
