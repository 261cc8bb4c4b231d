import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from "node:http";
import type { Server as TlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { FetchHandler } from "../app.ts";
import {
  refuseConnect,
  refuseExpectation,
  refuseHost,
  refuseTarget,
  refuseUnparsed,
} from "./malformed.ts";
import { quickRequest } from "./quick-request.ts";

export interface ListenOptions {
  /** All on one port; every one after the first only where the machine has it. */
  readonly hosts: readonly string[];
  /** 0 takes any free port. */
  readonly port: number;
  readonly address: (request: IncomingMessage) => string | null;
  /** Speaks TLS; without it, the handler is served in the clear. */
  readonly tlsServer?: (options: ServerOptions, listener: RequestListener) => TlsServer;
  /** Text and headers of an answer that is nothing more, in turn by name and value; null for others. */
  readonly plainParts: (response: Response) => { text: string; headers: string[] } | null;
  /** Told of what failed outside the handler's own answers, which is answered 500. */
  readonly onError: (error: unknown) => void;
}

export interface Listener {
  readonly port: number;
  /** Takes no new connection, finishes what is running, at most `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/** Serves a fetch handler over HTTP/1.1. Rejects when the port is taken. */
export async function listen(handler: FetchHandler, options: ListenOptions): Promise<Listener> {
  const answers = new WeakMap<IncomingMessage, Response>();
  async function respond(request: Request, incoming: IncomingMessage): Promise<Response> {
    return answers.get(incoming) ?? handler(request, { ip: options.address(incoming) });
  }
  const fail = (error: unknown) => refuseTarget(error, options.onError);
  const library = getRequestListener(
    (request, { incoming }) => respond(request, incoming as IncomingMessage),
    // Only HTTP/1.0 may leave Host out, as simple health checks do.
    { hostname: "localhost", errorHandler: fail },
  );
  /** Everyday requests and answers take the short way; the library takes care of all others. */
  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = quickRequest(incoming);
    if (request) {
      const response = await respond(request, incoming).catch(fail);
      const parts = options.plainParts(response);
      if (parts) return writePlain(response.status, parts, outgoing);
      answers.set(incoming, response);
    }
    await library(incoming, outgoing);
  }
  const listener: RequestListener = (request, response) => {
    const hosts = countHosts(request.rawHeaders);
    const isNamed = hosts === 1 || (hosts === 0 && request.httpVersion === "1.0");
    if (!isNamed) return refuseHost(request, response);
    // Nobody's request may end the process: what fails here costs its own connection.
    serve(request, response).catch((error) => {
      options.onError(error);
      response.destroy();
    });
  };
  const [host = "127.0.0.1", ...others] = options.hosts;
  const first = newServer(listener, options);
  await bind(first, options.port, host);
  const servers = [first];
  const { port } = first.address() as AddressInfo;
  for (const other of others) {
    const server = newServer(listener, options);
    try {
      await bind(server, port, other);
      servers.push(server);
    } catch (error) {
      if (!isAbsent(error)) {
        for (const each of servers) each.close();
        throw error;
      }
    }
  }
  return {
    port,
    close: async (graceMs) => {
      await Promise.all(servers.map((server) => close(server, graceMs)));
    },
  };
}

/** Node keeps the first of several; a proxy in front may have gone by another. */
function countHosts(rawHeaders: readonly string[]): number {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (name.length === 4 && name.toLowerCase() === "host") hosts += 1;
  }
  return hosts;
}

function writePlain(
  status: number,
  { text, headers }: { text: string; headers: string[] },
  outgoing: ServerResponse,
): void {
  headers.push("content-length", String(Buffer.byteLength(text)));
  outgoing.writeHead(status, headers).end(text);
}

const SERVER_OPTIONS: ServerOptions = {
  // Longer than a load balancer's idle time, so that it never reuses a connection we just closed.
  keepAliveTimeout: 75_000,
  headersTimeout: 20_000,
  requestTimeout: 60_000,
  requireHostHeader: false,
};

function newServer(listener: RequestListener, { tlsServer }: ListenOptions): Server | TlsServer {
  const server = (tlsServer ?? createServer)(SERVER_OPTIONS, listener);
  server.on("clientError", refuseUnparsed);
  server.on("connect", refuseConnect);
  server.on("checkExpectation", refuseExpectation);
  return server;
}

function bind(server: Server | TlsServer, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** A machine without IPv6 has no ::1 to listen on. */
function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT";
}

async function close(server: Server | TlsServer, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  // Connections that become idle while closing are closed too.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const force = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(force);
}
