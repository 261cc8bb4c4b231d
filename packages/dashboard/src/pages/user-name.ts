import type { AdminUser } from "@latchkey/core/protocol/admin";

/** What a person reads for a user: an address, a name, or that it is a guest. */
export function nameOfUser({ accounts, firstName, lastName, isGuest, id }: AdminUser): string {
  const email = accounts.find(({ type }) => type === "email")?.subject;
  const name = [firstName, lastName].filter(Boolean).join(" ");
  const other = accounts.find(({ subject }) => subject !== "")?.subject;
  return email ?? (name || (isGuest ? `Guest ${id.slice(-6)}` : (other ?? id)));
}
