/** What a person can change on their account page, each after a fresh sign-in (ASVS 7.5.1, 7.5.2). */
import { LatchkeyError } from "@latchkey/core/errors";
import {
  type PasskeyRegistration,
  passkeyRegistration,
} from "@latchkey/core/protocol/passkey-requests";
import type { RequestContext } from "../../http/context.ts";
import { mailFor } from "../../mail/app-mail.ts";
import { finishPasskeyLink, renamePasskey } from "../../passkeys/manage-passkeys.ts";
import type { Services } from "../../services.ts";
import { emailAccount } from "../../users/app-server-user.ts";
import { passwordProblem } from "../../users/password-rules.ts";
import { hashPassword } from "../../users/passwords.ts";
import { unlinkAccount } from "../../users/unlink-account.ts";
import { BINDING_COOKIE, readCookie } from "../cookies.ts";
import { loginMethods, requirePasswords } from "../login-methods.ts";
import { hostedPage } from "../passkey-page.ts";
import type { LoginForm } from "../read-login-form.ts";
import { changedAccount } from "./changed-account.ts";
import type { FreshAccount } from "./open-account.ts";

/** What happened: said at the head of the page, or beside the field that it is about. */
export type Change =
  | { readonly kind: "done"; readonly said: Said }
  | { readonly kind: "refused"; readonly passwordError: string };

export const SAID = {
  removed: "It is removed. Wherever else you were signed in, you are signed out.",
  "passkey-added": "Your passkey is added.",
  "passkey-renamed": "The passkey has its new name.",
  "passkey-removed":
    "The passkey is removed here. Delete it from your device as well. Wherever else you were signed in, you are signed out.",
  "provider-added": "You can sign in this way from now on.",
  "provider-declined": "You did not agree there, and nothing was done.",
  "address-added": "The address is yours: you can sign in with it.",
  "address-replaced":
    "The address took the place of the one before. Wherever else you were signed in, you are signed out.",
  "password-set": "Your password is set.",
  "session-ended": "That session is signed out.",
  "all-ended": "You are signed out everywhere but on this page.",
} as const;

export type Said = keyof typeof SAID;

type Action = (
  services: Services,
  context: RequestContext,
  account: FreshAccount,
  form: LoginForm,
) => Promise<Change>;

const done = (said: Said): Change => ({ kind: "done", said });

/** By the name that the page's forms carry. */
export const CHANGES: Readonly<Partial<Record<string, Action>>> = {
  async remove(services, _, { app, user }, form) {
    const account = user.accounts.find(
      ({ type, subject }) => type === form.type && subject === form.subject && type !== "passkey",
    );
    if (!account) throw gone("way in");
    changedAccount(await unlinkAccount(services, app, user, account));
    return done("removed");
  },

  async "add-passkey"(services, context, { app, user }, form) {
    const cookie = readCookie(context, BINDING_COOKIE, services.settings.secure) ?? "";
    const page = await hostedPage(services, app, cookie);
    const asking = { user, sid: null, userAgent: context.req.header("user-agent") ?? null };
    const answer = readRegistration(form.passkey ?? "");
    changedAccount(await finishPasskeyLink(services, page, asking, answer));
    return done("passkey-added");
  },

  async "rename-passkey"(services, _, { app, user }, { credential = "", name = "" }) {
    if (!(await renamePasskey(services, app, user, credential, name))) throw gone("passkey");
    return done("passkey-renamed");
  },

  async "remove-passkey"(services, _, { app, user }, { credential = "" }) {
    const account = user.accounts.find(
      ({ type, subject }) => type === "passkey" && subject === credential,
    );
    if (!account) throw gone("passkey");
    changedAccount(await unlinkAccount(services, app, user, account));
    return done("passkey-removed");
  },

  async "set-password"(services, _, { app, user, limits }, { password = "" }) {
    requirePasswords(await loginMethods(services, app));
    const email = emailAccount(user);
    // A password of an address that nobody proved would let its owner in to somebody else's account.
    if (!email?.isVerified) throw gone("proven e-mail address");
    const owner = { email: email.subject, appName: app.name };
    const problem = passwordProblem(password, owner);
    if (problem !== null) return { kind: "refused", passwordError: problem };
    await limits.guess();
    await services.store.passwords.set(user.id, await hashPassword(services, password));
    services.outbox.post(mailFor(app, "password_changed", { to: email.subject, values: {} }));
    return done("password-set");
  },

  async "end-session"({ store }, _, { user }, { session: sid = "" }) {
    const { session } = await store.sessions.read(sid);
    if (session?.userId !== user.id) throw gone("session");
    await store.sessions.end(sid, "revoked");
    return done("session-ended");
  },

  async "end-all"({ store }, _, { user }) {
    await store.sessions.endAllOfUser(user.id, "revoked");
    return done("all-ended");
  },
};

function readRegistration(sent: string): PasskeyRegistration {
  try {
    return passkeyRegistration.parse(JSON.parse(sent));
  } catch {
    throw new LatchkeyError("invalid_data", 400, "The form carries no passkey's answer.");
  }
}

const gone = (what: string) =>
  new LatchkeyError(
    "invalid_data",
    400,
    `Your account has no such ${what} any more. Go back to it and look again.`,
  );
