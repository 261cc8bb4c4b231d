/** Measures how an app's server judges a request with a session cookie, as a process of its own. */
import { registerHooks } from "node:module";
import { createSessionManager, type SessionManager } from "@latchkey/backend/sealed";
import { WorkOS } from "@workos-inc/node";
import { sealData } from "iron-session";
import { type Costs, cpuRounds } from "./cpu-rounds.ts";
import { answerParent } from "./in-child.ts";
import type { ProtectedInput, ProtectedWay } from "./protected-request.ts";

const APP = "https://app.example.com";
const cookiePassword = "a cookie password of more than 32 characters";
type Session = Parameters<SessionManager["saveSession"]>[1];

answerParent<ProtectedInput, Costs<ProtectedWay>>(async (input) => {
  const { serverUrl, publicUrl, clientId, apiKey, timing } = input;
  const shared = { clientId, apiKey, serverUrl, publicUrl, cookiePassword };
  const redirectUri = `${APP}/callback`;
  const warm = createSessionManager({ ...shared, redirectUri });
  const cold = createSessionManager({ ...shared, redirectUri, cacheSize: 0 });
  const authkit = await loadAuthkit(input, redirectUri);
  const workos = openWorkOS(input);

  const ours: Request[] = [];
  const theirs: { readonly request: InstanceType<typeof authkit.NextRequest>; sealed: string }[] =
    [];
  for (const answer of input.answers) {
    const session = sessionOf(answer);
    const headers = await warm.saveSession(new Request(`${APP}/`), session);
    ours.push(requestWith(headers.getSetCookie()[0]?.split(";")[0] ?? ""));
    const sealed = await sealData(session, { password: cookiePassword });
    const request = new authkit.NextRequest(requestWith(`wos-session=${sealed}`));
    theirs.push({ request, sealed });
  }
  let turn = 0;
  const next = <Item>(items: readonly Item[]) => items[turn++ % items.length] as Item;

  return cpuRounds(
    {
      seen: async () => signedIn((await warm.getSession(next(ours))).status === "signed_in"),
      unseen: async () => signedIn((await cold.getSession(next(ours))).status === "signed_in"),
      authkit: async () => {
        const { session } = await authkit.authkit(next(theirs).request, {});
        signedIn(session.user !== null);
      },
      node: async () => {
        const sessionData = next(theirs).sealed;
        const session = workos.userManagement.loadSealedSession({ sessionData, cookiePassword });
        signedIn((await session.authenticate()).authenticated);
      },
    },
    timing,
  );
});

function requestWith(cookie: string): Request {
  return new Request(`${APP}/notes`, {
    headers: { cookie, accept: "text/html", "accept-language": "en-GB,en;q=0.9" },
  });
}

function signedIn(is: boolean): void {
  if (!is) throw new Error("a good session was not taken for one");
}

/** The names that the cookie holds; the wire has them with underscores. */
function sessionOf(answer: ProtectedInput["answers"][number]): Session {
  const renamed = (fields: object) =>
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [
        name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
        value,
      ]),
    );
  return { ...renamed(answer), user: renamed(answer.user) } as unknown as Session;
}

function openWorkOS({ serverUrl, clientId, apiKey }: ProtectedInput): WorkOS {
  const { hostname, port } = new URL(serverUrl);
  return new WorkOS({ apiKey, clientId, apiHostname: hostname, port: Number(port), https: false });
}

/** The vendor's function for composing its middleware, without Next around it: a request to a session. */
async function loadAuthkit(input: ProtectedInput, redirectUri: string) {
  const { hostname, port } = new URL(input.serverUrl);
  Object.assign(process.env, {
    WORKOS_CLIENT_ID: input.clientId,
    WORKOS_API_KEY: input.apiKey,
    WORKOS_API_HOSTNAME: hostname,
    WORKOS_API_PORT: port,
    WORKOS_API_HTTPS: "false",
    WORKOS_COOKIE_PASSWORD: cookiePassword,
    WORKOS_REDIRECT_URI: redirectUri,
  });
  // What Next's bundler does: "next/…" are files, and "server-only" is nothing on the server.
  registerHooks({
    resolve(specifier, context, follow) {
      if (specifier === "server-only") return { url: "data:text/javascript,", shortCircuit: true };
      return follow(/^next\/[a-z]+$/.test(specifier) ? `${specifier}.js` : specifier, context);
    },
  });
  const { authkit } = await import("@workos-inc/authkit-nextjs");
  const { NextRequest } = await import("next/server.js");
  return { authkit, NextRequest };
}
