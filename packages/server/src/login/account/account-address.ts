/** A new address of an account: proven by a mailed code, as a sign-in is. */
import type { RequestContext } from "../../http/context.ts";
import { connectionFor } from "../../providers/provider-directory.ts";
import type { Services } from "../../services.ts";
import { addressNotice } from "../../users/address-notice.ts";
import { requireAllowed } from "../../users/allowlist.ts";
import { emailAccount } from "../../users/app-server-user.ts";
import { mailCode, proveByCode } from "../mailed-code.ts";
import { bindBrowser } from "../open-login.ts";
import { pageResponse } from "../page-response.ts";
import { accountCodePage } from "../pages/account-code-page.ts";
import { brandingOf } from "../pages/branding.ts";
import type { LoginForm } from "../read-login-form.ts";
import { readAddress } from "../typed-address.ts";
import { showAccount } from "./account-answer.ts";
import type { Said } from "./account-changes.ts";
import { changedAccount } from "./changed-account.ts";
import type { FreshAccount } from "./open-account.ts";

/** Mails a code to the typed address and asks for it, or says what is wrong with the address. */
export async function sendAddressCode(
  services: Services,
  context: RequestContext,
  account: FreshAccount,
  { email: typed = "" }: LoginForm,
): Promise<Response> {
  const { app, limits } = account;
  const address = readAddress(app, typed);
  if (address.kind === "refused") {
    return showAccount(services, context, account, { emailError: address.error });
  }
  const { email } = address;
  if (connectionFor(await services.providers.ofApp(app.id), email)) {
    const emailError = "This address signs in at its organization, and cannot be added here.";
    return showAccount(services, context, account, { emailError });
  }
  await requireAllowed(services.store.apps, app, email);
  await limits.mail();
  await mailCode(services, context, { app, bindingCookie: bindBrowser(services, context), email });
  return askForCode(context, account, email, null);
}

/** What was done, or the page that asks again. */
export async function proveAddress(
  services: Services,
  context: RequestContext,
  account: FreshAccount,
  form: LoginForm,
): Promise<Said | Response> {
  const { app, user, limits } = account;
  const address = readAddress(app, form.email ?? "");
  if (address.kind === "refused") {
    return showAccount(services, context, account, { emailError: address.error });
  }
  const { email } = address;
  await requireAllowed(services.store.apps, app, email);
  await limits.guess();
  const code = (form.code ?? "").normalize("NFKC").replace(/[\s-]/g, "");
  const bindingCookie = bindBrowser(services, context);
  const of = { app, bindingCookie, email };
  const proof = /^[0-9]{6}$/.test(code) ? await proveByCode(services, context, of, code) : null;
  if (proof === null) return askForCode(context, account, email, WRONG);
  const codeId = proof.kind === "code" ? proof.codeId : null;
  const to = { type: "email", subject: email };
  const before = emailAccount(user);
  const { store, outbox } = services;
  if (!before) {
    const result = await store.users.link(app.id, user.id, to, codeId, null);
    if (result.kind === "code_spent") return askForCode(context, account, email, WRONG);
    changedAccount(result);
    return "address-added";
  }
  const change = { address: before.subject, replaced: true };
  const notice = await addressNotice(store, app, user, change);
  const from = { type: "email", subject: before.subject };
  const request = { appId: app.id, id: user.id, from, to, codeId, sid: null };
  const result = await store.users.replaceAccount(request);
  if (result.kind === "code_spent") return askForCode(context, account, email, WRONG);
  changedAccount(result);
  if (notice) outbox.post(notice);
  return "address-replaced";
}

/** One answer for a wrong, spent, expired and never issued code (ASVS 6.3.8). */
const WRONG =
  "That code is wrong, was used, or has run out. Type the newest one, or go back and ask for another.";

function askForCode(
  context: RequestContext,
  { app, fresh }: FreshAccount,
  email: string,
  error: string | null,
): Promise<Response> {
  const page = { branding: brandingOf(app), clientId: app.clientId, fresh: fresh.sealed, email };
  const status = error === null ? 200 : 422;
  return pageResponse(context, accountCodePage({ ...page, error }), { status });
}
