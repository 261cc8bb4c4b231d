/** The hosted sign-in's use of mailed codes: bound to the browser that began it (ASVS 10.1.2). */
import type { App } from "../apps/app-directory.ts";
import type { Requester } from "../codes/one-time-codes.ts";
import { type CodeProof, proveCode } from "../codes/prove-code.ts";
import type { RequestContext } from "../http/context.ts";
import { mailFor } from "../mail/app-mail.ts";
import type { Services } from "../services.ts";
import { knownDevice } from "./known-browser.ts";

/** Where a code goes to, and for which sign-in. */
export interface MailedCodeFor {
  readonly app: App;
  readonly bindingCookie: string;
  readonly email: string;
}

async function requester(
  services: Services,
  context: RequestContext,
  { app, bindingCookie, email }: MailedCodeFor,
): Promise<Requester> {
  return {
    appId: app.id,
    clientId: null,
    analyticsId: null,
    origin: null,
    preLogin: `login ${bindingCookie}`,
    device: await knownDevice(services, context, app, email),
  };
}

/** Throws `too_many_requests` when the address has too many live codes. */
export async function mailCode(
  services: Services,
  context: RequestContext,
  to: MailedCodeFor,
): Promise<void> {
  const { app, email } = to;
  // A test account has its code already and no mailbox.
  if (await services.store.apps.findTestAccount(app.id, email)) return;
  const code = await services.codes.issue(await requester(services, context, to), email);
  services.outbox.post(mailFor(app, "code", { to: email, values: { code } }));
}

/** Null for every code that is not the right one. Throws `too_many_requests` after many of them. */
export async function proveByCode(
  services: Services,
  context: RequestContext,
  of: MailedCodeFor,
  code: string,
): Promise<CodeProof | null> {
  return proveCode(services, await requester(services, context, of), of.email, code);
}
