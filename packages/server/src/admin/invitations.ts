import { hashSecret } from "../apps/create-app.ts";
import { newCuid, newSecret } from "../apps/ids.ts";
import type { Services } from "../services.ts";
import type { AdminInvitationRecord, AdminRole } from "../storage/store.ts";

/** Long enough for a person to be reached, short enough for a link that lies about. */
const LIFETIME_MS = 3 * 86_400_000;

export interface NewInvitation {
  readonly invitation: AdminInvitationRecord;
  /** Readable this once. */
  readonly url: string;
}

/** What tokens begin with: their hash holds it too, so that nobody makes one of the other. */
const PREFIX = { owner: "lk_invite", operator: "lk_operator" } as const;

/**
 * Whether whoever runs the server made this link: then it also leads to an administrator that there is,
 * for one who lost the mailbox. An owner's link does not: an owner could act in another's name by it.
 */
export const isOfOperator = (token: string): boolean => token.startsWith(`${PREFIX.operator}_`);

/** A one-time link; its token is behind the hash, where no server's log and no Referer has it. */
export async function inviteAdmin(
  { store, settings }: Pick<Services, "store" | "settings">,
  {
    email,
    role,
    by = "owner",
  }: {
    readonly email: string | null;
    readonly role: AdminRole;
    /** Who asks: an owner, over the management API, or the operator, on the server itself. */
    readonly by?: keyof typeof PREFIX;
  },
): Promise<NewInvitation> {
  const token = newSecret(PREFIX[by]);
  const invitation = await store.admins.invite(
    { id: newCuid(), tokenHash: await hashSecret(token), email, role },
    LIFETIME_MS,
  );
  return { invitation, url: `${settings.publicUrl()}/dashboard/welcome#token=${token}` };
}
