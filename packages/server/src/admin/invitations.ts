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

/** A one-time link; its token is behind the hash, where no server's log and no Referer has it. */
export async function inviteAdmin(
  { store, settings }: Pick<Services, "store" | "settings">,
  { email, role }: { readonly email: string | null; readonly role: AdminRole },
): Promise<NewInvitation> {
  const token = newSecret("lk_invite");
  const invitation = await store.admins.invite(
    { id: newCuid(), tokenHash: await hashSecret(token), email, role },
    LIFETIME_MS,
  );
  return { invitation, url: `${settings.publicUrl()}/dashboard/welcome#token=${token}` };
}
