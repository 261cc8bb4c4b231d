/**
 * A session server in memory that keeps the session rules (the real ones, from core) and speaks
 * as much of the browser protocol as the client does. Its tokens are unsigned: nobody verifies.
 */
import { createHash } from "node:crypto";
import {
  applyRefresh,
  classifyRefresh,
  type RefreshPolicy,
  type SessionState,
} from "@latchkey/core/sessions/rules";

export const APP_ID = "cm0000000000000000000demo";
export const CODE = "424242";

export interface FakeSession {
  readonly sid: string;
  readonly user: FakeUser;
  state: SessionState;
}

interface FakeUser {
  readonly id: string;
  readonly is_guest: boolean;
  readonly linked_accounts: object[];
  readonly created_at: number;
  readonly has_accepted_terms: boolean;
  readonly mfa_methods: never[];
}

export interface FakeServerOptions {
  readonly now: () => number;
  readonly windowMs?: number;
  /** Seconds. */
  readonly accessTtl?: number;
  readonly identityTokens?: boolean;
}

/** What a browser's cookie store holds for the API host, where the app has one of its own. */
export interface HttpOnlyCookies {
  refreshToken: string | null;
  /** Sets or clears the readable hint. */
  setHint(present: boolean): void;
}

export type FakeServer = ReturnType<typeof createFakeServer>;

