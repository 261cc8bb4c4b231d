import {
  expressSession,
  type SessionManager,
  sendWebResponse,
  setSessionHeaders,
  toWebRequest,
} from "@latchkey/backend/sealed";
import express, { type Express, type NextFunction, type Request, type Response } from "express";
import { notesPage, welcomePage } from "./pages.ts";
import { type SignedInRequest, signedInUser } from "./signed-in-user.ts";

/** Notes that only who wrote them sees. */
export function notesApp(sessions: SessionManager): Express {
  const notes = new Map<string, readonly string[]>();
  const app = express();

  // These answer with sessions of their own: they stand before the middleware that reads one.
  app.get("/sign-in", (req, res) => signIn(req, res, "/notes"));
  app.get("/callback", async (req, res) => {
    await sendWebResponse(res, await sessions.handleCallback(toWebRequest(req)));
  });
  app.post("/sign-out", sameOrigin, async (req, res) => {
    await sendWebResponse(res, await sessions.signOut(toWebRequest(req), { returnTo: "/" }));
  });

  app.use(expressSession(sessions));

  app.get("/", (req, res) => {
    res.send(welcomePage(signedInUser(req)));
  });

  app.get("/notes", async (req, res) => {
    const user = signedInUser(req);
    if (user) res.send(notesPage(user, notes.get(user.id) ?? []));
    else await signIn(req, res, req.originalUrl);
  });

  app.post("/notes", sameOrigin, express.urlencoded(), (req: SignedInRequest, res) => {
    const user = signedInUser(req);
    if (!user) {
      res.status(401).send("Please sign in first.\n");
      return;
    }
    const note = String(req.body?.note ?? "").slice(0, 200);
    if (note !== "") notes.set(user.id, [...(notes.get(user.id) ?? []), note]);
    res.redirect(303, "/notes");
  });

  async function signIn(req: Request, res: Response, returnTo: string): Promise<void> {
    const { url, headers } = await sessions.startSignIn(toWebRequest(req), { returnTo });
    setSessionHeaders(res, headers);
    res.redirect(url);
  }

  return app;
}

/** Forms of other sites change nothing here, whatever the cookie's SameSite is. */
function sameOrigin(req: Request, res: Response, next: NextFunction): void {
  const site = req.get("sec-fetch-site");
  if (site === undefined || site === "same-origin" || site === "none") next();
  else res.status(403).send("This form was sent from another site.\n");
}
