/** The app's own server: pages that scripts run in, and pages that know their visitor before they are sent. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  createLatchkeyBackend,
  createPageGuard,
  markPrivate,
  type PageDecision,
  type PageGuard,
  type PageGuardOptions,
  type PageRequest,
} from "@latchkey/backend";
import type { StaticSite } from "../support/static-site.ts";

export interface AppSite {
  readonly url: string;
  /** Method, path and status of what was asked for, pages only. */
  readonly pages: string[];
  close(): Promise<void>;
}

export interface AppSiteOptions {
  readonly appId: string;
  readonly serverUrl: string;
  readonly scripts: StaticSite;
  readonly guard: Omit<PageGuardOptions, "backend"> | "by_presence";
  /** Whether guarded pages are those that scripts run in, too. */
  readonly scriptedNotes?: boolean;
}

export async function startAppSite(options: AppSiteOptions): Promise<AppSite> {
  const { appId, serverUrl, scripts, guard, scriptedNotes = false } = options;
  const backend = createLatchkeyBackend({ appId, serverUrl });
  const decide: PageGuard["check"] =
    guard === "by_presence" ? decideByPresence : createPageGuard({ ...guard, backend }).check;
  const pages: string[] = [];

  async function answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (/\.(js|css)$/.test(pathname)) return fetch(scripts.url + pathname);
    if (pathname === "/favicon.ico") return new Response(null, { status: 404 });
    const isGuarded = pathname.startsWith("/notes");
    const isScripted =
      ["/", "/refresh", "/sign-in"].includes(pathname) || (isGuarded && scriptedNotes);
    const decision = await decide(request, { guarded: isGuarded });
    const response =
      decision.response ??
      (isScripted
        ? await fetch(`${scripts.url}/`)
        : new Response(
            `<!doctype html><title>${decision.status}</title><p id="who">${decision.session?.userId ?? "nobody known"}</p>`,
            { headers: { "content-type": "text/html" } },
          ));
    pages.push(`${request.method} ${pathname} ${response.status}`);
    const headers = new Headers(response.headers);
    markPrivate(headers);
    for (const name of ["content-encoding", "content-length", "transfer-encoding"])
      headers.delete(name);
    return new Response(response.body, { status: response.status, headers });
  }

  const listener = createServer(async (incoming, outgoing) => {
    try {
      await send(await answer(toRequest(incoming)), outgoing);
    } catch (error) {
      outgoing.writeHead(500).end(String(error));
    }
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${(listener.address() as AddressInfo).port}`,
    pages,
    async close() {
      listener.closeAllConnections();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

/** As the vendor's documentation has it, in words of our own: the presence of two cookies decides. */
async function decideByPresence(request: PageRequest): Promise<PageDecision> {
  const url = new URL(request.url ?? "/", "https://localhost");
  const cookies = new Headers(request.headers as Headers).get("cookie") ?? "";
  const has = (name: string) => cookies.split("; ").some((pair) => pair.startsWith(`${name}=`));
  const passes = url.searchParams.has("privy_oauth_code") || url.pathname === "/refresh";
  const mayBeSignedIn = has("privy-session") && !has("privy-token");
  if (passes || !mayBeSignedIn) {
    // Nothing is verified here, so there is nobody to name.
    return { status: has("privy-token") ? "maybe" : "unknown", session: null, response: null };
  }
  const location = `/refresh?redirect_uri=${encodeURIComponent(url.pathname)}`;
  const response = new Response(null, { status: 307, headers: { location } });
  return { status: "maybe", session: null, response };
}

function toRequest(incoming: IncomingMessage): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headersDistinct)) {
    for (const each of value ?? []) headers.append(name, each);
  }
  const url = `https://${incoming.headers.host}${incoming.url}`;
  return new Request(url, { method: incoming.method ?? "GET", headers });
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}
