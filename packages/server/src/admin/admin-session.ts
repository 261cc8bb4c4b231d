/** An administrator's session: one of the engine's, under all of its rules. */
import type { App } from "../apps/app-directory.ts";
import type { Services } from "../services.ts";
import { logout } from "../sessions/logout.ts";
import { sessionPolicy } from "../sessions/policy.ts";
import { refreshSession } from "../sessions/refresh.ts";
import { type SignedIn, signIn } from "../sessions/sign-in.ts";
import type { AdminRecord } from "../storage/store.ts";

export interface AdminSignIn {
  readonly email: string;
  readonly method: "invitation" | "email";
  readonly codeId: string | null;
  readonly userAgent: string | null;
  readonly ip: string | null;
}

export function beginAdminSession(
  services: Services,
  app: App,
  { email, method, codeId, userAgent, ip }: AdminSignIn,
): Promise<SignedIn> {
  return signIn(services, {
    app,
    client: null,
    protocol: "browser",
    delivery: "cookie",
    policy: sessionPolicy(app, null, services.settings.sessions),
    account: { type: "email", subject: email },
    method,
    allowSignUp: true,
    isGuest: false,
    codeId,
    userAgent,
    ip,
    repeatable: null,
  });
}

export type AdminSession =
  | { readonly kind: "active"; readonly admin: AdminRecord; readonly refreshToken: string }
  /** Proof that there is none, or that it is no administrator's any more. */
  | { readonly kind: "over" };

/** Each call proves the session anew, so that a revoked one ends at once. Throws what says nothing of it. */
export async function readAdminSession(
  services: Services,
  app: App,
  token: string,
): Promise<AdminSession> {
  const result = await refreshSession(services, {
    token,
    appId: app.id,
    protocol: "browser",
    delivery: "cookie",
    policy: sessionPolicy(app, null, services.settings.sessions),
  });
  if (result.kind !== "active") return { kind: "over" };
  const user = await services.store.users.find(app.id, result.session.userId);
  const email = user?.accounts.find(({ type }) => type === "email")?.subject;
  const admin = email === undefined ? null : await services.store.admins.findByEmail(email);
  if (!admin) return { kind: "over" };
  await services.store.admins.seen(admin.id);
  return { kind: "active", admin, refreshToken: result.refreshToken };
}

export async function endAdminSession(services: Services, app: App, token: string): Promise<void> {
  const what = { appId: app.id, protocol: "browser", refreshToken: token, provenSids: [] } as const;
  await logout(services, what);
}

/** Ends whatever sessions an administrator has. */
export async function endAdminSessions(services: Services, app: App, email: string): Promise<void> {
  const { store } = services;
  const user = await store.users.findByAccount(app.id, { type: "email", subject: email });
  if (user) await store.sessions.endAllOfUser(user.id, "revoked");
}
