/** The hosted sign-in's use of mailed codes: bound to the browser that began it (ASVS 10.1.2). */
import { LatchkeyError } from "@latchkey/core/errors";
import type { App } from "../apps/app-directory.ts";
import { matchTestAccount } from "../apps/test-accounts.ts";
import type { Requester } from "../codes/one-time-codes.ts";
import { codeMail } from "../mail/code-mail.ts";
import type { Services } from "../services.ts";

/** What the code proved: `codeId` is spent with what it is used for; a test account has none. */
export type CodeProof =
  | { readonly kind: "code"; readonly codeId: string }
  | { readonly kind: "test_account" };

function requester(app: App, bindingCookie: string): Requester {
  return {
    appId: app.id,
    clientId: null,
    analyticsId: null,
    origin: null,
    preLogin: `login ${bindingCookie}`,
  };
}

/** Throws `too_many_requests` when the address has too many live codes. */
export async function mailCode(
  { codes, store, outbox }: Services,
  app: App,
  bindingCookie: string,
  email: string,
): Promise<void> {
  // A test account has its code already and no mailbox.
  if (await store.apps.findTestAccount(app.id, email)) return;
  const code = await codes.issue(requester(app, bindingCookie), email);
  outbox.post(codeMail({ to: email, appName: app.name, code }));
}

/** Null for every code that is not the right one. Throws `too_many_requests` after many of them. */
export function proveByCode(
  { codes, store, master }: Services,
  app: App,
  bindingCookie: string,
  email: string,
  code: string,
): Promise<CodeProof | null> {
  return codes.guardGuessing<CodeProof>(app.id, email, async () => {
    if (await matchTestAccount(store.apps, master, app.id, email, code)) {
      return { kind: "test_account" };
    }
    const codeId = await codes.check(requester(app, bindingCookie), email, code);
    return codeId === null ? null : { kind: "code", codeId };
  });
}

export function requireEmailAuth(app: App): void {
  if (app.settings.emailAuth) return;
  throw new LatchkeyError(
    "disallowed_login_method",
    403,
    "This app does not sign in by e-mail. Switch emailAuth on in its settings.",
  );
}
