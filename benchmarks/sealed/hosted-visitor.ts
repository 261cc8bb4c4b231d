/** One person who signs in on the hosted pages, and the app's server that ends it. */
import { createHash, randomBytes } from "node:crypto";
import type { Latchkey } from "../servers/latchkey.ts";

/** What POST /user_management/authenticate answers. */
export interface HostedSession {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly user: Readonly<Record<string, unknown>>;
}

const ORIGIN = "https://sessions.example.com";

/**
 * Six requests: authorization, the redirect's page, the address, the code, and the app's server
 * exchanging what came back. The browser ones carry what a browser sends.
 */
export async function signInOnPages(
  { server, hosted }: Latchkey,
  index: number,
): Promise<HostedSession> {
  const base = `http://127.0.0.1:${server.port}`;
  const cookies = new Map<string, string>();
  // Sign-ins are limited per network: these come from many.
  const from = `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
  const verifier = randomBytes(32).toString("base64url");

  async function visit(path: string, form?: Record<string, string>) {
    const response = await fetch(`${base}${path}`, {
      redirect: "manual",
      method: form ? "POST" : "GET",
      headers: {
        accept: "text/html",
        cookie: Array.from(cookies, (pair) => pair.join("=")).join("; "),
        "x-forwarded-for": from,
        "x-forwarded-proto": "https",
        ...(form && { origin: ORIGIN, "sec-fetch-site": "same-origin" }),
      },
      ...(form && { body: new URLSearchParams(form) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const text = await response.text();
    if (response.status >= 400) throw new Error(`${path} was answered ${response.status}: ${text}`);
    return { location: response.headers.get("location"), text };
  }

  const { clientId, apiKey, redirectUri, email, code } = hosted;
  const asked = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: "code",
    provider: "authkit",
    state: "s",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  });
  const sent = await visit(`/user_management/authorize?${asked}`);
  const login = new URL(sent.location ?? "", ORIGIN);
  await visit(login.pathname + login.search);
  const request = login.searchParams.get("request") ?? "";
  const addressed = await visit("/login", { request, email });
  const next = addressed.location ? new URL(addressed.location, ORIGIN) : null;
  const page = next ? await visit(next.pathname + next.search) : addressed;
  const proven = await visit("/login", { request: hiddenRequest(page.text) ?? request, code });
  const back = new URL(proven.location ?? "", ORIGIN);
  const answer = await fetch(`${base}/user_management/authenticate`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-forwarded-for": from },
    body: JSON.stringify({
      grant_type: "authorization_code",
      client_id: clientId,
      client_secret: apiKey,
      code: back.searchParams.get("code"),
      code_verifier: verifier,
    }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`the code was answered ${answer.status}: ${text}`);
  return JSON.parse(text) as HostedSession;
}

function hiddenRequest(html: string): string | undefined {
  return /name="request"[^>]*value="([^"]*)"/.exec(html)?.[1];
}
