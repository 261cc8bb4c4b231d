/** Calls the management API as the deployment's own host is called, on one connection that stays. */
import { Agent, request } from "node:http";

export const PUBLIC_URL = "https://sessions.example.com";

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** From the first byte sent to the last one received. */
  readonly ms: number;
}

export interface AdminCalls {
  call(
    method: string,
    path: string,
    options?: { key?: string; body?: object },
  ): Promise<Answer & { readonly cookie: string }>;
  close(): void;
}

export function openAdminCalls(port: number): AdminCalls {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    call: (method, path, { key, body } = {}) =>
      new Promise((resolve, reject) => {
        const began = performance.now();
        const text = body === undefined ? undefined : JSON.stringify(body);
        const outgoing = request(
          {
            agent,
            port,
            host: "127.0.0.1",
            method,
            path: `/admin/v1${path}`,
            headers: {
              host: new URL(PUBLIC_URL).host,
              origin: PUBLIC_URL,
              "sec-fetch-site": "same-origin",
              ...(key?.startsWith("__Host-")
                ? { cookie: key }
                : key && { authorization: `Bearer ${key}` }),
              ...(text !== undefined && {
                "content-type": "application/json",
                "content-length": Buffer.byteLength(text),
              }),
            },
          },
          (incoming) => {
            const chunks: Buffer[] = [];
            incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
            incoming.on("error", reject);
            incoming.on("end", () =>
              resolve({
                status: incoming.statusCode ?? 0,
                body: Buffer.concat(chunks).toString(),
                ms: performance.now() - began,
                cookie: incoming.headers["set-cookie"]?.[0]?.split(";")[0] ?? "",
              }),
            );
          },
        );
        outgoing.on("error", reject);
        outgoing.end(text);
      }),
    close: () => agent.destroy(),
  };
}

/** A key of an owner, by way of the link that `latchkey admins invite` prints. */
export async function ownersKey({ call }: AdminCalls, invitation: string): Promise<string> {
  const token = /#token=([\w.-]+)/.exec(invitation)?.[1];
  const entered = await call("POST", "/session/invitation", {
    body: { token, email: "owner@example.com" },
  });
  const made = await call("POST", "/admin-api-keys", {
    key: entered.cookie,
    body: { name: "benchmark", role: "owner" },
  });
  if (made.status !== 200) throw new Error(`no key was made: ${entered.body} ${made.body}`);
  return JSON.parse(made.body).secret;
}
