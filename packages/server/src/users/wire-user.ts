/** A user as the browser protocol shows one. Times in seconds. */
import type {
  LinkedAccount,
  ProviderAccount,
  User as WireUser,
} from "@latchkey/core/protocol/browser";
import type { Account, User } from "../storage/store.ts";

const DID_PREFIX = "did:privy:";

export const wireUserId = (id: string): string => `${DID_PREFIX}${id}`;

/** The id without its prefix; null when it is not one of ours. */
export function parseUserId(did: string): string | null {
  const id = did.startsWith(DID_PREFIX) ? did.slice(DID_PREFIX.length) : did;
  return /^[a-z0-9]{25}$/.test(id) ? id : null;
}

export function toWireUser(user: User): WireUser {
  return {
    id: wireUserId(user.id),
    created_at: seconds(user.createdAt),
    has_accepted_terms: user.acceptedTermsAt !== null,
    is_guest: user.isGuest,
    linked_accounts: user.accounts.flatMap(toLinkedAccount),
    mfa_methods: [],
    ...(user.customMetadata && { custom_metadata: user.customMetadata }),
  };
}

/**
 * The identity token's short form: `lv` is when the account was last verified. Without passkeys, of
 * which there may be many: they identify nobody to the app, and a cookie holds 4 KB.
 */
export function identityAccounts(user: User) {
  return user.accounts.flatMap((account) => {
    const [linked] = account.type === "passkey" ? [] : toLinkedAccount(account);
    if (!linked) return [];
    const { verified_at, first_verified_at, latest_verified_at, ...rest } = linked;
    return [{ ...rest, lv: latest_verified_at ?? verified_at }];
  });
}

/** A guest's credential is a way in, not something to show. */
function toLinkedAccount(account: Account): LinkedAccount[] {
  const times = {
    verified_at: seconds(account.verifiedAt),
    first_verified_at: seconds(account.firstVerifiedAt),
    latest_verified_at: seconds(account.latestVerifiedAt),
  };
  switch (account.type) {
    case "email":
      return [{ type: "email", address: account.subject, ...times }];
    case "custom_auth":
      return [{ type: "custom_auth", custom_user_id: account.subject, ...times }];
    case "passkey":
      return [
        {
          type: "passkey",
          credential_id: account.subject,
          enrolled_in_mfa: false,
          ...account.data,
          ...times,
        },
      ];
    default: {
      const shown = providerAccountOf(account);
      return shown ? [{ ...shown, ...times }] : [];
    }
  }
}

/** What the protocol shows of a provider's account; of those that it has no type for, everything. */
function providerAccountOf({ type, data }: Account): ProviderAccount | null {
  const { subject = "", email = null, name = null, username = null, pictureUrl = null } = data;
  switch (type) {
    case "google_oauth":
      return { type, subject, email: email ?? "", name };
    case "github_oauth":
      return { type, subject, username, name, email };
    case "discord_oauth":
      return { type, subject, username, email };
    case "twitter_oauth":
      return { type, subject, username, name, profile_picture_url: pictureUrl };
    case "apple_oauth":
      return { type, subject, email };
    case "linkedin_oauth":
      return { type, subject, email, ...(name !== null && { name }) };
  }
  if (!type.startsWith("custom:")) return null;
  return {
    type: type as `custom:${string}`,
    subject,
    ...(email !== null && { email }),
    ...(name !== null && { name }),
    ...(username !== null && { username }),
    ...(pictureUrl !== null && { profile_picture_url: pictureUrl }),
  };
}

const seconds = (ms: number): number => Math.floor(ms / 1000);
