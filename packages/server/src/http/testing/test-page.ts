import type { AuthenticatedUser, ErrorBody } from "@latchkey/core/protocol/browser";
import type { FetchHandler } from "../../app.ts";
import { ORIGIN, type TestServer } from "./test-server.ts";

/** An answer, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as what the caller knows it to be. */
  as<T>(): T;
  /** `code` of an error body, else undefined. */
  readonly code: string | undefined;
}

export interface CallOptions {
  readonly method?: string;
  /** Sent as JSON, a string as it is. */
  readonly body?: unknown;
  /** Undefined leaves a header out that would be sent. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Address of the client. */
  readonly ip?: string;
}

export async function send(
  fetch: FetchHandler,
  path: string,
  { method, body, headers, ip }: CallOptions = {},
): Promise<Answer> {
  const sent = new Headers();
  if (body !== undefined) sent.set("content-type", "application/json");
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value === undefined) sent.delete(name);
    else sent.set(name, value);
  }
  const request = new Request(new URL(path, "https://sessions.example.com"), {
    method: method ?? (body === undefined ? "GET" : "POST"),
    headers: sent,
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return readAnswer(await fetch(request, { ip: ip ?? null }));
}

async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson =
    text !== "" && response.headers.get("content-type")?.startsWith("application/json");
  const body: unknown = isJson ? JSON.parse(text) : undefined;
  return {
    status: response.status,
    headers: response.headers,
    text,
    as: <T>() => body as T,
    code: (body as Partial<ErrorBody> | undefined)?.code,
  };
}

export interface PageOptions {
  readonly appId?: string;
  /** Null for a client that is no browser. */
  readonly origin?: string | null;
  readonly analyticsId?: string;
  readonly ip?: string;
}

/** One browser with a page of the app open: keeps cookies, sends what the clients send. */
export interface TestPage {
  call(path: string, options?: CallOptions): Promise<Answer>;
  post(path: string, body?: unknown, headers?: CallOptions["headers"]): Promise<Answer>;
  /** Asks for a code and signs in with it. */
  signIn(email: string): Promise<AuthenticatedUser>;
}

export function openPage(server: TestServer, options: PageOptions = {}): TestPage {
  const { origin = ORIGIN, appId = server.app.id, analyticsId = "ca-1" } = options;
  const cookies = new Map<string, string>();

  async function call(path: string, { headers, ...rest }: CallOptions = {}): Promise<Answer> {
    const answer = await send(server.fetch, `/api/v1${path}`, {
      ...rest,
      ...(options.ip !== undefined && { ip: options.ip }),
      headers: {
        "privy-app-id": appId,
        "privy-ca-id": analyticsId,
        ...(origin !== null && { origin }),
        ...(cookies.size > 0 && { cookie: [...cookies].map((pair) => pair.join("=")).join("; ") }),
        ...headers,
      },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (name !== undefined && value !== undefined) cookies.set(name, value);
    }
    return answer;
  }

  const post: TestPage["post"] = (path, body = {}, headers = {}) => call(path, { body, headers });

  return {
    call,
    post,
    async signIn(email) {
      const asked = await post("/passwordless/init", { email });
      if (asked.status !== 200) throw new TypeError(`No code: ${asked.text}`);
      const code = await server.codeFor(email);
      const answer = await post("/passwordless/authenticate", { email, code });
      if (answer.status !== 200) throw new TypeError(`Not signed in: ${answer.text}`);
      return answer.as<AuthenticatedUser>();
    },
  };
}

export const bearer = (token: string | null) => ({ authorization: `Bearer ${token}` });

export const basic = (id: string, secret: string) => ({
  authorization: `Basic ${btoa(`${id}:${secret}`)}`,
});
