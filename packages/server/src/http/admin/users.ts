import { LatchkeyError } from "@latchkey/core/errors";
import type { AdminPasskey, AdminUser, userOperations } from "@latchkey/core/protocol/admin";
import * as z from "zod";
import type { Services } from "../../services.ts";
import { impersonate } from "../../sessions/impersonation.ts";
import type { Passkey, User, UserListingPlace } from "../../storage/store.ts";
import { importUser } from "../../users/import-user.ts";
import { shownSubject } from "../../users/provider-user.ts";
import { unlinkAccount } from "../../users/unlink-account.ts";
import { soleAccount } from "../../users/unlink-provider.ts";
import { wireUserId } from "../../users/wire-user.ts";
import { openCursor, sealCursor } from "./cursor.ts";
import { findUser } from "./find-user.ts";
import type { Handlers } from "./handler.ts";
import { found, requireApp } from "./missing.ts";
import type { sessionHandlers } from "./sessions.ts";

const id = z.string();
const place = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("by_time"),
    walk: z.enum(["created", "signed_in", "disabled", "guests", "account_type", "organization"]),
    at: z.int(),
    id,
  }),
  z.object({
    kind: z.literal("by_text"),
    in: z.enum(["subject", "first_name", "last_name"]),
    text: z.string().nullable(),
    id,
  }),
]) satisfies z.ZodType<UserListingPlace>;

/** An app's users. */
export function userHandlers(
  services: Services,
): Handlers<Exclude<keyof typeof userOperations, keyof ReturnType<typeof sessionHandlers>>> {
  const { store, directory } = services;

  /** By either protocol's id. */
  async function requireUser(appId: string, userId: string): Promise<User> {
    await requireApp(directory, appId);
    return found(await findUser(store, appId, userId), "user");
  }

  const findExactly = async (appId: string, id: string): Promise<User | null> =>
    (await findUser(store, appId, id)) ?? store.profiles.findByExternalId(appId, id);

  return {
    async listUsers({ params: { appId }, query: { after, limit, search, ...filter } }) {
      await requireApp(directory, appId);
      const exact = search && after === undefined && (await findExactly(appId, search));
      if (exact) return { items: [toUser(exact)], next: null };
      const { users, next } = await store.userListing.page({
        appId,
        beginning: search ? search.toLowerCase() : null,
        filter,
        after: after === undefined ? null : openCursor(after, place),
        limit,
      });
      return { items: users.map(toUser), next: next && sealCursor(next) };
    },

    async importUsers({ params: { appId }, body: { users }, record }) {
      const app = await requireApp(directory, appId);
      const refusals = await Promise.all(users.map((user) => importUser(store, app, user)));
      const refused = refusals.flatMap((reason, index) => (reason ? [{ index, reason }] : []));
      const created = users.length - refused.length;
      record({ after: { created, refused: refused.length } });
      return { created, refused };
    },

    getUser: async ({ params }) => toUser(await requireUser(params.appId, params.userId)),

    async disableUser({ params, record }) {
      const user = await requireUser(params.appId, params.userId);
      await store.users.setDisabled(params.appId, user.id, true);
      record({ before: { disabledAt: user.disabledAt }, after: { disabled: true } });
      return undefined;
    },

    async enableUser({ params, record }) {
      const user = await requireUser(params.appId, params.userId);
      await store.users.setDisabled(params.appId, user.id, false);
      record({ before: { disabledAt: user.disabledAt }, after: { disabled: false } });
      return undefined;
    },

    async deleteUser({ params, record }) {
      const user = await requireUser(params.appId, params.userId);
      await store.users.delete(params.appId, user.id);
      // The id alone: what was deleted is not kept here.
      record({ before: { id: wireUserId(user.id), createdAt: user.createdAt } });
      return undefined;
    },

    async setUserMetadata({ params, body: { customMetadata }, record }) {
      const { id } = await requireUser(params.appId, params.userId);
      const user = await store.users.setCustomMetadata(params.appId, id, customMetadata);
      record({ after: { fields: Object.keys(customMetadata) } });
      return toUser(found(user, "user"));
    },

    async listUserPasskeys({ params }) {
      const user = await requireUser(params.appId, params.userId);
      const passkeys = await store.passkeys.ofUser(params.appId, user.id);
      return { items: passkeys.map(toPasskey) };
    },

    async unlinkUserAccount({ params, body: { type, subject }, record }) {
      const app = await requireApp(directory, params.appId);
      const user = await requireUser(params.appId, params.userId);
      const account = user.accounts.find(
        (each) => each.type === type && type !== "guest" && shownSubject(each) === subject,
      );
      const result = await unlinkAccount(services, app, user, found(account ?? null, "account"));
      if (result.kind === "sole_account") throw soleAccount();
      const left = found(result.kind === "unlinked" ? result.user : null, "account");
      // Of which type, and no more: what was taken away is not kept here.
      record({ before: { type } });
      return toUser(left);
    },

    async impersonateUser({ params, body: { reason, redirectUri, as }, actor, record }) {
      const app = await requireApp(directory, params.appId);
      const user = await requireUser(params.appId, params.userId);
      const email = user.accounts.find(({ type }) => type === "email")?.subject;
      const operator = actor?.kind === "admin" ? actor.name : as;
      const returnTo = redirectUri ?? app.settings.redirectUris.find((each) => !each.includes("*"));
      if (email === undefined) throw cannotImpersonate("userId", "has no e-mail address");
      if (operator === undefined) throw cannotImpersonate("as", "is missing: say who acts");
      if (returnTo === undefined) {
        throw cannotImpersonate("redirectUri", "is missing: the app lists none to take");
      }
      const impersonator = { email: operator, reason };
      const request = { app, userEmail: email, redirectUri: returnTo, impersonator };
      const { code } = await impersonate(services, request);
      record({ after: { impersonator } });
      const url = new URL(returnTo);
      url.searchParams.set("code", code);
      return { url: url.href };
    },
  };
}

function toUser({ profile, accounts, id, appId: _, ...user }: User): AdminUser {
  return {
    id: wireUserId(id),
    serverId: user.serverId,
    isGuest: user.isGuest,
    accounts: accounts.map(({ type, subject, data, isVerified, latestVerifiedAt }) => ({
      type,
      // A guest's is the hash of a secret: it names nobody.
      subject: type === "guest" ? "" : shownSubject({ subject, data }),
      name: data.authenticator_name ?? data.name ?? data.username ?? null,
      isVerified,
      latestVerifiedAt,
    })),
    firstName: profile.firstName,
    lastName: profile.lastName,
    externalId: profile.externalId,
    customMetadata: user.customMetadata,
    disabledAt: user.disabledAt,
    createdAt: user.createdAt,
    lastSignInAt: user.lastSignInAt,
  };
}

function toPasskey(passkey: Passkey): AdminPasskey {
  const { credentialId, name, createdAt, lastUsedAt, backedUp: isBackedUp, regressedAt } = passkey;
  return { credentialId, name, createdAt, lastUsedAt, isBackedUp, regressedAt };
}

function cannotImpersonate(field: string, what: string): LatchkeyError {
  return new LatchkeyError("invalid_data", 400, `${field} ${what}.`, { fields: { [field]: what } });
}
