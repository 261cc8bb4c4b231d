/** One browser that keeps cookies by domain, host-only flag and path, and sends what browsers send. */
import type { AuthenticatedUser } from "@latchkey/core/protocol/browser";
import { type Answer, type CallOptions, send } from "./test-page.ts";
import { ORIGIN, type TestServer } from "./test-server.ts";
import { SESSION_HOST } from "./verified-domain.ts";

interface Kept {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly hostOnly: boolean;
  readonly path: string;
  readonly line: string;
}

export interface CookieBrowserOptions {
  readonly appId?: string;
  readonly clientId?: string;
  readonly origin?: string | null;
  /** Where calls go, such as `privy.example.com`. */
  readonly host?: string;
}

export type CookieBrowser = ReturnType<typeof openCookieBrowser>;

export function openCookieBrowser(server: TestServer, options: CookieBrowserOptions = {}) {
  const { appId = server.app.id, host = SESSION_HOST } = options;
  const origin = options.origin === undefined ? ORIGIN : options.origin;
  const kept = new Map<string, Kept>();

  /** RFC 6265bis section 5.7. */
  function receive(from: string, lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = "", ...attributes] = line.split("; ");
      const equals = pair.indexOf("=");
      const read = (label: string) =>
        attributes.find((each) => each.startsWith(`${label}=`))?.slice(label.length + 1);
      const cookie = {
        name: pair.slice(0, equals),
        value: pair.slice(equals + 1),
        domain: read("Domain") ?? from,
        hostOnly: read("Domain") === undefined,
        path: read("Path") ?? "/",
        line,
      };
      const { name, domain, hostOnly, path } = cookie;
      if (from !== domain && !from.endsWith(`.${domain}`)) continue;
      const key = [name, domain, hostOnly, path].join();
      if (read("Max-Age") === "0") kept.delete(key);
      else kept.set(key, cookie);
    }
  }

  const sentTo = (to: string, path = "/"): Kept[] =>
    [...kept.values()].filter(
      (cookie) =>
        (cookie.hostOnly
          ? to === cookie.domain
          : to === cookie.domain || to.endsWith(`.${cookie.domain}`)) &&
        (cookie.path === "/" || path === cookie.path || path.startsWith(`${cookie.path}/`)),
    );

  async function request(url: string, call: CallOptions = {}): Promise<Answer> {
    const { hostname, pathname } = new URL(url);
    const cookies = sentTo(hostname, pathname);
    const answer = await send(server.fetch, url, {
      ...call,
      headers: {
        ...(cookies.length > 0 && {
          cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; "),
        }),
        ...call.headers,
      },
    });
    receive(hostname, answer.headers.getSetCookie());
    return answer;
  }

  const call = (path: string, { headers, ...rest }: CallOptions = {}, to = host) =>
    request(`https://${to}/api/v1${path}`, {
      ...rest,
      headers: {
        "privy-app-id": appId,
        ...(options.clientId && { "privy-client-id": options.clientId }),
        ...(origin !== null && { origin, "sec-fetch-site": "same-site" }),
        ...headers,
      },
    });

  const post = (
    path: string,
    body: unknown = {},
    headers: CallOptions["headers"] = {},
    to = host,
  ) => call(path, { body, headers }, to);

  return {
    request,
    call,
    post,
    receive,
    /** The session's cookies by name, as a server of this host gets them. */
    at: (to: string, path = "/"): Record<string, string> =>
      Object.fromEntries(
        sentTo(to, path)
          .filter(({ name }) => name.startsWith("privy-"))
          .map(({ name, value }) => [name, value]),
      ),
    /** The Set-Cookie header by which a cookie of this name came. */
    line: (name: string) => [...kept.values()].find((cookie) => cookie.name === name)?.line,
    count: (name: string) => [...kept.values()].filter((cookie) => cookie.name === name).length,
    forget: (name: string) => {
      for (const [key, cookie] of kept) if (cookie.name === name) kept.delete(key);
    },
    refresh: (body: unknown = {}, headers: CallOptions["headers"] = {}, to = host) =>
      post("/sessions", body, headers, to),
    /** The way a link or a redirect goes. */
    navigate: (url: string, headers: CallOptions["headers"] = {}) =>
      request(url, {
        headers: {
          accept: "text/html,*/*",
          "sec-fetch-mode": "navigate",
          "sec-fetch-dest": "document",
          "sec-fetch-site": "same-site",
          ...headers,
        },
      }),
    async signIn(email: string, to = host): Promise<AuthenticatedUser> {
      const asked = await post("/passwordless/init", { email }, {}, to);
      if (asked.status !== 200) throw new TypeError(`No code: ${asked.text}`);
      const code = await server.codeFor(email);
      const answer = await post("/passwordless/authenticate", { email, code }, {}, to);
      if (answer.status !== 200) throw new TypeError(`Not signed in: ${answer.text}`);
      return answer.as<AuthenticatedUser>();
    },
  };
}
