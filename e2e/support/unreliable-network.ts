/** A network between a client and the server that loses answers and has load balancers of its own. */
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Interference {
  /** Method and path that it applies to, such as `POST /api/v1/sessions`. */
  readonly on: string;
  readonly times: number;
  /**
   * `lose_answer`: the server answers, and the connection breaks before the client hears of it.
   * `lose_request`: the connection breaks before the server hears of it.
   * `hang`: nobody ever answers.
   * An answer: something in between answers in the server's place.
   */
  readonly what:
    | "lose_answer"
    | "lose_request"
    | "hang"
    | { status: number; headers?: Record<string, string>; body: string };
}

export interface UnreliableNetwork {
  /** Use it in place of the server's. */
  readonly url: string;
  interfere(interference: Interference): void;
  /** Ends all interference. */
  calm(): void;
  /** Every request that a client sent, as `POST /api/v1/sessions`. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

export async function openUnreliableNetwork(serverUrl: string): Promise<UnreliableNetwork> {
  const target = new URL(serverUrl);
  const requests: string[] = [];
  let pending: { what: Interference["what"]; on: string; left: number }[] = [];

  function interferenceWith(call: string): Interference["what"] | undefined {
    const found = pending.find(({ on }) => on === call);
    if (!found) return undefined;
    found.left -= 1;
    if (found.left === 0) pending = pending.filter((each) => each !== found);
    return found.what;
  }

  const server = createServer((incoming, outgoing) => {
    const call = `${incoming.method} ${incoming.url?.split("?")[0]}`;
    requests.push(call);
    const what = incoming.method === "OPTIONS" ? undefined : interferenceWith(call);
    if (what === "lose_request") {
      incoming.socket.destroy();
    } else if (what === "hang") {
      incoming.resume();
    } else if (typeof what === "object") {
      answerInstead(incoming, outgoing, what);
    } else {
      forward(incoming, outgoing, what === "lose_answer");
    }
  });

  function forward(incoming: IncomingMessage, outgoing: ServerResponse, lose: boolean): void {
    const { method, url: path, headers } = incoming;
    const { hostname, port } = target;
    const onward = request({ hostname, port, method, path, headers }, (answer) => {
      if (lose) {
        answer.resume().on("end", () => incoming.socket.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => incoming.socket.destroy());
    incoming.pipe(onward);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    interfere: ({ what, on, times }) => {
      pending.push({ what, on, left: times });
    },
    calm: () => {
      pending = [];
    },
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Readable to pages of any origin, as the answers of most load balancers are not. */
function answerInstead(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answer: { status: number; headers?: Record<string, string>; body: string },
): void {
  incoming.resume();
  const { origin } = incoming.headers;
  outgoing.writeHead(answer.status, {
    ...(origin !== undefined && {
      "access-control-allow-origin": origin,
      "access-control-allow-credentials": "true",
    }),
    ...answer.headers,
  });
  outgoing.end(answer.body);
}
