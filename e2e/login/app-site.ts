/** An app as its developers write one by hand: signs in by redirect, keeps no cookie, shows what it got. */
import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { DevServer } from "../support/dev-server.ts";

export interface AppSite {
  readonly name: string;
  readonly url: string;
  readonly clientId: string;
  /** Where it sends the browser to sign in. */
  authorizeUrl(changes?: Readonly<Record<string, string>>): string;
  /** The session of the last sign-in that came back. */
  session(): Promise<{ readonly id: string; readonly email: string }>;
  close(): Promise<void>;
}

export interface AppSiteOptions {
  readonly name?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
}

const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" rx="10" fill="#ffd400"/><circle cx="20" cy="20" r="9" fill="#7a2e00"/></svg>`;

export async function openAppSite(
  server: DevServer,
  { name = "Notes", settings = {} }: AppSiteOptions = {},
): Promise<AppSite> {
  const verifier = randomBytes(32).toString("base64url");
  const state = randomBytes(16).toString("base64url");
  let code: string | null = null;

  const site = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    if (pathname === "/callback") {
      if (searchParams.get("state") === state) code = searchParams.get("code");
      response.writeHead(303, { location: `/home?error=${searchParams.get("error") ?? ""}` });
      response.end();
      return;
    }
    if (pathname === "/logo.svg") {
      response.setHeader("content-type", "image/svg+xml");
      response.end(LOGO);
      return;
    }
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(`<!doctype html><title>${name}</title><h1>${pathname.slice(1) || "start"}</h1>`);
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  const url = `http://localhost:${(site.address() as AddressInfo).port}`;

  const assignments = Object.entries({
    redirectUris: [`${url}/callback`],
    logoutUris: [`${url}/bye`],
    ...settings,
  }).flatMap(([key, value]) => ["--set", `${key}=${JSON.stringify(value)}`]);
  const text = await server.latchkey("apps", "create", name, "--development", ...assignments);
  const [, clientId = ""] = /Client id +(\S+)/.exec(text) ?? [];
  const [, apiKey = ""] = /API key +(\S+)/.exec(text) ?? [];

  return {
    name,
    url,
    clientId,
    authorizeUrl(changes = {}) {
      const query = new URLSearchParams({
        client_id: clientId,
        redirect_uri: `${url}/callback`,
        response_type: "code",
        provider: "authkit",
        state,
        code_challenge: createHash("sha256").update(verifier).digest("base64url"),
        code_challenge_method: "S256",
        ...changes,
      });
      return `${server.url}/user_management/authorize?${query}`;
    },
    async session() {
      const answer = await fetch(`${server.url}/user_management/authenticate`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          grant_type: "authorization_code",
          client_id: clientId,
          client_secret: apiKey,
          code,
          code_verifier: verifier,
        }),
      });
      const body = (await answer.json()) as { access_token?: string; user?: { email: string } };
      if (!body.access_token || !body.user) throw new Error(`no session: ${JSON.stringify(body)}`);
      const [, claims = ""] = body.access_token.split(".");
      const { sid } = JSON.parse(Buffer.from(claims, "base64url").toString()) as { sid: string };
      return { id: sid, email: body.user.email };
    },
    async close() {
      site.closeAllConnections();
      await new Promise((resolve) => site.close(resolve));
    },
  };
}
