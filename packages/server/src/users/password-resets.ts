/**
 * Choosing a new password by a mailed link: its token, 256 random bits, is good once and for an
 * hour, and kept as a keyed hash to find it by, and sealed, for the app's server to read.
 */
import { crypto } from "@latchkey/core/crypto";
import { base64url } from "@latchkey/core/encoding";
import { LatchkeyError } from "@latchkey/core/errors";
import type { App } from "../apps/app-directory.ts";
import { newCuid } from "../apps/ids.ts";
import { keyedHash, type MasterKey, openText, sealText } from "../keys/master-key.ts";
import { mailFor } from "../mail/app-mail.ts";
import type { Services } from "../services.ts";
import { refusedSignIn } from "../sessions/sign-in.ts";
import type { PasswordReset, User } from "../storage/store.ts";
import { hashPassword } from "./passwords.ts";

/** Where the mailed link leads. */
export const PASSWORD_RESET_PAGE = "/login/reset-password";
const LIFETIME_MS = 3_600_000;
/** Mails to one address. */
const MAX_RESETS = 5;

type Deps = Pick<Services, "store" | "master" | "outbox" | "settings">;

/** Mails the link, and answers its token in clear. Throws `too_many_requests` after many. */
export async function sendPasswordReset(
  deps: Deps,
  app: App,
  user: User,
  email: string,
): Promise<{ reset: PasswordReset; token: string }> {
  const { store, master } = deps;
  const limit = `password-resets:${app.id}:${await keyedHash(master, "address", app.id, email)}`;
  const taken = await store.limits.take(limit, MAX_RESETS, LIFETIME_MS);
  if (!taken.ok) {
    throw new LatchkeyError(
      "too_many_requests",
      429,
      "Too many password resets were asked for this address. Use one that has arrived, or try again later.",
      { retryAfter: Math.ceil(taken.waitMs / 1000) },
    );
  }
  const id = `password_reset_${newCuid()}`;
  const token = base64url(crypto.randomBytes(32));
  const reset = await store.passwordResets.create({
    id,
    appId: app.id,
    userId: user.id,
    email,
    tokenHash: await hashOf(master, token),
    sealedToken: await sealText(master, "password-reset", id, token),
    lifetimeMs: LIFETIME_MS,
  });
  const link = passwordResetUrl(deps, token);
  deps.outbox.post(mailFor(app, "password_reset", { to: email, values: { link } }));
  return { reset, token };
}

export const passwordResetUrl = ({ settings }: Pick<Deps, "settings">, token: string): string =>
  `${settings.publicUrl()}${PASSWORD_RESET_PAGE}?token=${token}`;

/** The token in clear, for the app's server. */
export const resetTokenOf = ({ master }: Pick<Deps, "master">, reset: PasswordReset) =>
  openText(master, "password-reset", reset.id, reset.sealedToken);

/** Null once it was used or ran out. */
export async function findPasswordReset(
  { store, master }: Pick<Deps, "store" | "master">,
  token: string,
): Promise<PasswordReset | null> {
  return store.passwordResets.findByToken(await hashOf(master, token));
}

/**
 * Puts the password in force; its rules are the caller's to check first (password-rules.ts).
 * Whoever was signed in with the one before is out, and the owner is told by mail.
 *
 * @throws LatchkeyError 400 `password_reset_invalid`, 403 `user_disabled`
 */
export async function redeemPasswordReset(
  deps: Deps & Pick<Services, "passwordHasher">,
  app: App,
  reset: PasswordReset,
  password: string,
): Promise<User> {
  const result = await deps.store.passwordResets.redeem({
    appId: app.id,
    tokenHash: await hashOf(deps.master, await resetTokenOf(deps, reset)),
    passwordHash: await hashPassword(deps, password),
  });
  if (result.kind !== "reset") {
    throw result.kind === "user_disabled" ? refusedSignIn(result.kind) : invalidReset();
  }
  deps.outbox.post(mailFor(app, "password_changed", { to: reset.email, values: {} }));
  return result.user;
}

export function invalidReset(): LatchkeyError {
  return new LatchkeyError(
    "password_reset_invalid",
    400,
    "The password reset was used, has run out, or is of another app. Ask for a new one.",
  );
}

const hashOf = (master: MasterKey, token: string): Promise<string> =>
  keyedHash(master, "password-reset", "token", token);
