import { crypto, type VerifyingKey } from "@latchkey/core/crypto";

export interface KeySource {
  /**
   * The key, if that can be said at once. Undefined for an unknown key and when the network must
   * be waited for; {@link KeySource.keyFor} tells which.
   */
  peek(kid: string): VerifyingKey | undefined;
  /**
   * Undefined when no key goes by that name, which is then proven. Throws a LatchkeyError
   * `keys_unavailable` when nothing can be said.
   */
  keyFor(kid: string): Promise<VerifyingKey | undefined>;
}

/**
 * One key from configuration, whatever the `kid`: no network, and no rotation without a deploy.
 * Throws a TypeError for a PEM that is no EC P-256 public key: at once where the runtime imports
 * keys synchronously (Node), else at the first use.
 */
export function createFixedKey(pem: string): KeySource {
  let imported: VerifyingKey | undefined;
  const ready = Promise.resolve(crypto.importEs256Pem(pem)).then((key) => {
    imported = key;
    return key;
  });
  // Whoever uses the key hears of it; until then it must not count as unhandled.
  ready.catch(() => {});
  return { peek: () => imported, keyFor: () => ready };
}
