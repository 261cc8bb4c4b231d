/** What the CA reaches on port 80: it passes each question on to one of the servers. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface ChallengeEntry {
  readonly port: number;
  /** Who answers from now on; null: nobody, the connection is cut. */
  target: string | null;
  /** Awaited before a question is passed on. */
  beforeAnswer: (host: string) => Promise<void>;
  /** Hosts that were asked for. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

export async function startChallengeEntry(): Promise<ChallengeEntry> {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const host = request.headers.host ?? "";
    asked.push(host);
    await entry.beforeAnswer(host);
    if (entry.target === null) {
      response.destroy();
      return;
    }
    const { port } = new URL(entry.target);
    // fetch would set its own Host.
    const { request: send } = await import("node:http");
    const passed = send(
      { host: "127.0.0.1", port, path: request.url, headers: { host } },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    passed.on("error", () => response.destroy());
    passed.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const entry: ChallengeEntry = {
    port: (server.address() as AddressInfo).port,
    target: null,
    beforeAnswer: async () => undefined,
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return entry;
}
