import { LatchkeyError } from "@latchkey/core/errors";
import type { KeyStore } from "./store.ts";

type Mode = "development" | "production";

/** A database belongs to development or to production, from its first start on. */
export async function markDatabase(keys: KeyStore, mode: Mode): Promise<void> {
  const kept = await keys.meta("mode", mode);
  if (kept === mode) return;
  throw new LatchkeyError(
    "wrong_database",
    503,
    mode === "production"
      ? "This database was made by `latchkey dev` and holds development accounts and keys. Point LATCHKEY_DATABASE_URL to one of its own."
      : "This is a production database; `latchkey dev` does not open it. Set LATCHKEY_DATA_DIR to another folder.",
  );
}
