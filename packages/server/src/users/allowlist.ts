import { LatchkeyError } from "@latchkey/core/errors";
import type { App } from "../apps/app-directory.ts";
import type { AppStore } from "../storage/store.ts";

/**
 * Refuses who is not on the app's list. Asked only after the address was proven, so that the list
 * cannot be read by trying.
 */
export async function requireAllowed(store: AppStore, app: App, email: string): Promise<void> {
  if (!app.settings.allowlistEnabled) return;
  const domain = email.slice(email.lastIndexOf("@") + 1);
  if (await store.isOnAllowlist(app.id, email, domain)) return;
  throw new LatchkeyError(
    "allowlist_rejected",
    401,
    app.settings.allowlistDetail ?? "This address is not on this app's allowlist.",
  );
}
