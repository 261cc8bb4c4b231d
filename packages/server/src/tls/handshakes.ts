/** How a TLS server answers server names, and how much of unfinished handshakes it holds. */

import type { RequestListener } from "node:http";
import { createServer, type Server, type ServerOptions } from "node:https";
import type { Socket } from "node:net";
import type { FindContext } from "./secure-contexts.ts";

/** A handshake takes two round trips; Node's own limit is two minutes. */
const HANDSHAKE_MS = 10_000;
/** Each holds some 30 KB: together less than 64 MB. */
const MOST_UNFINISHED = 2000;

/**
 * An https server whose certificates `find` knows. It has none of its own: a handshake without a
 * server name, or with one that is nobody's, fails (RFC 6066 section 3).
 */
export function tlsServer(
  find: FindContext,
  options: ServerOptions,
  listener: RequestListener,
  { mostUnfinished = MOST_UNFINISHED } = {},
): Server {
  const server = createServer(
    {
      ...options,
      minVersion: "TLSv1.2",
      handshakeTimeout: HANDSHAKE_MS,
      SNICallback: (name, done) => {
        // Without a context, the server's own is taken, which has no certificate.
        find(name).then(
          (context) => done(null, context ?? undefined),
          () => done(null),
        );
      },
    },
    listener,
  );
  boundUnfinished(server, mostUnfinished);
  return server;
}

function boundUnfinished(server: Server, most: number): void {
  const unfinished = new Set<string>();
  server.on("connection", (socket: Socket) => {
    const key = peerOf(socket);
    if (unfinished.size >= most) {
      socket.destroy();
      return;
    }
    unfinished.add(key);
    socket.once("close", () => unfinished.delete(key));
  });
  server.on("secureConnection", (socket) => unfinished.delete(peerOf(socket)));
}

/** The same for a connection and the TLS in it. */
const peerOf = ({ remoteAddress, remotePort, localPort }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localPort}`;
