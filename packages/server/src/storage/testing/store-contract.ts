import { afterAll, beforeAll, describe, vi } from "vitest";
import { accountContract } from "./store-contract/accounts.ts";
import { adminContract } from "./store-contract/admins.ts";
import { appContract } from "./store-contract/apps.ts";
import { authorizationCodeContract } from "./store-contract/authorization-codes.ts";
import { certificateContract } from "./store-contract/certificates.ts";
import { codeContract } from "./store-contract/codes.ts";
import { deviceGrantContract } from "./store-contract/device-grants.ts";
import { domainContract } from "./store-contract/domains.ts";
import { insightContract } from "./store-contract/insight.ts";
import { invitationContract } from "./store-contract/invitations.ts";
import { keyContract } from "./store-contract/keys.ts";
import { mailTemplateContract } from "./store-contract/mail-templates.ts";
import { organizationContract } from "./store-contract/organizations.ts";
import { outstandingCodeContract } from "./store-contract/outstanding-codes.ts";
import { passkeyContract } from "./store-contract/passkeys.ts";
import { profileContract } from "./store-contract/profiles.ts";
import { providerStepContract } from "./store-contract/provider-steps.ts";
import { providerContract } from "./store-contract/providers.ts";
import { purgeContract } from "./store-contract/purge.ts";
import { sessionListingContract } from "./store-contract/session-listing.ts";
import { sessionContract } from "./store-contract/sessions.ts";
import { signInContract } from "./store-contract/sign-in.ts";
import { signInStepContract } from "./store-contract/sign-in-steps.ts";
import { userListingContract } from "./store-contract/user-listing.ts";
import { userContract } from "./store-contract/users.ts";
import { webhookContract } from "./store-contract/webhooks.ts";
import type { StoreWorld } from "./store-world.ts";

// Many runs, on machines that do other things too.
vi.setConfig({ testTimeout: 60_000 });

/** What `store.ts` promises, on every database. `open` gives a world on an empty one. */
export function storeContract(name: string, open: () => Promise<StoreWorld>): void {
  describe(`the store on ${name}`, () => {
    let world: StoreWorld;
    const get = () => world;
    beforeAll(async () => {
      world = await open();
    });
    afterAll(() => world.close());

    signInContract(get);
    adminContract(get);
    sessionContract(get);
    userContract(get);
    accountContract(get);
    codeContract(get);
    appContract(get);
    keyContract(get);
    domainContract(get);
    certificateContract(get);
    authorizationCodeContract(get);
    deviceGrantContract(get);
    organizationContract(get);
    invitationContract(get);
    signInStepContract(get);
    outstandingCodeContract(get);
    passkeyContract(get);
    profileContract(get);
    providerContract(get);
    providerStepContract(get);
    webhookContract(get);
    mailTemplateContract(get);
    purgeContract(get);
    userListingContract(get);
    sessionListingContract(get);
    // Last: its times are whole buckets, and others let time pass for every row.
    insightContract(get);
  });
}
