/** Proving the address that a user has already, by a code that is mailed to it. */
import type { App } from "../apps/app-directory.ts";
import { keepMailedCode } from "../codes/mailed-codes.ts";
import type { Requester } from "../codes/one-time-codes.ts";
import { mailFor } from "../mail/app-mail.ts";
import type { Services } from "../services.ts";
import type { MailedCode, User } from "../storage/store.ts";

type Deps = Pick<Services, "store" | "codes" | "master" | "outbox">;

/** Bound to the user, so that a code for signing in is none for this, nor the other way round. */
const requester = (app: App, userId: string): Requester => ({
  appId: app.id,
  clientId: app.clientId,
  analyticsId: null,
  origin: null,
  preLogin: `email-verification ${userId}`,
});

/** Throws `too_many_requests` when the address has too many live codes. */
export async function mailEmailVerification(
  deps: Deps,
  app: App,
  user: User,
  email: string,
): Promise<MailedCode> {
  const code = await deps.codes.issue(requester(app, user.id), email);
  const of = { appId: app.id, userId: user.id, email, code };
  const kept = await keepMailedCode(deps, { ...of, kind: "email_verification" });
  deps.outbox.post(mailFor(app, "code", { to: email, values: { code } }));
  return kept;
}

/** The id of the code, which is spent with what it is used for; null for every wrong one. */
export function checkEmailVerification(
  deps: Pick<Deps, "codes">,
  app: App,
  { userId, email, code }: { userId: string; email: string; code: string },
): Promise<string | null> {
  return deps.codes.check(requester(app, userId), email, code);
}
