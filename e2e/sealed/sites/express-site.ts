import {
  expressSession,
  type SessionManager,
  type SessionResult,
  sendWebResponse,
  setSessionHeaders,
  toWebRequest,
} from "@latchkey/backend/sealed";
import express, { type Request } from "express";
import { type Listener, OWN_COOKIE, PUBLIC } from "./site.ts";

export function expressSite(sessions: SessionManager): Listener {
  const app = express();
  app.use((_req, res, next) => {
    res.append("set-cookie", OWN_COOKIE);
    next();
  });
  app.get("/callback", async (req, res) => {
    await sendWebResponse(res, await sessions.handleCallback(toWebRequest(req)));
  });
  app.post("/sign-out", async (req, res) => {
    await sendWebResponse(res, await sessions.signOut(toWebRequest(req), { returnTo: "/bye" }));
  });
  // Below a router Express shortens the path: the whole one is what to return to.
  const notes = express.Router();
  notes.use(expressSession(sessions));
  notes.get("/", async (req: Request & { auth?: SessionResult }, res) => {
    res.set(PUBLIC);
    if (req.auth?.status === "signed_in") {
      res.send(req.auth.user.email);
      return;
    }
    const returnTo = req.originalUrl;
    const { url, headers } = await sessions.startSignIn(toWebRequest(req), { returnTo });
    setSessionHeaders(res, headers);
    res.redirect(url);
  });
  app.use("/notes", notes);
  return { listener: app };
}
