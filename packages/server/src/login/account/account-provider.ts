/** One more way in at a provider: off to it from the account page, and back. */
import type { RequestContext } from "../../http/context.ts";
import { notOffered, stateMismatch } from "../../providers/finish-flow.ts";
import { findProof } from "../../providers/proof.ts";
import { startFlow } from "../../providers/start-flow.ts";
import type { Services } from "../../services.ts";
import type { IdentityProvider } from "../../storage/store.ts";
import { providerAccount, requireProviderAllowed } from "../../users/provider-user.ts";
import { wayInNotice } from "../../users/way-in-notice.ts";
import { loginMethods } from "../login-methods.ts";
import { bindingHash } from "../login-request.ts";
import { bindBrowser } from "../open-login.ts";
import { ACCOUNT_PROVIDER_RETURN, accountLink } from "./account-paths.ts";
import { changedAccount } from "./changed-account.ts";
import type { FreshAccount } from "./open-account.ts";

/**
 * The provider's address. What comes back is for this browser and this user alone (ASVS 10.1.2).
 *
 * @throws LatchkeyError `disallowed_login_method`, `provider_unavailable`, `provider_misconfigured`
 */
export async function accountProviderUrl(
  services: Services,
  context: RequestContext,
  { app, user, fresh }: FreshAccount,
  connectionId: string,
): Promise<string> {
  const { providers } = await loginMethods(services, app);
  const provider = providers.find(({ id }) => id === connectionId);
  if (!provider) throw notOffered({ name: "this provider" });
  return startFlow(services, {
    app,
    provider,
    purpose: {
      kind: "account",
      returnPath: accountLink(
        app.clientId,
        { as: fresh.sealed, connection: provider.id },
        ACCOUNT_PROVIDER_RETURN,
      ),
      data: { binding: await ownBinding(services, context), userId: user.id },
    },
    callbackOrigin: services.settings.publicUrl(),
  });
}

/**
 * Links what the provider proved; `code` is what came back.
 *
 * @throws LatchkeyError `oauth_state_mismatch`, and what changedAccount throws
 */
export async function linkProvider(
  services: Services,
  context: RequestContext,
  { app, user }: FreshAccount,
  code: string,
): Promise<void> {
  const proof = await findProof(services, code);
  if (proof?.step.appId !== app.id || proof.purpose.kind !== "account") throw stateMismatch();
  const { identity, purpose, step } = proof;
  const { binding, userId } = purpose.data;
  if (userId !== user.id || binding !== (await ownBinding(services, context))) {
    throw stateMismatch();
  }
  const provider = await enabledProvider(services, app.id, step.providerId);
  await requireProviderAllowed(services.store, { app, provider, identity });
  const account = providerAccount({ app, provider, identity, stepId: step.id });
  changedAccount(await services.store.users.link(app.id, user.id, account, null, null));
  const { name } = provider;
  const notice = await wayInNotice(services.store, app, user, { name, change: "added" });
  if (notice) services.outbox.post(notice);
}

async function enabledProvider(
  { store }: Services,
  appId: string,
  id: string,
): Promise<IdentityProvider> {
  const provider = await store.providers.find(appId, id);
  if (provider?.enabled) return provider;
  throw notOffered({ name: provider?.name ?? "this provider" });
}

const ownBinding = async (services: Services, context: RequestContext): Promise<string> =>
  bindingHash(services.master, bindBrowser(services, context));
