import {
  type SessionManager,
  sendWebResponse,
  setSessionHeaders,
  toWebRequest,
} from "@latchkey/backend/sealed";
import { type Listener, OWN_COOKIE, PUBLIC } from "./site.ts";

export function nodeSite(sessions: SessionManager): Listener {
  return {
    async listener(req, res) {
      const request = toWebRequest(req);
      const { pathname, search } = new URL(request.url);
      res.setHeader("set-cookie", OWN_COOKIE);
      if (pathname === "/callback") {
        return sendWebResponse(res, await sessions.handleCallback(request));
      }
      if (pathname === "/sign-out" && req.method === "POST") {
        return sendWebResponse(res, await sessions.signOut(request, { returnTo: "/bye" }));
      }
      const auth = await sessions.getSession(request);
      setSessionHeaders(res, auth.headers);
      if (auth.status === "signed_in") return res.writeHead(200, PUBLIC).end(auth.user.email);
      if (auth.status === "unavailable") {
        return res.writeHead(503, { ...PUBLIC, "retry-after": String(auth.retryAfter) }).end();
      }
      const started = await sessions.startSignIn(request, { returnTo: pathname + search });
      setSessionHeaders(res, started.headers);
      return res.writeHead(302, { ...PUBLIC, location: started.url }).end();
    },
  };
}
