/** Rows that tests begin with: whole and valid, each under a new random id. */
import { randomUUID } from "node:crypto";
import { newClientId, newCuid, newServerUserId } from "../../apps/ids.ts";
import { newRowId } from "../sql/row-id.ts";
import type {
  AccountKey,
  NewCode,
  NewSession,
  SignInRequest,
  SignInResult,
  Store,
} from "../store.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export async function newApp(store: Store): Promise<string> {
  const id = newCuid();
  const app = { id, clientId: newClientId(), name: "App", kind: "production", settings: "{}" };
  await store.apps.create({ ...app, kind: "production" }, []);
  return id;
}

export function newEmail(): AccountKey {
  return { type: "email", subject: `${randomUUID()}@example.com` };
}

export const newUserIds = () => ({ id: newCuid(), serverId: newServerUserId() });

export function newSession(appId: string, changes: Partial<NewSession> = {}): NewSession {
  return {
    id: newRowId(),
    protocol: "browser",
    appId,
    clientId: null,
    delivery: "body",
    tokenHash: newRowId(),
    kid: "kid-1",
    lifetimeMs: 30 * DAY,
    idleMs: 30 * DAY,
    authMethod: "email",
    userAgent: "test",
    ip: "192.0.2.1",
    ...changes,
  };
}

export function signInRequest(
  appId: string,
  account: AccountKey = newEmail(),
  changes: Partial<SignInRequest> = {},
): SignInRequest {
  return {
    account,
    allowSignUp: true,
    isGuest: false,
    newUser: newUserIds(),
    maxUsers: null,
    session: newSession(appId),
    codeId: null,
    replay: null,
    ...changes,
  };
}

export type SignedInResult = Extract<SignInResult, { kind: "signed_in" }>;

/** Signs in and expects it to work. */
export async function signIn(store: Store, request: SignInRequest): Promise<SignedInResult> {
  const result = await store.sessions.signIn(request);
  if (result.kind !== "signed_in") throw new Error(`sign-in was refused: ${result.kind}`);
  return result;
}

export function newCode(appId: string, changes: Partial<NewCode> = {}): NewCode {
  return {
    id: newCuid(),
    appId,
    addressHash: newRowId(),
    binding: "binding",
    cookieBinding: null,
    codeHash: newRowId(),
    lifetimeMs: 10 * MINUTE,
    ...changes,
  };
}

/** Creates a code and expects there to be room for it. */
export async function storeCode(store: Store, code: NewCode): Promise<NewCode> {
  if (!(await store.codes.create(code, 100))) throw new Error("there was no room for the code");
  return code;
}

/** The results of `count` calls that start together, alternating between two servers. */
export function inParallel<T>(
  count: number,
  stores: { readonly store: Store; readonly other: Store },
  work: (store: Store, index: number) => Promise<T>,
): Promise<T[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      work(index % 2 === 0 ? stores.store : stores.other, index),
    ),
  );
}

/** How often each value occurs. */
export function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
