/** What stands in the session server's place when something is broken. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { freePort } from "../support/free-port.ts";

export interface Faults {
  /** For a session manager: goes where the fault is while there is one. */
  readonly fetch: typeof fetch;
  begin(fault: Fault): Promise<void>;
  end(): void;
  close(): Promise<void>;
}

/** `lose-answers`: the server does what it was asked to, and nobody hears of it. */
export type Fault =
  | "hang"
  | "disappear"
  | "lose-answers"
  | { status: number; type: string; body: string };

export async function openFaults(serverUrl: string): Promise<Faults> {
  let current: Fault = "hang";
  let instead: string | null = null;
  const server = createServer((_req, res) => {
    if (typeof current === "string") return;
    res.writeHead(current.status, { "content-type": current.type }).end(current.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    async fetch(input, init) {
      if (instead === null) return fetch(input, init);
      if (current !== "lose-answers") return fetch(String(input).replace(serverUrl, instead), init);
      await fetch(input, init);
      throw new TypeError("socket hang up");
    },
    async begin(fault) {
      current = fault;
      instead = `http://127.0.0.1:${fault === "disappear" ? await freePort() : port}`;
    },
    end() {
      instead = null;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
