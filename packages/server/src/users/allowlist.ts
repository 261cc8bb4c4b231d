import { LatchkeyError } from "@latchkey/core/errors";
import type { App } from "../apps/app-directory.ts";
import type { AppStore, User } from "../storage/store.ts";

/**
 * Refuses who is not on the app's list. Asked only after the address was proven, so that the list
 * cannot be read by trying.
 */
export async function requireAllowed(store: AppStore, app: App, email: string): Promise<void> {
  if (!app.settings.allowlistEnabled) return;
  const domain = email.slice(email.lastIndexOf("@") + 1);
  if (await store.isOnAllowlist(app.id, email, domain)) return;
  throw notOnAllowlist(app, "This address is not on this app's allowlist.");
}

/** The same of who was known by something else than an address, which they may have all the same. */
export async function requireListed(store: AppStore, app: App, user: User): Promise<void> {
  if (!app.settings.allowlistEnabled) return;
  const email = user.accounts.find(({ type, isVerified }) => type === "email" && isVerified);
  if (!email) requireNoAllowlist(app);
  else await requireAllowed(store, app, email.subject);
}

/** Who has no address cannot be on the list. */
export function requireNoAllowlist(app: App): void {
  if (!app.settings.allowlistEnabled) return;
  throw notOnAllowlist(
    app,
    "This app has an allowlist, which nobody without an address is on. Sign in by e-mail.",
  );
}

function notOnAllowlist(app: App, words: string): LatchkeyError {
  return new LatchkeyError("allowlist_rejected", 401, app.settings.allowlistDetail ?? words);
}
