import { LatchkeyError } from "@latchkey/core/errors";
import {
  type adminOperations,
  atLeast,
  type Operation,
  operations,
  type Role,
} from "@latchkey/core/protocol/admin";
import { beginAdminSession, endAdminSession, endAdminSessions } from "../../admin/admin-session.ts";
import { inviteAdmin, isOfOperator } from "../../admin/invitations.ts";
import type { App } from "../../apps/app-directory.ts";
import { hashSecret } from "../../apps/create-app.ts";
import { newCuid, newSecret } from "../../apps/ids.ts";
import { proveCode } from "../../codes/prove-code.ts";
import { knownDevice, rememberDevice } from "../../login/known-browser.ts";
import { type MailSender, mailFor } from "../../mail/app-mail.ts";
import type { Services } from "../../services.ts";
import { wrongCode } from "../../sessions/sign-in.ts";
import type { AdminRecord, RedeemResult } from "../../storage/store.ts";
import type { RequestContext } from "../context.ts";
import { readPreLogin, setPreLogin } from "../pre-login-cookie.ts";
import { readDashboardCookie, setDashboardCookie } from "./actor.ts";
import type { Handlers } from "./handler.ts";
import { found } from "./missing.ts";

const DAY_MS = 86_400_000;

/** In whose name administrators get their codes. */
const DASHBOARD: MailSender = {
  name: "Latchkey dashboard",
  settings: { logoUrl: null, accentColor: null },
  mailTemplates: new Map(),
};

