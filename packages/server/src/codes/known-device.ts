/**
 * A browser that signed in with an address keeps a mark of it, good for that address and app alone.
 * Its codes have a budget of their own, so that nobody elsewhere uses them up (ASVS 6.1.1; OWASP's
 * device cookies). Nothing is stored: no answer and no write tells whether an address is anybody's.
 */
import { crypto } from "@latchkey/core/crypto";
import { base64url, utf8 } from "@latchkey/core/encoding";
import { keyedHash, type MasterKey } from "../keys/master-key.ts";

export const DEVICE_LIFETIME_MS = 90 * 86_400_000;

const MARK = /^([A-Za-z0-9_-]{22})\.([0-9]{1,12})\.([A-Za-z0-9_-]{43})$/;

export interface DeviceOf {
  readonly appId: string;
  /** Normalised. */
  readonly address: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** `<id>.<seconds since the epoch>.<mac>`, for who has just proven the address. */
export async function markDevice(master: MasterKey, of: DeviceOf): Promise<string> {
  const id = base64url(crypto.randomBytes(16));
  const at = String(Math.floor(of.now / 1000));
  return `${id}.${at}.${await macOf(master, of, id, at)}`;
}

/** The device's id, or null for a mark that is not ours, too old, or of another address or app. */
export async function readDevice(
  master: MasterKey,
  of: DeviceOf,
  mark: string | null,
): Promise<string | null> {
  const [, id, at, mac] = MARK.exec(mark ?? "") ?? [];
  if (id === undefined || at === undefined || mac === undefined) return null;
  const isOurs = crypto.timingSafeEqual(utf8(mac), utf8(await macOf(master, of, id, at)));
  return isOurs && of.now - Number(at) * 1000 < DEVICE_LIFETIME_MS ? id : null;
}

const macOf = (master: MasterKey, { appId, address }: DeviceOf, id: string, at: string) =>
  keyedHash(master, "known-device", appId, address, id, at);
