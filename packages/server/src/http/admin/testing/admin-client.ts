import type { Role } from "@latchkey/core/protocol/admin";
import { hashSecret } from "../../../apps/create-app.ts";
import { newCuid, newSecret } from "../../../apps/ids.ts";
import {
  openTestServer,
  type TestServer,
  type TestServerOptions,
} from "../../testing/test-server.ts";

const OWN_ORIGIN = "https://sessions.example.com";

export interface AdminAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the tests look at
  readonly body: any;
  readonly headers: Headers;
}

export interface AdminClient {
  readonly server: TestServer;
  /** As a script with a key of the role; null: without any. */
  call(role: Role | null, method: string, path: string, body?: unknown): Promise<AdminAnswer>;
  /** As it says. */
  send(method: string, path: string, init: RequestInit & { origin?: string }): Promise<AdminAnswer>;
}

export async function openAdminClient(options: TestServerOptions = {}): Promise<AdminClient> {
  const server = await openTestServer(options);
  const keys = new Map<Role, string>();
  for (const role of ["viewer", "editor", "owner"] as const) {
    const secret = newSecret("lk_admin");
    const key = { id: newCuid(), hash: await hashSecret(secret), name: `a ${role}`, role };
    await server.services.store.admins.createApiKey(key, null);
    keys.set(role, secret);
  }

  const send: AdminClient["send"] = async (method, path, { origin = OWN_ORIGIN, ...init }) => {
    const request = new Request(`${origin}/admin/v1${path}`, { method, ...init });
    const response = await server.fetch(request, { ip: "203.0.113.7" });
    const text = await response.text();
    return {
      status: response.status,
      body: text === "" ? undefined : JSON.parse(text),
      headers: response.headers,
    };
  };

  return {
    server,
    send,
    call: (role, method, path, body) =>
      send(method, path, {
        headers: {
          ...(role && { authorization: `Bearer ${keys.get(role)}` }),
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
  };
}
