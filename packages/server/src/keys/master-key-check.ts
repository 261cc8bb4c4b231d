import { base64url } from "@latchkey/core/encoding";
import { LatchkeyError } from "@latchkey/core/errors";
import type { KeyStore } from "../storage/store.ts";
import type { MasterKey } from "./master-key.ts";

/**
 * Refuses to run with another master key than the database was created with: every token would
 * look forged, and a forged token is a terminal answer (session rules R1 and R5).
 */
export async function checkMasterKey(master: MasterKey, keys: KeyStore): Promise<void> {
  const check = base64url(await master.subkey("check"));
  const kept = await keys.meta("master_key_check", check);
  if (kept !== check) {
    throw new LatchkeyError(
      "master_key_mismatch",
      503,
      "This database was created with another master key. Set LATCHKEY_MASTER_KEY to the one it was created with, or point LATCHKEY_DATABASE_URL to another database.",
    );
  }
}
