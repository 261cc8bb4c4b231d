import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface LoadBalancer {
  readonly url: string;
  /** How many answers each server gave. */
  readonly answers: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** Sends each request to the next server in turn, whether it is well or not; 502 when it is away. */
export async function balanceLoad(servers: readonly string[]): Promise<LoadBalancer> {
  const answers = new Map<string, number>();
  let turn = 0;
  const balancer = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
    const server = servers[turn % servers.length] ?? "";
    turn += 1;
    const { hostname, port } = new URL(server);
    const { method, url: path, headers } = incoming;
    const onward = request({ hostname, port, method, path, headers }, (answer) => {
      answers.set(server, (answers.get(server) ?? 0) + 1);
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => {
      if (!outgoing.headersSent) outgoing.writeHead(502);
      outgoing.end("<html>Bad Gateway</html>");
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => balancer.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${(balancer.address() as AddressInfo).port}`,
    answers,
    async close() {
      balancer.closeAllConnections();
      await new Promise((resolve) => balancer.close(resolve));
    },
  };
}
