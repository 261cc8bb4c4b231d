import { createServer } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";

export interface ThroughTls {
  readonly url: string;
  close(): void;
}

/** How the app's server reaches a host by a name that only the test's DNS has. */
export async function throughTls(
  host: string,
  port: number,
  ca: () => Promise<string>,
): Promise<ThroughTls> {
  const server = createServer(async (incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const options = { host: "127.0.0.1", port, servername: host, ca: await ca() };
    const onward = request(
      { ...options, method, path, headers: { ...headers, host } },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
