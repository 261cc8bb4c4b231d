/** https in front of sites that run on ports of this machine, each under a name of its own. */
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { selfSigned } from "./self-signed.ts";

export interface HttpsFront {
  readonly port: number;
  /** Options with which Chromium finds every name under `domain` here and believes it. */
  readonly chromiumArgs: readonly string[];
  /** Leads `name` to what listens at `target`, such as `http://localhost:3000`. */
  serve(name: string, target: string): void;
  close(): Promise<void>;
}

export async function openHttpsFront(domain: string): Promise<HttpsFront> {
  const { key, cert, chromiumArg } = selfSigned(domain);
  const targets = new Map<string, string>();

  const front = createServer(
    { key, cert },
    (incoming: IncomingMessage, outgoing: ServerResponse) => {
      const { method, url: path, headers } = incoming;
      const target = targets.get(headers.host ?? "");
      if (target === undefined) return outgoing.writeHead(404).end();
      const { hostname, port } = new URL(target);
      const forwarded = {
        ...headers,
        "x-forwarded-proto": "https",
        "x-forwarded-host": headers.host,
        "x-forwarded-for": "203.0.113.7",
      };
      const onward = request({ hostname, port, method, path, headers: forwarded }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on("error", () => outgoing.destroy());
      return incoming.pipe(onward);
    },
  );
  await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
  const { port } = front.address() as AddressInfo;
  return {
    port,
    chromiumArgs: [`--host-resolver-rules=MAP *.${domain} 127.0.0.1:${port}`, chromiumArg],
    serve: (name, target) => targets.set(name, target),
    async close() {
      front.closeAllConnections();
      await new Promise((resolve) => front.close(resolve));
    },
  };
}
