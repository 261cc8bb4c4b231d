/** A small app on plain node:http, whose sessions the manager keeps. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  createSessionManager,
  type SessionManagerOptions,
  sendWebResponse,
  setSessionHeaders,
  toWebRequest,
} from "@latchkey/backend/sealed";
import type { DevServer } from "../support/dev-server.ts";

export interface NotesApp {
  readonly url: string;
  close(): Promise<void>;
}

export const PASSWORD = "a cookie password of more than 32 characters";

export async function openNotesApp(
  server: DevServer,
  options: Partial<SessionManagerOptions> = {},
): Promise<NotesApp> {
  const http = createServer(async (req, res) => {
    const request = toWebRequest(req);
    const { pathname, search } = new URL(request.url);
    if (pathname === "/callback")
      return sendWebResponse(res, await manager.handleCallback(request));
    if (pathname === "/sign-out") {
      return sendWebResponse(res, await manager.signOut(request, { returnTo: "/bye" }));
    }
    const auth = await manager.getSession(request);
    setSessionHeaders(res, auth.headers);
    if (auth.status === "signed_in") {
      // What a framework may say of every page: it must not count here.
      res.writeHead(200, { "cache-control": "public, max-age=600" }).end(auth.user.email);
    } else if (auth.status === "unavailable") {
      res.writeHead(503, { "retry-after": String(auth.retryAfter) }).end(auth.code);
    } else {
      const started = await manager.startSignIn(request, { returnTo: pathname + search });
      setSessionHeaders(res, started.headers);
      res.writeHead(302, { location: started.url }).end();
    }
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const url = `http://localhost:${(http.address() as AddressInfo).port}`;
  const manager = createSessionManager({
    clientId: server.credentials.client_id,
    apiKey: server.credentials.api_key,
    serverUrl: server.url,
    redirectUri: `${url}/callback`,
    cookiePassword: PASSWORD,
    refreshBufferSeconds: 0,
    onProblem: () => {},
    ...options,
  });
  return {
    url,
    async close() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
