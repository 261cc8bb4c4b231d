import {
  fastifySession,
  type SessionManager,
  type SessionResult,
  setSessionHeaders,
  toWebRequest,
} from "@latchkey/backend/sealed";
import { type FastifyRequest, fastify } from "fastify";
import { type Listener, OWN_COOKIE, PUBLIC } from "./site.ts";

export async function fastifySite(sessions: SessionManager): Promise<Listener> {
  const app = fastify();
  app.addHook("onRequest", async (_request, reply) => {
    reply.header("set-cookie", OWN_COOKIE);
  });
  app.get("/callback", async (request, reply) =>
    reply.send(await sessions.handleCallback(toWebRequest(request.raw))),
  );
  app.post("/sign-out", async (request, reply) =>
    reply.send(await sessions.signOut(toWebRequest(request.raw), { returnTo: "/bye" })),
  );
  await app.register(async (notes) => {
    notes.addHook("onRequest", fastifySession(sessions));
    notes.get("/notes", async (request: FastifyRequest & { auth?: SessionResult }, reply) => {
      reply.headers(PUBLIC);
      if (request.auth?.status === "signed_in") return request.auth.user.email;
      const returnTo = request.url;
      const started = await sessions.startSignIn(toWebRequest(request.raw), { returnTo });
      setSessionHeaders(reply.raw, started.headers);
      return reply.redirect(started.url);
    });
  });
  await app.ready();
  return { listener: (req, res) => app.routing(req, res), close: () => app.close() };
}
