import Privy, { type Storage } from "@privy-io/js-sdk-core";
import { newAddress } from "../support/addresses.ts";
import type { DevServer } from "../support/dev-server.ts";

/** Where a client keeps its session; two clients of one storage are two tabs of one browser. */
export interface TestStorage extends Storage {
  readonly items: Map<string, unknown>;
}

export function newStorage(items: Iterable<readonly [string, unknown]> = []): TestStorage {
  const map = new Map(items);
  return {
    items: map,
    get: (key) => map.get(key),
    put: (key, value) => void map.set(key, value),
    del: (key) => void map.delete(key),
    getKeys: () => [...map.keys()],
  };
}

/** A copy that goes its own way from here. */
export function copyStorage(storage: TestStorage): TestStorage {
  return newStorage(storage.items);
}

export interface ClientOptions {
  readonly baseUrl: string;
  readonly appId: string;
  readonly storage?: Storage;
  readonly sessions?: { readonly mode: "multi-user" };
}

/** The vendor's client. It takes `baseUrl` at run time; its types leave it out. */
export function newClient({ storage = newStorage(), ...rest }: ClientOptions): Privy {
  const options = { storage, logLevel: "NONE", ...rest };
  return new Privy(options);
}

/** Signs up or in with an e-mailed code. */
export async function signIn(client: Privy, server: DevServer, address = newAddress()) {
  const { length } = await server.mails(address);
  await client.auth.email.sendCode(address);
  const code = await server.mailedCode(address, length + 1);
  return { address, ...(await client.auth.email.loginWithCode(address, code)) };
}

export function tokens(storage: TestStorage) {
  return {
    access: storage.items.get("privy:token") as string | undefined,
    sessionServer: storage.items.get("privy:pat") as string | undefined,
    refresh: storage.items.get("privy:refresh_token") as string | undefined,
    identity: storage.items.get("privy:id-token") as string | undefined,
  };
}

/** What a refresh with this token is answered, around any client. */
export async function refreshBySelf(server: { url: string }, appId: string, refreshToken: string) {
  const answer = await fetch(`${server.url}/api/v1/sessions`, {
    method: "POST",
    headers: { "content-type": "application/json", "privy-app-id": appId },
    body: JSON.stringify({ refresh_token: refreshToken }),
  });
  const body = (await answer.json()) as { code?: string; cause?: string; token?: string };
  return { status: answer.status, ...body };
}

/** For `rejects.toMatchObject`: the vendor's error with this code. */
export function apiError(code: string) {
  return { name: "PrivyApiError", code };
}
