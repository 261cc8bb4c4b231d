/** The hosted sign-in's use of mailed codes: bound to the browser that began it (ASVS 10.1.2). */
import type { App } from "../apps/app-directory.ts";
import type { Requester } from "../codes/one-time-codes.ts";
import { type CodeProof, proveCode } from "../codes/prove-code.ts";
import { codeMail } from "../mail/code-mail.ts";
import type { Services } from "../services.ts";

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
  services: Services,
  app: App,
  bindingCookie: string,
  email: string,
  code: string,
): Promise<CodeProof | null> {
  return proveCode(services, requester(app, bindingCookie), email, code);
}
