import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { FetchHandler } from "../app.ts";

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly address: (request: IncomingMessage) => string | null;
}

export interface Listener {
  readonly port: number;
  /** Takes no new connection, finishes what is running, at most `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/** Serves a fetch handler over HTTP/1.1. Rejects when the port is taken. */
export async function listen(handler: FetchHandler, options: ListenOptions): Promise<Listener> {
  const listener = getRequestListener((request, { incoming }) =>
    handler(request, { ip: options.address(incoming as IncomingMessage) }),
  );
  const server = createServer(
    // Longer than a load balancer's idle time, so that it never reuses a connection we just closed.
    { keepAliveTimeout: 75_000, headersTimeout: 20_000, requestTimeout: 60_000 },
    listener,
  );
  server.on("clientError", answerMalformed);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: (graceMs) => close(server, graceMs),
  };
}

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  // Connections that become idle while closing are closed too.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const force = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(force);
}

/** What is not HTTP still gets a JSON answer. */
function answerMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const tooLarge = error.code === "HPE_HEADER_OVERFLOW";
  const body = JSON.stringify(
    tooLarge
      ? {
          error: "The request's headers are too large. Clear this site's cookies and try again.",
          code: "headers_too_large",
        }
      : { error: "This is not a valid HTTP request.", code: "invalid_request" },
  );
  const status = tooLarge ? "431 Request Header Fields Too Large" : "400 Bad Request";
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
}
