/** Clients over HTTP that behave as the SDKs do: whatever is no proof, they repeat. */
import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { TERMINAL_CODE } from "@latchkey/core/protocol/browser";
import { parseRefreshToken } from "@latchkey/core/tokens/refresh-token";

export interface SdkClient {
  readonly sid: string;
  /** The newest generation that was answered. */
  generation: number;
  token: string;
  /** The typed reason of a terminal answer. */
  over: string | null;
  /** What went wrong meanwhile and was repeated. */
  repeats: number;
}

export interface Target {
  /** Changes when the server comes back on another port. */
  port: number;
  readonly appId: string;
}

async function post(target: Target, path: string, body: object): Promise<Response> {
  return fetch(`http://127.0.0.1:${target.port}/api/v1${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "privy-app-id": target.appId },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  });
}

/** Signs in as a new guest. */
export async function newClient(target: Target): Promise<SdkClient> {
  const guest_credential = randomBytes(32).toString("base64url");
  const response = await post(target, "/guest/authenticate", { guest_credential });
  if (!response.ok) throw new Error(`sign-in failed: ${await response.text()}`);
  const { refresh_token: token } = (await response.json()) as { refresh_token: string };
  const { sid = "", generation = -1 } = parseRefreshToken(token) ?? {};
  return { sid, generation, token, over: null, repeats: 0 };
}

/** One refresh; true when it was answered. Anything but a typed terminal answer leaves the token. */
export async function refreshOnce(target: Target, client: SdkClient): Promise<boolean> {
  const presented = client.token;
  let body: { refresh_token?: string; code?: string; cause?: string };
  try {
    const response = await post(target, "/sessions", { refresh_token: presented });
    body = (await response.json()) as typeof body;
  } catch {
    client.repeats += 1;
    return false;
  }
  if (body.code === TERMINAL_CODE) client.over = body.cause ?? "unknown";
  if (!body.refresh_token) {
    client.repeats += 1;
    return false;
  }
  const generation = parseRefreshToken(body.refresh_token)?.generation ?? -1;
  if (generation < client.generation) throw new Error("an answered generation went back");
  client.generation = generation;
  client.token = body.refresh_token;
  return true;
}

/** Repeats until it is answered, as a page does after a lost answer. */
export async function refreshSurely(target: Target, client: SdkClient): Promise<void> {
  while (client.over === null && !(await refreshOnce(target, client))) await wait(100);
}
