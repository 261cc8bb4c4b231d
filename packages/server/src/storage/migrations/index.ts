import { first } from "./0001-first.ts";
import { appServer } from "./0002-app-server.ts";
import { signInSteps } from "./0003-sign-in-steps.ts";
import { domains } from "./0004-domains.ts";
import { management } from "./0005-management.ts";
import { identityProviders } from "./0006-identity-providers.ts";
import { passkeys } from "./0007-passkeys.ts";
import { webhooksAndMails } from "./0008-webhooks-and-mails.ts";
import { insightAndScale } from "./0009-insight-and-scale.ts";
import { providerSteps } from "./0010-provider-steps.ts";
import type { Migration } from "./migration.ts";

/** Every step, in order. Only ever appended to. */
export const migrations: readonly Migration[] = [
  first,
  appServer,
  signInSteps,
  domains,
  management,
  identityProviders,
  passkeys,
  webhooksAndMails,
  insightAndScale,
  providerSteps,
];
