/** A browser at an app, and Next between them as far as our code sees it. */
import { NextRequest, type NextResponse } from "next/server";
import { createCallback } from "../src/handle-auth.ts";
import type { AuthkitMiddlewareOptions } from "../src/interfaces.ts";
import type { CookieStore, CookieToSet, NextPorts } from "../src/ports.ts";
import { createProxy } from "../src/proxy.ts";
import { proxyProof } from "../src/proxy-proof.ts";
import type { ProxyPorts } from "../src/proxy-session.ts";
import { parseSetCookie } from "../src/set-cookie-lines.ts";
import { APP, type SessionServer } from "./session-server.ts";

/** What `redirect()` of Next throws. */
export class Redirect extends Error {
  readonly url: string;
  readonly digest: string;

  constructor(url: string) {
    super(`redirect to ${url}`);
    this.url = url;
    this.digest = `NEXT_REDIRECT;replace;${url};307;`;
  }
}

interface PageOptions {
  /** A Server Action or Route Handler; else a page that is rendered. */
  readonly writable?: boolean;
  readonly path?: string | null;
  readonly headers?: Record<string, string>;
}

export function createSite(server: SessionServer, manager = server.manager()) {
  const jar = new Map<string, string>();
  const logs: string[] = [];
  const prove = proxyProof("the app's secret");
  const sessions = () => ({ manager, redirectUri: `${APP}/callback`, prove });
  const proxyPorts: ProxyPorts = { sessions, isProduction: true, log: (words) => logs.push(words) };
  const cookieHeader = () => [...jar].map((pair) => pair.join("=")).join("; ");

  function keepCookie({ name, value, options }: CookieToSet): void {
    const isOver = options.maxAge === 0 || (options.expires && options.expires.getTime() === 0);
    if (isOver || value === "") jar.delete(name);
    else jar.set(name, value);
  }

  const site = {
    jar,
    logs,
    manager,
    sessions,
    prove,
    proxyPorts,
    request(path = "/", headers: Record<string, string> = {}, method = "GET"): NextRequest {
      const cookie = cookieHeader();
      return new NextRequest(new URL(path, APP), {
        method,
        headers: { accept: "text/html", ...headers, ...(cookie && { cookie }) },
      });
    },
    keep<Kept extends { readonly headers: Headers }>(answer: Kept): Kept {
      for (const line of answer.headers.getSetCookie()) keepCookie(parseSetCookie(line));
      return answer;
    },
    async proxy(
      request: NextRequest,
      options: AuthkitMiddlewareOptions = {},
    ): Promise<NextResponse> {
      const answer = await createProxy(proxyPorts, options)(request, {} as never);
      return site.keep(answer as NextResponse);
    },
    callback: (options: Parameters<typeof createCallback>[1] = {}) =>
      createCallback({ sessions }, options),
    /** Ports for one request, and what was asked of Next through them. */
    page({ writable = false, path = null, headers = {} }: PageOptions = {}) {
      const asked = { paths: [] as string[], tags: [] as string[], sets: [] as CookieToSet[] };
      const sent = new Headers({ host: new URL(APP).host, "x-forwarded-proto": "https" });
      for (const [name, value] of Object.entries(headers)) sent.set(name, value);
      if (!sent.has("cookie") && jar.size > 0) sent.set("cookie", cookieHeader());
      const store = createStore(sent, (cookie) => {
        if (!writable) throw new Error("Cookies can only be modified in a Server Action or …");
        asked.sets.push(cookie);
        keepCookie(cookie);
      });
      const ports: NextPorts = {
        headers: async () => sent,
        cookies: async () => store,
        redirect(url) {
          throw new Redirect(url);
        },
        revalidatePath: (one) => void asked.paths.push(one),
        revalidateTag: (tag) => void asked.tags.push(tag),
        currentPath: async () => path,
        sessions,
        now: () => server.now,
      };
      return { ports, ...asked };
    },
    async signIn(): Promise<void> {
      const started = site.keep(await manager.startSignIn(site.request()));
      site.keep(await manager.handleCallback(site.request(server.callback(started.url))));
    },
  };
  return site;
}

export type Site = ReturnType<typeof createSite>;

/** As `cookies()`: one of each name, and what was set in the same request is there at once. */
function createStore(sent: Headers, onSet: (cookie: CookieToSet) => void): CookieStore {
  const kept = new Map<string, string>();
  for (const pair of (sent.get("cookie") ?? "").split("; ").filter(Boolean)) {
    kept.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
  }
  return {
    getAll: () => Array.from(kept, ([name, value]) => ({ name, value })),
    set(name, value, options) {
      onSet({ name, value, options });
      kept.set(name, value);
    },
  };
}

/** The headers that a proxy's response makes the app see, as Next does it. */
export function forwarded(response: NextResponse): Headers {
  const names = response.headers.get("x-middleware-override-headers")?.split(",") ?? [];
  const pairs = names.map((name): [string, string] => [
    name,
    response.headers.get(`x-middleware-request-${name}`) ?? "",
  ]);
  return new Headers(pairs);
}

/** Where a redirect leads that `work` throws; fails when it throws none. */
export async function redirectOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Redirect) return error.url;
    throw error;
  }
  throw new Error("It did not redirect.");
}
