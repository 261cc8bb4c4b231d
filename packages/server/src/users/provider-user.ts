/** From what a provider proved to a user of the app: who it is, whom it joins, what is kept of it. */
import type { App } from "../apps/app-directory.ts";
import type { ProviderIdentity } from "../providers/identity.ts";
import { presets } from "../providers/presets.ts";
import { accountTypeOf } from "../providers/provider-preset.ts";
import type { Account, IdentityProvider, NewAccount, Store } from "../storage/store.ts";
import { requireAllowed, requireListed, requireNoAllowlist } from "./allowlist.ts";

export interface ProvenIdentity {
  readonly app: App;
  readonly provider: IdentityProvider;
  readonly identity: ProviderIdentity;
  /** The step that carries the proof, spent in the same transaction; null: spent already. */
  readonly stepId: string | null;
}

/**
 * The address that the provider vouches for; null when it only says it. A connection of an organization
 * vouches for the domains that the app's administrators gave it, and for no other.
 */
function vouchedEmail(
  provider: Pick<IdentityProvider, "organizationId" | "domains">,
  { email, emailVerified }: Pick<ProviderIdentity, "email" | "emailVerified">,
): string | null {
  if (email === null) return null;
  if (provider.organizationId === null) return emailVerified ? email : null;
  return provider.domains.includes(email.slice(email.lastIndexOf("@") + 1)) ? email : null;
}

/**
 * The account for signing in and for linking. What identifies it is issuer and subject together, so
 * that a provider in another's place finds nobody (ASVS 6.8.1).
 */
export function providerAccount({ app, provider, identity, stepId }: ProvenIdentity): NewAccount {
  const { issuer, subject, email, name, username, pictureUrl } = identity;
  const vouched = vouchedEmail(provider, identity);
  const isRefused = app.settings.disablePlusEmails && vouched?.includes("+") === true;
  return {
    type: accountTypeOf(provider),
    subject: `${issuer} ${subject}`,
    data: {
      issuer,
      subject,
      ...(email !== null && { email }),
      ...(name !== null && { name }),
      ...(username !== null && { username }),
      ...(pictureUrl !== null && { pictureUrl }),
    },
    provider: { stepId, email: isRefused ? null : vouched, merge: provider.mergeByEmail },
  };
}

/** What an account of this type is called in a mail, whether or not its provider is still there. */
export const accountName = (providers: readonly IdentityProvider[], type: string): string =>
  (
    providers.find((provider) => accountTypeOf(provider) === type) ??
    presets.find(({ accountType }) => accountType === type)
  )?.name ?? type.replace(/^custom:/, "");

/** What is shown of an account as its subject: of a provider's, what the provider calls the person. */
export const shownSubject = (account: Pick<Account, "subject" | "data">): string =>
  account.data.issuer === undefined ? account.subject : (account.data.subject ?? "");

/**
 * Refuses who is not on the app's list: by the address that the provider vouches for, never by one
 * that it only says, or by the address that the user has proven here.
 *
 * @throws LatchkeyError `allowlist_rejected`
 */
export async function requireProviderAllowed(
  store: Pick<Store, "apps" | "users">,
  { app, provider, identity }: Omit<ProvenIdentity, "stepId">,
): Promise<void> {
  if (!app.settings.allowlistEnabled) return;
  const email = vouchedEmail(provider, identity);
  if (email !== null) return requireAllowed(store.apps, app, email);
  const account = providerAccount({ app, provider, identity, stepId: null });
  const user = await store.users.findByAccount(app.id, account);
  if (!user) return requireNoAllowlist(app);
  return requireListed(store.apps, app, user);
}
