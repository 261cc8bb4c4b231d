/** Seals with the newest password and opens with any: passwords change and nobody signs in again. */
import { type AesKey, after, type CryptoPort, crypto, type MaybePromise } from "../crypto/index.ts";
import {
  COMPACT_PREFIX,
  deriveCompactKey,
  openCompact,
  parseCompactSeal,
  sealCompact,
} from "./compact-seal.ts";
import { type CookiePassword, requireCookiePasswords } from "./cookie-passwords.ts";
import { IRON_PREFIX, openIron, parseIronSeal, sealIron, VENDOR_PASSWORD_ID } from "./iron-seal.ts";
import type { JsonValue } from "./pack-json.ts";
import { MAX_SEAL_LENGTH, type Refused, refused, type SealFormat } from "./seal-result.ts";

export interface KeyRingOptions {
  /**
   * Default `compact`. `iron` when the vendor's SDK reads the same cookies: it knows one password,
   * which must then be the newest here.
   */
  readonly format?: SealFormat | undefined;
  /** Names the passwords in errors. Default "Cookie passwords". */
  readonly source?: string | undefined;
  /** Default: that of the runtime. */
  readonly crypto?: CryptoPort | undefined;
}

export interface SealOptions {
  /** The cookie's name; of a name that depends on the seal, the part that does not. */
  readonly purpose: string;
  /** Milliseconds since the epoch after which it opens no more. Default never. */
  readonly expiresAt?: number | undefined;
}

export interface OpenOptions {
  /** As it was sealed for. Seals of the format `iron` are bound to no name. */
  readonly purpose: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface Opened {
  readonly ok: true;
  readonly value: JsonValue;
  /** The password it was sealed with. */
  readonly keyId: string;
  readonly format: SealFormat;
  /** Not what this ring would write: seal it again when the response allows. */
  readonly stale: boolean;
}

export interface KeyRing {
  /** The format that it seals in. It opens both. */
  readonly format: SealFormat;
  /** The id of the password that it seals with. */
  readonly keyId: string;
  /**
   * A cookie value: characters that no cookie library escapes. A TypeError for what JSON has not,
   * and for an `expiresAt` that is no time.
   */
  seal(value: JsonValue, options: SealOptions): Promise<string>;
  /** Never throws for any text that a cookie may hold. */
  open(seal: string, options: OpenOptions): Promise<Opened | Refused>;
}

/** `passwords` newest first. Throws a TypeError that names every problem with them. */
export function createKeyRing(
  passwords: readonly CookiePassword[],
  { format = "compact", source = "Cookie passwords", crypto: port = crypto }: KeyRingOptions = {},
): KeyRing {
  const all = [...requireCookiePasswords(passwords, source)];
  const newest = all[0] as CookiePassword;
  const byId = new Map(all.map((password) => [password.id, password]));
  const derived = new Map<CookiePassword, MaybePromise<AesKey>>();

  function compactKey(password: CookiePassword): MaybePromise<AesKey> {
    const known = derived.get(password);
    if (known) return known;
    const key = after(deriveCompactKey(port, password.secret), (ready) => {
      derived.set(password, ready);
      return ready;
    });
    derived.set(password, key);
    return key;
  }

  function openAsCompact(seal: string, options: OpenOptions): MaybePromise<Opened | Refused> {
    const parsed = parseCompactSeal(seal);
    if (!parsed) return refused("malformed");
    const password = byId.get(parsed.keyId);
    if (!password) return refused("unknown_key");
    return after(compactKey(password), (key) =>
      after(openCompact(port, key, parsed, options), (result) =>
        result.ok ? opened(result.value, password, "compact") : result,
      ),
    );
  }

  async function openAsIron(seal: string, { now }: OpenOptions): Promise<Opened | Refused> {
    const parsed = parseIronSeal(seal);
    if (!parsed) return refused("malformed");
    // Whatever password the vendor's SDKs have, they call it 1: the id says nothing, each is tried.
    const candidates =
      parsed.passwordId === VENDOR_PASSWORD_ID
        ? all
        : all.filter(({ id }) => id === parsed.passwordId);
    let result: Refused = refused("unknown_key");
    for (const password of candidates) {
      const tried = await openIron(port, password.secret, parsed, { now });
      if (tried.ok) return opened(tried.value, password, "iron", !parsed.isCurrent);
      // Any other answer is of the password that it was sealed with.
      if (tried.reason !== "tampered") return tried;
      result = tried;
    }
    return result;
  }

  const opened = (
    value: JsonValue,
    { id }: CookiePassword,
    sealedAs: SealFormat,
    old = false,
  ): Opened => ({
    ok: true,
    value,
    keyId: id,
    format: sealedAs,
    stale: old || id !== newest.id || sealedAs !== format,
  });

  return {
    format,
    keyId: newest.id,

    async seal(value, sealFor) {
      const options = { purpose: sealFor.purpose, expiresAt: sealFor.expiresAt ?? null };
      if (format === "iron") return sealIron(port, newest.secret, value, options);
      return after(compactKey(newest), (aes) =>
        sealCompact(port, { id: newest.id, aes }, value, options),
      );
    },

    async open(seal, options) {
      if (seal.length > MAX_SEAL_LENGTH) return refused("malformed");
      if (seal.startsWith(COMPACT_PREFIX)) return openAsCompact(seal, options);
      if (seal.startsWith(IRON_PREFIX)) return openAsIron(seal, options);
      return refused("malformed");
    },
  };
}
