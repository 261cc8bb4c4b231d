/** The session server as an app's server sees it, with a clock that both read. */
import { createSessionManager, type SessionManagerOptions } from "@latchkey/backend/sealed";

export const SERVER = "https://auth.example.com";
export const APP = "https://app.example.com";
export const CLIENT_ID = "client_01";

interface Session {
  readonly sid: string;
  generation: number;
  organizationId: string | undefined;
  ended: boolean;
  readonly impersonator: boolean;
}

type Answer = () => Promise<Response>;

export async function createSessionServer() {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", keys.publicKey);
  const sessions = new Map<string, Session>();
  const codes = new Map<
    string,
    { readonly challenge: string | null; readonly operator: boolean }
  >();
  let fault: Answer | undefined;

  async function sign(claims: object): Promise<string> {
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
    const text = `${encode({ alg: "ES256", typ: "JWT", kid: "key-1" })}.${encode(claims)}`;
    const hash = { name: "ECDSA", hash: "SHA-256" };
    const signature = await crypto.subtle.sign(hash, keys.privateKey, Buffer.from(text));
    return `${text}.${Buffer.from(signature).toString("base64url")}`;
  }

  async function answer(session: Session): Promise<Response> {
    const now = Math.floor(server.now / 1_000);
    const { sid, organizationId, impersonator } = session;
    return Response.json({
      user: {
        object: "user",
        id: "user_01",
        email: "ada@example.com",
        email_verified: true,
        metadata: {},
        created_at: "2026-01-01T00:00:00.000Z",
        updated_at: "2026-01-01T00:00:00.000Z",
        password_hash: "not for the cookie",
      },
      ...(organizationId && { organization_id: organizationId }),
      ...(impersonator && { impersonator: { email: "op@example.com", reason: "Ticket" } }),
      access_token: await sign({
        iss: `${SERVER}/user_management/${CLIENT_ID}`,
        sub: "user_01",
        sid,
        jti: `jti-${server.calls.length}`,
        iat: now,
        exp: now + server.ttl,
        auth_time: server.authTime,
        ...(organizationId && { org_id: organizationId, role: "admin", roles: ["admin"] }),
      }),
      refresh_token: `${sid}.${session.generation}`,
      authentication_method: "MagicAuth",
      debug: "a field of a newer server ".repeat(60),
    });
  }

  const refused = (status: number, error: string) =>
    Response.json({ error, error_description: `${error}.` }, { status });

  async function authenticate(body: Record<string, string>): Promise<Response> {
    if (body.client_secret !== "sk_secret") return refused(401, "invalid_client");
    if (body.grant_type === "authorization_code") {
      const code = codes.get(body.code ?? "");
      codes.delete(body.code ?? "");
      const verifier = Buffer.from(body.code_verifier ?? "");
      const hash = Buffer.from(await crypto.subtle.digest("SHA-256", verifier)).toString(
        "base64url",
      );
      if (!code || (code.challenge !== null && code.challenge !== hash)) {
        return refused(400, "invalid_grant");
      }
      const sid = `session_${sessions.size}`;
      const session = { sid, generation: 0, organizationId: undefined, ended: false };
      sessions.set(sid, { ...session, impersonator: code.operator });
      return answer(sessions.get(sid) as Session);
    }
    const [sid = "", generation] = (body.refresh_token ?? "").split(".");
    const session = sessions.get(sid);
    if (!session || session.ended) return refused(400, "invalid_grant");
    if (body.organization_id === "org_outside") return refused(403, "access_denied");
    if (body.organization_id === "org_sso") return refused(400, "sso_required");
    // No window: who presents an old one is over, so that nothing but the SDK can save the session.
    if (Number(generation) !== session.generation) {
      session.ended = true;
      return refused(400, "invalid_grant");
    }
    session.generation += 1;
    if (body.organization_id) session.organizationId = body.organization_id;
    return answer(session);
  }

  const server = {
    now: 1_800_000_000_000,
    ttl: 900,
    authTime: 1_799_999_990 as number | undefined,
    /** Bodies of every call to /user_management/authenticate. */
    calls: [] as Record<string, string>[],
    sign,
    pass(seconds: number) {
      server.now += seconds * 1_000;
    },
    fail(next: Answer) {
      fault = next;
    },
    recover() {
      fault = undefined;
    },
    end() {
      for (const session of sessions.values()) session.ended = true;
    },
    async fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
      const { pathname } = new URL(input instanceof Request ? input.url : String(input));
      if (pathname.startsWith("/sso/jwks/")) {
        return Response.json({
          keys: [{ kty, crv, x, y, kid: "key-1", alg: "ES256", use: "sig" }],
        });
      }
      if (pathname === "/organizations/org_1") return Response.json({ id: "org_1", name: "Acme" });
      const body = JSON.parse(String(init?.body)) as Record<string, string>;
      server.calls.push(body);
      return fault ? fault() : authenticate(body);
    },
    /** Where the browser is sent back to from an authorization URL. */
    callback(url: string, change: Record<string, string> = {}): string {
      const asked = new URL(url).searchParams;
      const back = new URL(asked.get("redirect_uri") ?? "");
      const code = server.code(asked.get("code_challenge"));
      back.search = String(
        new URLSearchParams({ code, state: asked.get("state") ?? "", ...change }),
      );
      return back.href;
    },
    code(challenge: string | null = null, operator = false): string {
      const code = `code-${codes.size}-${server.calls.length}`;
      codes.set(code, { challenge, operator });
      return code;
    },
    manager(more: Partial<SessionManagerOptions> = {}) {
      return createSessionManager({
        clientId: CLIENT_ID,
        apiKey: "sk_secret",
        serverUrl: SERVER,
        redirectUri: `${APP}/callback`,
        cookiePassword: "a password of 32 characters and more",
        fetch: server.fetch,
        now: () => server.now,
        onProblem: () => {},
        ...more,
      });
    },
  };
  return server;
}

export type SessionServer = Awaited<ReturnType<typeof createSessionServer>>;

/** What stands between an app and its session server when something is wrong. */
export const FAULTS: Readonly<Record<string, Answer>> = {
  "401": async () => Response.json({ error: "invalid_client" }, { status: 401 }),
  "429": async () => Response.json({ message: "slow" }, { status: 429 }),
  "500": async () => Response.json({ message: "oops" }, { status: 500 }),
  "HTML 502": async () =>
    new Response("<h1>Bad</h1>", { status: 502, headers: { "content-type": "text/html" } }),
  away: () => Promise.reject(new TypeError("fetch failed")),
};
