/** What never becomes a request of the app still gets an answer that says what is wrong. */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { RequestError } from "@hono/node-server";

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly error: string;
}

const INVALID: Refusal = {
  status: 400,
  code: "invalid_request",
  error: "This is not a valid HTTP/1.1 request.",
};

const BY_ERROR: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: "headers_too_large",
    error: "The request's headers are larger than 16 KB. Clear this site's cookies and try again.",
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: "request_timeout",
    error: "The request did not arrive in time. Send it again.",
  },
};

const NOT_ONE_HOST: Refusal = {
  ...INVALID,
  error: "The request must name one host. Send one Host header (RFC 9112 section 3.2).",
};

const FAILED: Refusal = {
  status: 500,
  code: "internal_error",
  error: "Something failed that this server did not foresee.",
};

const NO_PROXY: Refusal = {
  status: 405,
  code: "method_not_allowed",
  error: "This server is no proxy: it does not answer to CONNECT.",
};

const NO_EXPECTATION: Refusal = {
  status: 417,
  code: "expectation_failed",
  error: "The one Expect that this server knows is 100-continue.",
};

/** Node's parser gave up on the connection. */
export function refuseUnparsed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) socket.destroy();
  else writeRefusal(socket, BY_ERROR[error.code ?? ""] ?? INVALID);
}

export function refuseConnect(_request: IncomingMessage, socket: Duplex): void {
  writeRefusal(socket, NO_PROXY);
}

export function refuseExpectation(_request: IncomingMessage, response: ServerResponse): void {
  answer(response, NO_EXPECTATION);
}

export function refuseHost(_request: IncomingMessage, response: ServerResponse): void {
  answer(response, NOT_ONE_HOST);
}

/** Parsed, but with a target or host of which no URL can be made; anything else is told on. */
export function refuseTarget(error: unknown, onError: (error: unknown) => void): Response {
  const isMalformed = error instanceof RequestError;
  if (!isMalformed) onError(error);
  const refusal = isMalformed ? INVALID : FAILED;
  return new Response(bodyOf(refusal), { status: refusal.status, headers: HEADERS });
}

const HEADERS = {
  "content-type": "application/json",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  connection: "close",
};

const bodyOf = ({ error, code }: Refusal): string => JSON.stringify({ error, code });

function answer(response: ServerResponse, refusal: Refusal): void {
  const body = bodyOf(refusal);
  response.writeHead(refusal.status, { ...HEADERS, "content-length": body.length }).end(body);
}

/** Where there is no response to write to. */
function writeRefusal(socket: Duplex, refusal: Refusal): void {
  const body = bodyOf(refusal);
  const headers = { ...HEADERS, "content-length": body.length };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\n${lines.join("\r\n")}\r\n\r\n${body}`,
  );
}
