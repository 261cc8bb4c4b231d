import type { Store, User } from "../../storage/store.ts";
import { parseUserId } from "../../users/wire-user.ts";

/** By either protocol's id. */
export async function findUser(
  { users, profiles }: Pick<Store, "users" | "profiles">,
  appId: string,
  userId: string,
): Promise<User | null> {
  if (userId.startsWith("user_")) return profiles.findByServerId(appId, userId);
  const id = parseUserId(userId);
  return id === null ? null : users.find(appId, id);
}
