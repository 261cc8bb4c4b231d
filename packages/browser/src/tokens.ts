/** What a page may read of its own tokens. Nothing here verifies: the server does. */

export interface TokenTimes {
  /** Issued at, in milliseconds since the epoch by the server's clock. */
  readonly issuedAt: number;
  /** Expiry, in milliseconds since the epoch by the server's clock. */
  readonly expiresAt: number;
}

/** Reads a JWT's `iat` and `exp` (RFC 7519 section 4.1). Null for anything else. */
export function readTimes(token: string | null | undefined): TokenTimes | null {
  try {
    const payload = token?.split(".")[1] ?? "";
    const { iat, exp } = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
    return iat > 0 && exp > 0 ? { issuedAt: iat * 1000, expiresAt: exp * 1000 } : null;
  } catch {
    return null;
  }
}

/** Where a refresh token stands in its session. Null for tokens of another make. */
export interface Lineage {
  readonly sid: string | null;
  readonly generation: number | null;
}

/** `lk1.kid.sid.generation.absoluteExpiry.r.mac`, of which the beginning tells */
const LATCHKEY = /^lk1\.[\w-]+\.([\w-]+)\.(\d+)\./;

export function readLineage(refreshToken: string | null): Lineage {
  const [, sid = null, generation = null] = LATCHKEY.exec(refreshToken ?? "") ?? [];
  return { sid, generation: generation && Number(generation) } as Lineage;
}
