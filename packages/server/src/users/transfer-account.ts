/**
 * Taking over the account of a provider from a user who has no other way in: whoever asks is signed in
 * as one user and has just proven at the provider that they are the other. They are asked once more
 * before that user is gone.
 */
import type { AccountTransferRequired } from "@latchkey/core/protocol/browser";
import type { App } from "../apps/app-directory.ts";
import { notOffered } from "../providers/finish-flow.ts";
import { findStep, keepStep } from "../providers/flow-step.ts";
import type { ProviderIdentity } from "../providers/identity.ts";
import { wrongOAuthCode } from "../providers/offered-proof.ts";
import type { Services } from "../services.ts";
import type { IdentityProvider, Session, TransferResult, User } from "../storage/store.ts";
import { providerAccount } from "./provider-user.ts";

type Deps = Pick<Services, "store" | "master">;

interface Transfer {
  readonly fromId: string;
  readonly toId: string;
  readonly identity: ProviderIdentity;
}

export interface AskedTransfer {
  readonly app: App;
  readonly provider: IdentityProvider;
  /** Who asks. */
  readonly user: User;
  readonly identity: ProviderIdentity;
  /** The proof, spent by asking: the answer is the proof from then on. */
  readonly stepId: string;
}

/** Null where the app does not allow it, or the other user has more than this account. */
export async function offerTransfer(
  deps: Deps,
  { app, provider, user, identity, stepId }: AskedTransfer,
): Promise<AccountTransferRequired | null> {
  if (!app.settings.accountTransfer) return null;
  const account = providerAccount({ app, provider, identity, stepId: null });
  const other = await deps.store.users.findByAccount(app.id, account);
  if (!other || other.id === user.id || other.accounts.length > 1 || other.disabledAt !== null) {
    return null;
  }
  if (!(await deps.store.providerSteps.take("proof", stepId))) return null;
  const of = { appId: app.id, providerId: provider.id, kind: "transfer" } as const;
  const transfer: Transfer = { fromId: other.id, toId: user.id, identity };
  return {
    error: `Another user of this app has this account and no other. Send the nonce to /oauth/transfer to move it; that user is deleted.`,
    code: "account_transfer_required",
    data: {
      nonce: await keepStep(deps, of, transfer),
      subject: identity.subject,
      account: {
        type: account.type,
        displayName: identity.name ?? identity.username ?? identity.email ?? identity.subject,
      },
      otherUser: {},
    },
  };
}

/** Throws `invalid_credentials` for a nonce that is not good for this user, or not any more. */
export async function finishTransfer(
  deps: Deps,
  asked: {
    readonly app: App;
    readonly user: User;
    readonly session: Session;
    readonly nonce: string;
  },
): Promise<{ result: TransferResult; provider: IdentityProvider }> {
  const { app, user, session, nonce } = asked;
  const found = await findStep<Transfer>(deps, "transfer", nonce);
  const isOwn = found?.step.appId === app.id && found.content.toId === user.id;
  if (!isOwn || !app.settings.accountTransfer) throw wrongOAuthCode();
  const provider = await deps.store.providers.find(app.id, found.step.providerId);
  if (!provider?.enabled) throw notOffered(provider ?? { name: "this provider" });
  const { identity, fromId, toId } = found.content;
  const account = providerAccount({ app, provider, identity, stepId: null });
  const result = await deps.store.users.transferAccount({
    appId: app.id,
    fromId,
    toId,
    account,
    stepId: found.step.id,
    sid: session.id,
  });
  if (result.kind === "code_spent") throw wrongOAuthCode();
  return { result, provider };
}
