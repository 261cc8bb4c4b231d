import { matchTestAccount } from "../apps/test-accounts.ts";
import type { MasterKey } from "../keys/master-key.ts";
import type { Store } from "../storage/store.ts";
import type { OneTimeCodes, Requester } from "./one-time-codes.ts";

export interface ProveCodeDeps {
  readonly store: Pick<Store, "apps">;
  readonly codes: OneTimeCodes;
  readonly master: MasterKey;
}

/** What a typed code proved: `codeId` is spent with what it is used for; a test account has none. */
export type CodeProof =
  | { readonly kind: "code"; readonly codeId: string }
  | { readonly kind: "test_account" };

/** Null for every code that is not the right one. Throws `too_many_requests` after many of them. */
export async function proveCode(
  { store, codes, master }: ProveCodeDeps,
  requester: Requester,
  email: string,
  code: string,
): Promise<CodeProof | null> {
  const { appId } = requester;
  if (await store.apps.findTestAccount(appId, email)) {
    return codes.guardGuessing<CodeProof>(appId, email, async () =>
      (await matchTestAccount(store.apps, master, appId, email, code))
        ? { kind: "test_account" }
        : null,
    );
  }
  const codeId = await codes.check(requester, email, code);
  return codeId === null ? null : { kind: "code", codeId };
}
