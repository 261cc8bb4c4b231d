/** The vendor's unmodified node SDK, configured as its documentation says. */
import { WorkOS } from "@workos-inc/node";
import type { DevServer } from "../support/dev-server.ts";

export const CALLBACK = "http://localhost:3000/callback";
export const COOKIE_PASSWORD = "a cookie password of more than 32 characters";

export interface WorkOSOptions {
  readonly apiKey?: string;
  /** Sees and may change what goes over the network. */
  readonly fetchFn?: typeof fetch;
}

export function openWorkOS(server: DevServer, options: WorkOSOptions = {}): WorkOS {
  const { hostname, port, protocol } = new URL(server.url);
  return new WorkOS({
    apiKey: options.apiKey ?? server.credentials.api_key,
    clientId: server.credentials.client_id,
    apiHostname: hostname,
    port: Number(port),
    https: protocol === "https:",
    ...(options.fetchFn && { fetchFn: options.fetchFn }),
  });
}

async function postJson(url: string, body: object): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** A code without a browser, as an operator gets one. */
export async function impersonationCode(
  server: DevServer,
  user_email: string,
  reason = "Ticket 4711",
): Promise<string> {
  const answer = await postJson(`${server.url}/dev/impersonate`, {
    client_id: server.credentials.client_id,
    redirect_uri: CALLBACK,
    user_email,
    impersonator_email: "operator@example.com",
    reason,
  });
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { code: string }).code;
}
