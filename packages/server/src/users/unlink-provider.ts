import { LatchkeyError } from "@latchkey/core/errors";
import type { App } from "../apps/app-directory.ts";
import { presets } from "../providers/presets.ts";
import { accountTypeOf } from "../providers/provider-preset.ts";
import type { Services } from "../services.ts";
import type { Account, User } from "../storage/store.ts";
import { offersPasswords } from "./passwords.ts";

/** The user's account at the provider that the browser protocol calls `slug`. Throws `invalid_data`. */
export function accountAtProvider(user: User, slug: string, subject: string): Account {
  const type = presets.find((preset) => preset.slug === slug)?.accountType ?? slug;
  const account = user.accounts.find(
    (each) => each.type === type && each.data.issuer !== undefined && each.data.subject === subject,
  );
  if (account) return account;
  throw new LatchkeyError("invalid_data", 400, "The user has no such account.");
}

/**
 * Refuses to take away the last account that signs in as the app is set up now; which accounts there
 * are, the database makes sure of.
 *
 * @throws LatchkeyError `cannot_unlink_sole_account`
 */
export async function requireOtherWayIn(
  services: Pick<Services, "providers" | "passwordHasher">,
  app: App,
  user: User,
  account: Account,
): Promise<void> {
  const { settings } = app;
  const providers = await services.providers.ofApp(app.id);
  const types = new Set<string>([
    ...(settings.emailAuth || offersPasswords(services, app) ? ["email"] : []),
    ...(settings.customJwt ? ["custom_auth"] : []),
    ...(settings.passkeyAuth ? ["passkey"] : []),
    ...providers.map(accountTypeOf),
  ]);
  if (user.accounts.some((each) => each !== account && types.has(each.type))) return;
  throw soleAccount();
}

export function soleAccount(): LatchkeyError {
  return new LatchkeyError(
    "cannot_unlink_sole_account",
    422,
    "This is the user's only way in. Link another account first.",
  );
}
