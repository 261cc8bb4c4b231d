import { type MasterKey, openText, sealText } from "../keys/master-key.ts";
import type { IdentityProvider } from "../storage/store.ts";

type Row = Pick<IdentityProvider, "id" | "appId">;

/** Bound to the row: copied into another it does not open. */
const labelOf = ({ id, appId }: Row) => `${appId} ${id}`;

export function sealProviderSecret(master: MasterKey, row: Row, secret: string): Promise<string> {
  return sealText(master, "provider-secret", labelOf(row), secret);
}

/** The client secret; of Apple the private key, PEM. Null: a public client. */
export async function openProviderSecret(
  master: MasterKey,
  row: Row & Pick<IdentityProvider, "sealedSecret">,
): Promise<string | null> {
  if (row.sealedSecret === null) return null;
  return openText(master, "provider-secret", labelOf(row), row.sealedSecret);
}
