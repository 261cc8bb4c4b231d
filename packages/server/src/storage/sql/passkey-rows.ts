import type { Selectable } from "kysely";
import type { Database, Transaction } from "../database.ts";
import type { PasskeyTable } from "../passkey-tables.ts";
import type { NewPasskey, Passkey } from "../store.ts";

/** `id` is that of its account. */
export async function insertPasskey(
  db: Database,
  tx: Transaction,
  id: string,
  passkey: NewPasskey,
): Promise<void> {
  await tx.all(
    db.build.insertInto("passkeys").values({
      id,
      rp_id: passkey.rpId,
      public_key: passkey.publicKey,
      counter: passkey.counter,
      backup_eligible: passkey.backupEligible ? 1 : 0,
      backed_up: passkey.backedUp ? 1 : 0,
      transports: JSON.stringify(passkey.transports),
      aaguid: passkey.aaguid,
      created_at: tx.now,
      last_used_at: null,
      regressed_at: null,
    }),
  );
}

export type PasskeyRow = Selectable<PasskeyTable> & {
  readonly user_id: string;
  readonly subject: string;
  readonly data: string;
};

export function toPasskey(row: PasskeyRow): Passkey {
  const { authenticator_name: name = "" } = JSON.parse(row.data) as Record<string, string>;
  return {
    credentialId: row.subject,
    userId: row.user_id,
    rpId: row.rp_id,
    publicKey: row.public_key,
    counter: row.counter,
    backupEligible: row.backup_eligible === 1,
    backedUp: row.backed_up === 1,
    transports: JSON.parse(row.transports),
    aaguid: row.aaguid,
    name,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    regressedAt: row.regressed_at,
  };
}
