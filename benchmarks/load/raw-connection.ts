import { connect } from "node:net";

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** One keep-alive HTTP/1.1 connection, one request at a time. */
export interface RawConnection {
  /** Sends a whole request as it stands. Rejects when the connection fails. */
  request(text: string): Promise<Answer>;
  close(): void;
}

const headEnd = "\r\n\r\n";

/**
 * Connects to 127.0.0.1. Written on the bare socket because the client must cost less than the
 * smallest server it measures, and node:http's costs more than that server.
 */
export async function openConnection(port: number): Promise<RawConnection> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let received = "";
  let waiting: { resolve(answer: Answer): void; reject(error: Error): void } | undefined;

  function fail(error: Error): void {
    waiting?.reject(error);
    waiting = undefined;
  }
  socket.on("data", (chunk) => {
    received += chunk.toString("latin1");
    const answer = readAnswer(received);
    if (answer === undefined || waiting === undefined) return;
    const { resolve } = waiting;
    waiting = undefined;
    received = "";
    resolve(answer);
  });
  socket.on("error", fail);
  socket.on("close", () => fail(new Error("the server closed the connection")));
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve).once("error", reject);
  });

  return {
    request: (text) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(text, "latin1");
      }),
    close: () => socket.destroy(),
  };
}

/** The answer when all of it has arrived. Bodies come out as latin1: only ASCII is compared. */
export function readAnswer(text: string): Answer | undefined {
  const end = text.indexOf(headEnd);
  if (end === -1) return undefined;
  const head = text.slice(0, end);
  const status = Number(head.slice(9, 12));
  const start = end + headEnd.length;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    const body = text.slice(start, start + Number(length));
    return body.length === Number(length) ? { status, body } : undefined;
  }
  const body = readChunks(text, start);
  return body === undefined ? undefined : { status, body };
}

/** RFC 9112 section 7.1, without trailers. */
function readChunks(text: string, start: number): string | undefined {
  let body = "";
  for (let at = start; ; ) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (Number.isNaN(size)) throw new Error(`not a chunk size: ${text.slice(at, lineEnd)}`);
    if (text.length < next) return undefined;
    if (size === 0) return body;
    body += text.slice(lineEnd + 2, next - 2);
    at = next;
  }
}
