import { LatchkeyError } from "@latchkey/core/errors";
import { emailAddress } from "@latchkey/core/protocol/browser-requests";
import type { App } from "../apps/app-directory.ts";
import type { AccountKey, Store } from "../storage/store.ts";
import { importUsers } from "./import-users.ts";

export interface UserRow {
  readonly email?: string | undefined;
  /** Of the app's own login. */
  readonly customUserId?: string | undefined;
  readonly customMetadata?: object | undefined;
}

/** Makes one user; null when that went well, else why not. Infrastructure failures are thrown. */
export async function importUser(
  { users }: Pick<Store, "users">,
  app: App,
  { email, customUserId, customMetadata = {} }: UserRow,
): Promise<string | null> {
  const accounts: AccountKey[] = [];
  if (email !== undefined && email !== "") {
    const read = emailAddress.safeParse(email);
    if (!read.success) return "The address is not an e-mail address.";
    accounts.push({ type: "email", subject: read.data });
  }
  if (customUserId !== undefined && customUserId !== "") {
    accounts.push({ type: "custom_auth", subject: customUserId });
  }
  if (accounts.length === 0) return "There is neither an address nor a custom user id.";
  try {
    await importUsers(users, app.id, [{ accounts, customMetadata }]);
    return null;
  } catch (error) {
    if (error instanceof LatchkeyError && error.status < 500) return error.message;
    throw error;
  }
}
