/** The same small site on each framework: notes for whoever is signed in. */
import type { RequestListener } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  createSessionManager,
  type SessionManager,
  type SessionManagerOptions,
} from "@latchkey/backend/sealed";
import type { DevServer } from "../../support/dev-server.ts";

export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * `GET /notes` answers the user's address, or begins a sign-in; `GET /callback`; `POST /sign-out`.
 * Of every page the framework says that anybody may keep it, and sets a cookie of its own.
 */
export type OpenSite = (sessions: SessionManager) => Promise<Listener> | Listener;

export interface Listener {
  readonly listener: RequestListener;
  close?(): Promise<void>;
}

/** What a site says of its pages, and what must not count for those that depend on a session. */
export const PUBLIC = { "cache-control": "public, max-age=600", vary: "Accept-Encoding" };
export const OWN_COOKIE = "theme=dark; Path=/";

export const PASSWORD = "a cookie password of more than 32 characters";

export async function openSite(
  open: OpenSite,
  server: DevServer,
  options: Partial<SessionManagerOptions> = {},
): Promise<Site> {
  // The address is part of the manager's options, and known once something listens.
  let listener: RequestListener = (_req, res) => res.writeHead(503).end();
  const http = createServer((req, res) => listener(req, res));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const url = `http://localhost:${(http.address() as AddressInfo).port}`;
  const sessions = createSessionManager({
    clientId: server.credentials.client_id,
    apiKey: server.credentials.api_key,
    serverUrl: server.url,
    redirectUri: `${url}/callback`,
    cookiePassword: PASSWORD,
    refreshBufferSeconds: 0,
    onProblem: () => {},
    ...options,
  });
  const site = await open(sessions);
  listener = site.listener;
  return {
    url,
    async close() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
      await site.close?.();
    },
  };
}
