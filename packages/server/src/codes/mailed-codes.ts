/** Codes whose value the app's server may read again, by their id on the wire. */
import { newCuid } from "../apps/ids.ts";
import { type MasterKey, openText, sealText } from "../keys/master-key.ts";
import type { MailedCode, Store } from "../storage/store.ts";
import { CODE_LIFETIME_MS } from "./one-time-codes.ts";

interface MailedCodeDeps {
  readonly store: Pick<Store, "mailedCodes">;
  readonly master: MasterKey;
}

export async function keepMailedCode(
  { store, master }: MailedCodeDeps,
  code: Pick<MailedCode, "appId" | "userId" | "kind" | "email"> & { readonly code: string },
): Promise<MailedCode> {
  const { code: value, ...of } = code;
  const id = `${code.kind}_${newCuid()}`;
  const sealedCode = await sealText(master, "mailed-code", id, value);
  return store.mailedCodes.create({ ...of, id, sealedCode, lifetimeMs: CODE_LIFETIME_MS });
}

/** The code in clear. Throws `master_key_mismatch`. */
export const codeOf = ({ master }: Pick<MailedCodeDeps, "master">, kept: MailedCode) =>
  openText(master, "mailed-code", kept.id, kept.sealedCode);
