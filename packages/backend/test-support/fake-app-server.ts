import { parseCookieHeader } from "@latchkey/core/cookies/cookie-header";
import { crypto } from "@latchkey/core/crypto";
import { base64url, utf8 } from "@latchkey/core/encoding";
import { mintAppServerToken } from "@latchkey/core/tokens/app-server-tokens";
import { createSessionManager, type SessionManagerOptions } from "../src/sealed/index.ts";

export const SERVER = "https://auth.example.com";
export const APP = "https://app.example.com";
export const CLIENT_ID = "client_01";
const CALLBACK = `${APP}/callback`;

interface Session {
  readonly sid: string;
  generation: number;
  organizationId: string | undefined;
  ended: boolean;
}

/** May let the request through and then do something else with its answer. */
type Answer = (through: () => Promise<Response>) => Promise<Response>;

/** Not a Response: Node's own reads its body by way of Buffer, which edge runtimes have not. */
const answerJson = (body: object, { status = 200 } = {}) =>
  ({
    status,
    headers: new Headers({ "content-type": "application/json" }),
    text: async () => JSON.stringify(body),
  }) as Response;

/** The session server as an app's server sees it, with a clock that both read. */
export async function createFakeAppServer() {
  const jwk = await crypto.generateEs256();
  const signer = { kid: "key-1", privateKey: await crypto.importEs256Private(jwk) };
  const { d: _, ...publicJwk } = jwk;
  const sessions = new Map<string, Session>();
  const codes = new Map<string, { challenge: string | null; impersonator: boolean }>();
  let fault: Answer | undefined;
  let jwksFault: Answer | undefined;

  async function answer(session: Session, impersonator = false) {
    const now = Math.floor(server.now / 1_000);
    const organization = session.organizationId && {
      org_id: session.organizationId,
      role: "admin",
      roles: ["admin"],
    };
    return answerJson({
      user: {
        object: "user",
        id: "user_01",
        email: "ada@example.com",
        email_verified: true,
        first_name: null,
        last_name: null,
        name: null,
        profile_picture_url: null,
        last_sign_in_at: null,
        locale: null,
        external_id: null,
        metadata: server.metadata,
        created_at: "2026-01-01T00:00:00.000Z",
        updated_at: "2026-01-01T00:00:00.000Z",
      },
      ...(session.organizationId && { organization_id: session.organizationId }),
      access_token: await mintAppServerToken(
        {
          origin: SERVER,
          clientId: CLIENT_ID,
          sub: "user_01",
          sid: session.sid,
          jti: `jti-${server.calls.length}`,
          iat: now,
          exp: now + server.ttl,
          ...organization,
        },
        signer,
      ),
      refresh_token: `${session.sid}.${session.generation}`,
      authentication_method: "MagicAuth",
      ...(impersonator && { impersonator: { email: "op@example.com", reason: "Ticket" } }),
    });
  }

  const invalidGrant = () =>
    answerJson({ error: "invalid_grant", error_description: "Over." }, { status: 400 });

  async function authenticate(body: Record<string, string>): Promise<Response> {
    if (body.client_secret !== "sk_secret") {
      return answerJson({ error: "invalid_client" }, { status: 401 });
    }
    if (body.grant_type === "authorization_code") {
      const code = codes.get(body.code ?? "");
      codes.delete(body.code ?? "");
      const hash = base64url(await crypto.sha256(utf8(body.code_verifier ?? "")));
      if (!code || (code.challenge !== null && code.challenge !== hash)) return invalidGrant();
      const sid = `session_${sessions.size}`;
      sessions.set(sid, { sid, generation: 0, organizationId: undefined, ended: false });
      return answer(sessions.get(sid) as Session, code.impersonator);
    }
    const [sid = "", generation] = (body.refresh_token ?? "").split(".");
    const session = sessions.get(sid);
    if (!session || session.ended) return invalidGrant();
    if (body.organization_id === "org_outside") {
      return answerJson({ error: "access_denied" }, { status: 403 });
    }
    // Without a window whoever presents an old one is over, so that only the manager can save it.
    const age = session.generation - Number(generation);
    if (age > (server.keepsWindow ? 1 : 0)) {
      session.ended = true;
      return invalidGrant();
    }
    if (age === 0) session.generation += 1;
    if (body.organization_id) session.organizationId = body.organization_id;
    return answer(session);
  }

  const server = {
    now: 1_800_000_000_000,
    ttl: 900,
    metadata: {} as Record<string, string>,
    /** Whether the refresh token before the current one gets the current one again (R3). */
    keepsWindow: false,
    /** Bodies of every call to /user_management/authenticate. */
    calls: [] as Record<string, string>[],
    pass(seconds: number) {
      server.now += seconds * 1_000;
    },
    fail(next: Answer) {
      fault = next;
    },
    failKeys(next: Answer) {
      jwksFault = next;
    },
    recover() {
      fault = undefined;
      jwksFault = undefined;
    },
    end() {
      for (const session of sessions.values()) session.ended = true;
    },
    async fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
      const { pathname } = new URL(input instanceof Request ? input.url : String(input));
      if (pathname === `/sso/jwks/${CLIENT_ID}`) {
        const keys = async () =>
          answerJson({ keys: [{ ...publicJwk, kid: "key-1", alg: "ES256" }] });
        return jwksFault ? jwksFault(keys) : keys();
      }
      const body = JSON.parse(String(init?.body)) as Record<string, string>;
      server.calls.push(body);
      return fault ? fault(() => authenticate(body)) : authenticate(body);
    },
    /** What the browser is sent back with from an authorization URL. */
    callback(url: string, change: Record<string, string> = {}): string {
      const asked = new URL(url).searchParams;
      const code = server.code(asked.get("code_challenge"));
      const back = new URL(asked.get("redirect_uri") ?? "");
      back.search = String(
        new URLSearchParams({ code, state: asked.get("state") ?? "", ...change }),
      );
      return back.href;
    },
    code(challenge: string | null = null, impersonator = false): string {
      const code = `code-${codes.size}-${server.calls.length}`;
      codes.set(code, { challenge, impersonator });
      return code;
    },
    manager(more: Partial<SessionManagerOptions> = {}) {
      return createSessionManager({
        clientId: CLIENT_ID,
        apiKey: "sk_secret",
        serverUrl: SERVER,
        redirectUri: CALLBACK,
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

export type FakeAppServer = Awaited<ReturnType<typeof createFakeAppServer>>;

/** A browser's cookies of one host. */
export function createJar() {
  const cookies = new Map<string, string>();
  const jar = {
    cookies,
    request(path = "/", headers: Record<string, string> = {}): Request {
      const cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
      return new Request(new URL(path, APP), { headers: { ...headers, cookie } });
    },
    keep<Kept extends { readonly headers: Headers }>(answer: Kept): Kept {
      for (const line of answer.headers.getSetCookie()) {
        const [pair = ""] = line.split(";");
        const { name, value } = parseCookieHeader(pair)[0] ?? { name: "", value: "" };
        if (/max-age=0/i.test(line)) cookies.delete(name);
        else cookies.set(name, value);
      }
      return answer;
    },
  };
  return jar;
}

export type Jar = ReturnType<typeof createJar>;
type Manager = ReturnType<FakeAppServer["manager"]>;

export async function signIn(server: FakeAppServer, manager: Manager, jar = createJar()) {
  const started = jar.keep(await manager.startSignIn(jar.request()));
  const answer = await manager.handleCallback(jar.request(server.callback(started.url)));
  jar.keep(answer);
  return jar;
}

/** A server, an app's manager and a browser that is signed in with it. */
export async function openSignedIn() {
  const server = await createFakeAppServer();
  const manager = server.manager();
  return { server, manager, jar: await signIn(server, manager) };
}
