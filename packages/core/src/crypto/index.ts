export { after, type MaybePromise } from "./maybe-promise.ts";
export type {
  AesKey,
  CryptoPort,
  PrivateJwk,
  PublicJwk,
  SigningKey,
  VerifyingKey,
} from "./port.ts";

import { platformCrypto } from "#crypto";
import type { CryptoPort } from "./port.ts";

/** The cryptography of this runtime. Await every result: some runtimes answer later. */
export const crypto: CryptoPort = platformCrypto;
