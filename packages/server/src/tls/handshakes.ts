/** How a TLS server answers server names, and how much of unfinished handshakes it holds. */

import type { RequestListener } from "node:http";
import { createServer, type Server, type ServerOptions } from "node:https";
import type { Socket } from "node:net";
import { networkOf } from "@latchkey/core/network";
import type { FindContext } from "./secure-contexts.ts";

/** A handshake takes two round trips; Node's own limit is two minutes. */
const HANDSHAKE_MS = 10_000;
/** Each holds some 30 KB: together less than 64 MB. */
const MOST_UNFINISHED = 2000;
/** Of one network, so that it takes several to leave no room for others. */
const MOST_OF_NETWORK = 200;

/**
 * - `finished`
 * - `failed`: without a certificate for its name, broken off, or too slow
 * - `crowded`: not begun, because too many are unfinished, of all networks or of this one
 */
export type HandshakeOutcome = "finished" | "failed" | "crowded";

export interface HandshakeOptions {
  readonly mostUnfinished?: number;
  readonly mostOfNetwork?: number;
  readonly count?: (outcome: HandshakeOutcome) => void;
}

/**
 * An https server whose certificates `find` knows. It has none of its own: a handshake without a
 * server name, or with one that is nobody's, fails (RFC 6066 section 3).
 */
export function tlsServer(
  find: FindContext,
  options: ServerOptions,
  listener: RequestListener,
  handshakes: HandshakeOptions = {},
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
  boundUnfinished(server, handshakes);
  return server;
}

function boundUnfinished(
  server: Server,
  {
    mostUnfinished = MOST_UNFINISHED,
    mostOfNetwork = MOST_OF_NETWORK,
    count = () => {},
  }: HandshakeOptions,
): void {
  const unfinished = new Map<string, string>();
  const ofNetwork = new Map<string, number>();

  function begin(key: string, network: string): void {
    unfinished.set(key, network);
    ofNetwork.set(network, (ofNetwork.get(network) ?? 0) + 1);
  }

  /** Counts each once, by what is told of it first. */
  function end(key: string, outcome: HandshakeOutcome): void {
    const network = unfinished.get(key);
    if (network === undefined) return;
    unfinished.delete(key);
    const left = (ofNetwork.get(network) ?? 1) - 1;
    if (left > 0) ofNetwork.set(network, left);
    else ofNetwork.delete(network);
    count(outcome);
  }

  server.on("connection", (socket: Socket) => {
    const key = peerOf(socket);
    const network = networkOf(socket.remoteAddress ?? "");
    if (unfinished.size >= mostUnfinished || (ofNetwork.get(network) ?? 0) >= mostOfNetwork) {
      count("crowded");
      socket.destroy();
      return;
    }
    begin(key, network);
    socket.once("close", () => end(key, "failed"));
  });
  server.on("secureConnection", (socket) => end(peerOf(socket), "finished"));
}

/** The same for a connection and the TLS in it. */
const peerOf = ({ remoteAddress, remotePort, localPort }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localPort}`;
