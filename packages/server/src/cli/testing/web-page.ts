import type { AuthenticatedUser } from "@latchkey/core/protocol/browser";

export interface WebAnswer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** A page that calls a server over the network. */
export interface WebPage {
  post<T = Record<string, unknown>>(path: string, body: object): Promise<WebAnswer<T>>;
  get<T = Record<string, unknown>>(path: string, token?: string | null): Promise<WebAnswer<T>>;
  signIn(email: string, codeFor: (email: string) => Promise<string>): Promise<AuthenticatedUser>;
}

export function openWebPage(url: string, appId: string, origin: string): WebPage {
  const headers = { "privy-app-id": appId, "privy-ca-id": "web-page", origin };

  async function call<T>(path: string, init: RequestInit): Promise<WebAnswer<T>> {
    const response = await fetch(`${url}/api/v1${path}`, init);
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === "" ? {} : JSON.parse(text)) as T,
    };
  }

  const post = <T>(path: string, body: object) =>
    call<T>(path, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify(body),
    });

  return {
    post,
    get: (path, token) =>
      call(path, { headers: token ? { ...headers, authorization: `Bearer ${token}` } : headers }),
    async signIn(email, codeFor) {
      await post("/passwordless/init", { email });
      const code = await codeFor(email);
      const answer = await post<AuthenticatedUser>("/passwordless/authenticate", { email, code });
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
      return answer.body;
    },
  };
}
