import { LatchkeyError } from "@latchkey/core/errors";
import { newCuid, newServerUserId } from "../apps/ids.ts";
import type { AccountKey, User, UserStore } from "../storage/store.ts";
import { wireUserId } from "./wire-user.ts";

export interface NewUserInput {
  readonly accounts: readonly AccountKey[];
  readonly customMetadata: object | null;
}

/** Makes all of these users or none. */
export async function importUsers(
  store: UserStore,
  appId: string,
  users: readonly NewUserInput[],
): Promise<User[]> {
  const result = await store.create(
    appId,
    users.map(({ accounts, customMetadata }) => ({
      ids: { id: newCuid(), serverId: newServerUserId() },
      accounts,
      customMetadata,
    })),
  );
  if (result.kind === "created") return result.users;
  throw new LatchkeyError(
    "linked_to_another_user",
    422,
    result.user
      ? `One of the accounts belongs to the user ${wireUserId(result.user.id)} already; no user was made.`
      : "Two of the users share an account; no user was made.",
  );
}
