/**
 * Signing in a device that has no browser (RFC 8628): it shows a code, a person types it on another
 * device and decides, and the first one asks until it is told. Both codes are kept as keyed hashes.
 */
import { crypto } from "@latchkey/core/crypto";
import { base64url } from "@latchkey/core/encoding";
import { unavailable } from "@latchkey/core/errors";
import type { App } from "../apps/app-directory.ts";
import { newUserCode } from "../codes/user-codes.ts";
import { keyedHash, type MasterKey } from "../keys/master-key.ts";
import type { TokenKeyRing } from "../keys/token-keys.ts";
import type { DeviceGrant, Store } from "../storage/store.ts";
import { PUBLIC_CLIENT } from "./authorization-codes.ts";
import { newSessionSecret } from "./new-session.ts";
import type { SessionPolicy } from "./policy.ts";
import { currentToken } from "./refresh.ts";
import { type RepeatableRequest, sealReplay } from "./replay.ts";
import { repeatedSignIn, type SignedIn } from "./sign-in.ts";

export const DEVICE_LIFETIME_S = 600;
export const DEVICE_INTERVAL_S = 5;
const MAX_TRIES = 5;

export interface DeviceGrantDeps {
  readonly store: Store;
  readonly master: MasterKey;
}

/** Whether the app signs devices in; development apps do unless they say no. */
export function offersDeviceSignIn(app: App): boolean {
  return app.settings.deviceSignIn ?? app.kind === "development";
}

export interface NewDevice {
  readonly app: App;
  readonly userAgent: string | null;
  readonly ip: string | null;
}

/** Both codes in clear, for the device alone: 256 random bits, and eight letters to show. */
export async function startDeviceGrant(
  { store, master }: DeviceGrantDeps,
  { app, userAgent, ip }: NewDevice,
): Promise<{ deviceCode: string; userCode: string }> {
  const deviceCode = base64url(crypto.randomBytes(32));
  const id = await deviceIdOf(master, deviceCode);
  // Of so many codes two meet hardly ever.
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const userCode = newUserCode();
    const created = await store.deviceGrants.create({
      id,
      appId: app.id,
      userCode: await userCodeHash(master, userCode),
      userAgent: userAgent?.slice(0, 512) ?? null,
      ip,
      intervalMs: DEVICE_INTERVAL_S * 1000,
      lifetimeMs: DEVICE_LIFETIME_S * 1000,
    });
    if (created) return { deviceCode, userCode };
  }
  throw unavailable("busy", "No free code was found for the device. Try again.");
}

/** The grant that waits for a decision under this code; `userCode` as codes/user-codes.ts reads it. */
export async function findDeviceGrant(
  { store, master }: DeviceGrantDeps,
  userCode: string,
): Promise<DeviceGrant | null> {
  return store.deviceGrants.findPending({ userCode: await userCodeHash(master, userCode) });
}

export interface DeviceExchange {
  readonly app: App;
  readonly deviceCode: string;
  /** Whether the request carried the client's secret. */
  readonly clientAuthenticated: boolean;
  readonly policy: SessionPolicy;
  readonly userAgent: string | null;
  readonly ip: string | null;
  /** Set when the request carried an Idempotency-Key. */
  readonly repeatable: RepeatableRequest | null;
}

export type RefusedDevice =
  | "unknown"
  | "pending"
  | "too_fast"
  | "denied"
  | "code_expired"
  | "code_spent"
  | "no_such_user"
  | "user_disabled";

export type DeviceExchangeOutcome =
  | { readonly kind: "exchanged"; readonly signedIn: SignedIn }
  | { readonly kind: "refused"; readonly reason: RefusedDevice };

/** One poll: counts it or, once somebody approved, begins the session, once (R6). */
export async function exchangeDeviceGrant(
  deps: DeviceGrantDeps & { readonly tokenKeys: TokenKeyRing },
  input: DeviceExchange,
): Promise<DeviceExchangeOutcome> {
  const first = await repeatedSignIn(deps, input.repeatable);
  if (first) return { kind: "exchanged", signedIn: first };
  const { id, r, tokenHash, kid } = await newSessionSecret(deps.tokenKeys);
  const result = await deps.store.deviceGrants.exchange({
    id: await deviceIdOf(deps.master, input.deviceCode),
    replay: input.repeatable && (await sealReplay(deps.master, input.repeatable, { sid: id, r })),
    session: {
      id,
      protocol: "app_server",
      appId: input.app.id,
      clientId: input.clientAuthenticated ? null : PUBLIC_CLIENT,
      delivery: "body",
      tokenHash,
      kid,
      lifetimeMs: input.policy.lifetimeMs,
      idleMs: input.policy.idleMs,
      authMethod: "email",
      userAgent: input.userAgent?.slice(0, 512) ?? null,
      ip: input.ip,
    },
  });
  if (result.kind === "repeated") {
    const repeated = await repeatedSignIn(deps, input.repeatable);
    return repeated
      ? { kind: "exchanged", signedIn: repeated }
      : { kind: "refused", reason: "code_spent" };
  }
  if (result.kind !== "signed_in") return { kind: "refused", reason: result.kind };
  const { user, session } = result;
  const refreshToken = await currentToken(deps.tokenKeys, session, r);
  const signedIn = { user, session, refreshToken, isNewUser: false, now: session.createdAt };
  return { kind: "exchanged", signedIn };
}

const deviceIdOf = (master: MasterKey, deviceCode: string): Promise<string> =>
  keyedHash(master, "device-grant", "device code", deviceCode);

const userCodeHash = (master: MasterKey, userCode: string): Promise<string> =>
  keyedHash(master, "device-grant", "user code", userCode);