const DAY = 24 * 3600 * 1000;
const sha256 = (text: string) => createHash("sha256").update(text).digest("base64url");
/** As the server writes them. */
function passkeyOptions(path: string, challenge: string): object {
  const encoded = Buffer.from(challenge).toString("base64url");
  if (path === "/passkeys/authenticate/init") {
    return {
      challenge: encoded,
      rp_id: "app.example.com",
      timeout: 300_000,
      user_verification: "required",
      allow_credentials: [],
    };
  }
  return {
    challenge: encoded,
    rp: { id: "app.example.com", name: "Demo" },
    user: { id: "dXNlcg", name: "ada", display_name: "ada" },
    pub_key_cred_params: [{ type: "public-key", alg: -7 }],
    timeout: 300_000,
    attestation: "none",
    authenticator_selection: {
      resident_key: "required",
      require_resident_key: true,
      user_verification: "required",
    },
    exclude_credentials: [{ id: "b2xk", type: "public-key" }],
    extensions: { cred_props: true },
  };
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

export function createFakeServer({ now, accessTtl = 3600, ...options }: FakeServerOptions) {
  const policy: RefreshPolicy = {
    windowMs: options.windowMs ?? 120_000,
    lateReplay: "forgive_once",
    idleMs: 30 * DAY,
  };
  const sessions = new Map<string, FakeSession>();
  /** By Idempotency-Key. */
  const begun = new Map<string, FakeSession>();
  const users = new Map<string, FakeUser>();
  /** What sign-ins at a provider were begun with, by their code. */
  const challenges = new Map<string, Record<string, string>>();
  const requests: { path: string; headers: Headers; body: Record<string, unknown> }[] = [];
  const config = {
    id: APP_ID,
    name: "Demo",
    logo_url: null,
    custom_api_url: null as string | null,
    email_auth: true,
    guest_auth: true,
    custom_jwt_auth: true,
  };
  let serial = 0;

  function jwt(session: FakeSession, kind: string): string {
    const iat = Math.floor(now() / 1000);
    const claims = { kind, sid: session.sid, aud: APP_ID, iat, exp: iat + accessTtl, n: ++serial };
    return `${encode({ alg: "none" })}.${encode(claims)}.x`;
  }

  const refreshToken = ({ sid, state }: FakeSession) =>
    `lk1.k1.${sid}.${state.generation}.${Math.floor(state.absoluteExpiresAt / 1000)}.r.${"m".repeat(43)}`;

  function answer(session: FakeSession, cookies: HttpOnlyCookies | null, isNew?: boolean) {
    const token = refreshToken(session);
    const byCookie = cookies !== null && config.custom_api_url !== null;
    if (byCookie) {
      cookies.refreshToken = token;
      cookies.setHint(true);
    }
    return json(200, {
      user: session.user,
      token: jwt(session, "access"),
      privy_access_token: jwt(session, "pat"),
      refresh_token: byCookie ? "deprecated" : token,
      ...(options.identityTokens && { identity_token: jwt(session, "identity") }),
      ...(isNew !== undefined && { is_new_user: isNew }),
      session_update_action: "set",
    });
  }

  function json(status: number, body: object): Response {
    return Response.json(body, { status, headers: { date: new Date(now()).toUTCString() } });
  }

  function terminal(reason: string): Response {
    return json(401, {
      error: "The session is over.",
      code: "missing_or_invalid_token",
      cause: reason,
    });
  }

  function signIn(
    key: string,
    guest: boolean,
    headers: Headers,
    cookies: HttpOnlyCookies | null,
  ): Response {
    const isNew = !users.has(key);
    const user = users.get(key) ?? {
      id: `did:privy:${users.size + 1}`,
      created_at: Math.floor(now() / 1000),
      is_guest: guest,
      linked_accounts: guest ? [] : [{ type: "email", address: key }],
      has_accepted_terms: false,
      mfa_methods: [],
    };
    users.set(key, user);
    const session: FakeSession = {
      sid: `s${sessions.size + 1}`,
      user,
      state: {
        generation: 0,
        movedAt: now(),
        lateGeneration: null,
        absoluteExpiresAt: now() + 30 * DAY,
        idleExpiresAt: now() + 30 * DAY,
        endedAt: null,
        endReason: null,
      },
    };
    sessions.set(session.sid, session);
    const idempotencyKey = headers.get("idempotency-key");
    if (idempotencyKey) begun.set(idempotencyKey, session);
    return answer(session, cookies, isNew);
  }

  function refresh(token: unknown, cookies: HttpOnlyCookies | null): Response {
    const [version, , sid, generation] = String(token ?? "").split(".");
    const session = version === "lk1" && sid ? sessions.get(sid) : undefined;
    if (!session) return terminal("malformed");
    const presented = Number(generation);
    const outcome = classifyRefresh(session.state, presented, now(), policy);
    session.state = applyRefresh(session.state, outcome, presented, now(), policy);
    if (outcome === "ended" || outcome === "expired" || outcome === "reuse") {
      if (cookies && config.custom_api_url) {
        cookies.refreshToken = null;
        cookies.setHint(false);
      }
      return terminal(session.state.endReason ?? outcome);
    }
    return answer(session, cookies);
  }

  function end(sid: string, reason: SessionState["endReason"] = "revoked"): void {
    const session = sessions.get(sid);
    if (!session || session.state.endedAt !== null) return;
    session.state = { ...session.state, endedAt: now(), endReason: reason };
  }

  function sidOfBearer(headers: Headers): string | null {
    const payload = headers.get("authorization")?.split(".")[1];
    return payload ? JSON.parse(Buffer.from(payload, "base64url").toString()).sid : null;
  }

  function handle(path: string, init: RequestInit, cookies: HttpOnlyCookies | null): Response {
    const headers = new Headers(init.headers);
    const repeated = begun.get(headers.get("idempotency-key") ?? "");
    if (repeated) {
      requests.push({ path, headers, body: {} });
      return answer(repeated, cookies, true);
    }
    const body = init.body ? JSON.parse(String(init.body)) : {};
    requests.push({ path, headers, body });
    const presented = config.custom_api_url
      ? (cookies?.refreshToken ?? body.refresh_token)
      : body.refresh_token;
    switch (path) {
      case `/apps/${APP_ID}`:
        return json(200, config);
      case "/passwordless/init":
        return json(200, { success: true });
      case "/passwordless/authenticate":
        return body.code === CODE
          ? signIn(body.email, false, headers, cookies)
          : json(422, { error: "The code is not right.", code: "invalid_credentials" });
      case "/guest/authenticate":
        return signIn(body.guest_credential, true, headers, cookies);
      case "/custom_jwt_account/authenticate":
        return signIn(body.token, false, headers, cookies);
      case "/sessions":
        return refresh(presented, cookies);
      case "/sessions/logout": {
        const sid = String(presented ?? "").split(".")[2] ?? sidOfBearer(headers);
        if (sid) end(sid, "logout");
        if (cookies && config.custom_api_url) {
          cookies.refreshToken = null;
          cookies.setHint(false);
        }
        return json(200, {});
      }
      case "/oauth/init": {
        const state = encodeURIComponent(body.state_code);
        const query = `to=${encodeURIComponent(body.redirect_to)}&state=${state}`;
        challenges.set("code-1", body);
        return json(200, { url: `https://provider.example/authorize?${query}` });
      }
      case "/oauth/authenticate":
      case "/oauth/link": {
        const begun = challenges.get(body.authorization_code);
        const isGood =
          begun?.code_challenge === sha256(body.code_verifier) &&
          begun.state_code === body.state_code;
        if (!isGood) return json(400, { error: "No.", code: "invalid_pkce_parameters" });
        challenges.delete(body.authorization_code);
        const account = { type: "google_oauth", subject: "g1", email: "ada@gmail.com" };
        if (path === "/oauth/authenticate") return signIn("g1", false, headers, cookies);
        const session = sessions.get(sidOfBearer(headers) ?? "");
        if (!session) return json(401, { error: "Who?", code: "invalid_access_token" });
        session.user.linked_accounts.push(account);
        return json(200, {
          ...session.user,
          oauth_tokens: { provider: "google", access_token: "t" },
        });
      }
      case "/oauth/unlink": {
        const session = sessions.get(sidOfBearer(headers) ?? "");
        if (!session) return json(401, { error: "Who?", code: "invalid_access_token" });
        session.user.linked_accounts.pop();
        return json(200, session.user);
      }
      case "/passkeys/authenticate/init":
      case "/passkeys/register/init":
      case "/passkeys/link/init": {
        const challenge = `challenge${++serial}`;
        challenges.set(challenge, { path });
        return json(200, { options: passkeyOptions(path, challenge) });
      }
      case "/passkeys/authenticate":
      case "/passkeys/register":
      case "/passkeys/link": {
        const { id, response } = body.authenticator_response;
        const answered = Buffer.from(response.client_data_json, "base64url").toString();
        const isGood = challenges.get(answered)?.path === `${path}/init`;
        challenges.delete(answered);
        if (!isGood) return json(400, { error: "No.", code: "passkey_challenge_invalid" });
        if (path === "/passkeys/link") {
          const session = sessions.get(sidOfBearer(headers) ?? "");
          if (!session) return json(401, { error: "Who?", code: "invalid_access_token" });
          session.user.linked_accounts.push({ type: "passkey", credential_id: id });
          return json(200, session.user);
        }
        if (path === "/passkeys/authenticate" && !users.has(id)) {
          return json(404, { error: "Nobody.", code: "passkey_not_found" });
        }
        return signIn(id, false, headers, cookies);
      }
      case "/passkeys/unlink": {
        const session = sessions.get(sidOfBearer(headers) ?? "");
        if (!session) return json(401, { error: "Who?", code: "invalid_access_token" });
        session.user.linked_accounts.pop();
        return json(200, session.user);
      }
      case "/users/me": {
        const session = sessions.get(sidOfBearer(headers) ?? "");
        if (!session || session.state.endedAt !== null) return terminal("revoked");
        return json(200, { user: session.user, identity_token: jwt(session, "identity") });
      }
      case "/latchkey/v1/session": {
        const sid = config.custom_api_url
          ? String(cookies?.refreshToken ?? "").split(".")[2]
          : sidOfBearer(headers);
        const session = sessions.get(sid ?? "");
        if (!session) return json(401, { error: "No token.", code: "missing_access_token" });
        if (session.state.endedAt !== null) return terminal(session.state.endReason ?? "revoked");
        return new Response(null, {
          status: 204,
          headers: { date: new Date(now()).toUTCString() },
        });
      }
      default:
        return json(404, { error: `No such path: ${path}`, code: "not_found" });
    }
  }

  return {
    config,
    sessions,
    requests,
    handle,
    end,
    count: (path: string) => requests.filter((request) => request.path === path).length,
  };
}
