import type { Transaction } from "../database.ts";
import type { NewAccount, User } from "../store.ts";
import type { prepareUserReads } from "./user-rows.ts";

type Users = ReturnType<typeof prepareUserReads>;

/**
 * The user whom an unknown account of a provider joins: who has proven the address that the provider
 * vouches for. Never one whose address nobody has proven: whoever made that user may be waiting for
 * its owner to come in (pre-hijacking). A user with another account of the type is somebody else there.
 */
export async function joinedByAddress(
  users: Users,
  tx: Transaction,
  appId: string,
  { type, provider }: NewAccount,
): Promise<User | null> {
  if (!provider?.merge || provider.email === null) return null;
  const { email } = provider;
  const user = await users.findByAccount(tx, appId, { type: "email", subject: email });
  const hasProven = user?.accounts.some(
    (each) => each.type === "email" && each.subject === email && each.isVerified,
  );
  const hasType = user?.accounts.some((each) => each.type === type);
  return user && hasProven && !hasType ? user : null;
}