/** Who manages the deployment, and how they sign in to do so. */
export function adminHandlers(
  services: Services,
  dashboardApp: () => Promise<App>,
): Handlers<keyof typeof adminOperations> {
  const { store, codes, outbox } = services;
  const { secure } = services.settings;

  async function begin(
    context: RequestContext,
    admin: AdminRecord,
    proof: { method: "invitation" | "email"; codeId: string | null },
  ): Promise<{ admin: AdminRecord }> {
    const { refreshToken } = await beginAdminSession(services, await dashboardApp(), {
      email: admin.email,
      ...proof,
      userAgent: context.req.header("user-agent") ?? null,
      ip: context.env.ip,
    });
    await endCurrent(context);
    setDashboardCookie(context, secure, refreshToken);
    // A link proves no address.
    if (proof.method === "email") {
      await rememberDevice(services, context, await dashboardApp(), admin.email);
    }
    return { admin };
  }

  /** A new sign-in takes the place of the one before in this browser (ASVS 7.2.4). */
  async function endCurrent(context: RequestContext): Promise<void> {
    const before = readDashboardCookie(context, secure);
    if (before !== null) await endAdminSession(services, await dashboardApp(), before);
  }

  const asActor = ({ id, email }: AdminRecord) => ({ kind: "admin", id, name: email }) as const;

  /**
   * The code belongs to the browser that asked for it (ASVS 6.6.2), and one that signed in before has
   * codes of its own, so that no stranger uses them up (ASVS 6.1.1).
   */
  async function requester(context: RequestContext, email: string, preLogin: string | null) {
    const app = await dashboardApp();
    return {
      appId: app.id,
      clientId: null,
      analyticsId: null,
      origin: context.req.header("origin") ?? null,
      preLogin,
      device: await knownDevice(services, context, app, email),
    };
  }

  return {
    async currentAdmin({ actor }) {
      if (!actor) throw new TypeError("This operation takes a role, so somebody calls.");
      return { ...actor, mayNot: callsAbove(actor.role) };
    },

    async redeemInvitation({ body: { token, email }, context, record }) {
      const hash = await hashSecret(token);
      const takesOver = isOfOperator(token);
      const result = await store.admins.redeem(hash, email ?? null, newCuid(), takesOver);
      if (result.kind !== "redeemed") throw refusedInvitation(result.kind);
      record({ after: result.admin, actor: asActor(result.admin) });
      return begin(context, result.admin, { method: "invitation", codeId: null });
    },

    async sendSignInCode({ body: { email }, context, record }) {
      const preLogin = readPreLogin(context, secure) ?? setPreLogin(context, secure);
      // Made for every address, so that the answer tells nothing (ASVS 6.3.8).
      const code = await codes.issue(await requester(context, email, preLogin), email);
      const admin = await store.admins.findByEmail(email);
      if (!admin) return undefined;
      record({ actor: asActor(admin) });
      outbox.post(mailFor(DASHBOARD, "code", { to: email, values: { code } }));
      return undefined;
    },

    async signIn({ body: { email, code }, context, record }) {
      const preLogin = readPreLogin(context, secure);
      const asked = await requester(context, email, preLogin);
      const proof = await proveCode(services, asked, email, code);
      const admin = await store.admins.findByEmail(email);
      if (proof?.kind !== "code" || !admin) throw wrongCode();
      record({ actor: asActor(admin) });
      return begin(context, admin, { method: "email", codeId: proof.codeId });
    },

    async signOut({ context }) {
      await endCurrent(context);
      setDashboardCookie(context, secure, null);
      return undefined;
    },

    listAdmins: async () => ({ items: await store.admins.list() }),

    async changeAdmin({ params: { adminId }, body: { role }, record }) {
      const before = await store.admins.find(adminId);
      const after = await store.admins.changeRole(adminId, role);
      if (after === "last_owner") throw lastOwner();
      record({ before, after });
      return found(after, "administrator");
    },

    async removeAdmin({ params: { adminId }, record }) {
      const removed = await store.admins.remove(adminId);
      if (removed === "last_owner") throw lastOwner();
      const before = found(removed, "administrator");
      await endAdminSessions(services, await dashboardApp(), before.email);
      record({ before });
      return undefined;
    },

    listAdminInvitations: async () => ({ items: await store.admins.invitations() }),

    async inviteAdmin({ body, record }) {
      if (body.email !== null && (await store.admins.findByEmail(body.email))) {
        throw new LatchkeyError(
          "invalid_data",
          400,
          "The address is an administrator's already. Change the role of that one instead.",
          { fields: { email: "is an administrator's already: change their role" } },
        );
      }
      const invited = await inviteAdmin(services, body);
      record({ after: invited.invitation });
      return invited;
    },

    async revokeAdminInvitation({ params: { invitationId }, record }) {
      const before = found(await store.admins.revokeInvitation(invitationId), "invitation");
      record({ before });
      return undefined;
    },

    listAdminApiKeys: async () => ({ items: await store.admins.apiKeys() }),

    async createAdminApiKey({ body: { name, role, days }, record }) {
      const secret = newSecret("lk_admin");
      const key = { id: newCuid(), hash: await hashSecret(secret), name, role };
      const apiKey = await store.admins.createApiKey(key, days === null ? null : days * DAY_MS);
      record({ after: apiKey });
      return { apiKey, secret };
    },

    async revokeAdminApiKey({ params: { apiKeyId }, record }) {
      record({ before: found(await store.admins.revokeApiKey(apiKeyId), "key") });
      return undefined;
    },
  };
}

function refusedInvitation(kind: Exclude<RedeemResult["kind"], "redeemed">): LatchkeyError {
  switch (kind) {
    case "unknown":
      return new LatchkeyError(
        "invitation_not_found",
        404,
        "This link was used, withdrawn, or has ended. An owner sends another; when none is left: latchkey admins invite.",
      );
    case "address_needed":
      return new LatchkeyError("invalid_data", 400, "Say which address you will sign in with.", {
        fields: { email: "is missing: this invitation names none" },
      });
    case "other_address":
      return new LatchkeyError("invalid_data", 400, "The invitation is for another address.", {
        fields: { email: "is not the address that was invited" },
      });
    case "address_taken":
      return new LatchkeyError(
        "invalid_data",
        400,
        "The address is an administrator's already. Sign in with it: a code comes by mail.",
        { fields: { email: "is an administrator's already: sign in with it" } },
      );
  }
}

function lastOwner(): LatchkeyError {
  return new LatchkeyError(
    "last_owner",
    409,
    "Nobody else could manage this deployment then. Make another administrator an owner first.",
  );
}

/** What takes a higher role, so that a page offers nobody what would be refused. */
function callsAbove(role: Role): string[] {
  const all: readonly Operation[] = Object.values(operations);
  return all
    .filter((operation) => operation.role !== "anyone" && !atLeast(role, operation.role))
    .map(({ method, path }) => `${method} ${path}`);
}
