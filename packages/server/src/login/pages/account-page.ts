import { html } from "hono/html";
import { madeWith } from "../../passkeys/made-with.ts";
import type { Account, Passkey, Session } from "../../storage/store.ts";
import { shownSubject } from "../../users/provider-user.ts";
import {
  ACCOUNT_PAGE,
  ACCOUNT_PROVIDER,
  ACCOUNT_SCRIPT,
  accountLink,
} from "../account/account-paths.ts";
import type { Branding } from "./branding.ts";
import { field } from "./field.ts";
import type { Html, PageContent } from "./layout.ts";
import type { Way } from "./message-page.ts";

export interface AccountPage {
  readonly branding: Branding;
  readonly clientId: string;
  /** The sealed fresh sign-in; null: nothing can be changed. */
  readonly fresh: string | null;
  readonly accounts: readonly Account[];
  readonly passkeys: readonly Passkey[];
  /** Null where the app has no passwords, or the user no address for one. */
  readonly password: { readonly isSet: boolean } | null;
  readonly takesAddress: boolean;
  readonly addsPasskeys: boolean;
  /** That the app offers. */
  readonly providers: readonly AccountProvider[];
  /** Live ones, newest first. */
  readonly sessions: readonly Session[];
  readonly back: Way | null;
  readonly notice: string | null;
  readonly emailError: string | null;
  readonly passwordError: string | null;
}

export interface AccountProvider {
  readonly id: string;
  readonly name: string;
  readonly accountType: string;
  readonly isLinked: boolean;
}

/** A person's ways in and sessions. Without a fresh sign-in it only shows them. */
export function accountPage(page: AccountPage): PageContent {
  const { branding, fresh, clientId, notice, back } = page;
  const title = "Your account";
  const isRefused = page.emailError !== null || page.passwordError !== null;
  return {
    title: `${isRefused ? "Error: " : ""}${title} · ${branding.name}`,
    branding,
    ...(fresh !== null && page.addsPasskeys && { script: ACCOUNT_SCRIPT }),
    body: html`<h1>${title}</h1>
${notice && html`<p class="notice" role="status">${notice}</p>`}
${fresh === null && confirm(clientId)}
<h2>How you sign in</h2>
<ul class="list">
${page.accounts.filter(({ type }) => type !== "passkey").map((account) => accountItem(page, account))}
${page.passkeys.map((passkey) => passkeyItem(page, passkey))}
${page.password && html`<li><p><strong>Password</strong><br><span class="small">${page.password.isSet ? "Set" : "Not set"}</span></p></li>`}
</ul>
${fresh !== null && additions(page, fresh)}
<h2>Where you are signed in</h2>
${
  page.sessions.length === 0
    ? html`<p class="lead">Nowhere now, but here.</p>`
    : html`<ul class="list">${page.sessions.map((session) => sessionItem(page, session))}</ul>
${fresh !== null && form(page, fresh, "end-all", html`<button class="second" type="submit">Sign out everywhere</button>`)}`
}
<div class="foot ways">
${form(page, fresh, "sign-out", html`<button class="plain" type="submit">Sign out of this page</button>`)}
${back && html`<a href="${back.href}">${back.label}</a>`}
</div>`,
  };
}

function confirm(clientId: string): Html {
  return html`<p class="lead">Before you change anything, sign in once more, so that nobody else at this device can.</p>
<form method="post" action="${ACCOUNT_PAGE}">
<input type="hidden" name="client_id" value="${clientId}">
<input type="hidden" name="action" value="confirm">
<button type="submit">Confirm that it is you</button>
</form>`;
}

function accountItem(page: AccountPage, account: Account): Html {
  const provider = page.providers.find(({ accountType }) => accountType === account.type);
  const name =
    account.type === "email" ? "E-mail address" : (provider?.name ?? nameOfType(account.type));
  const shown = account.data.email ?? account.data.username ?? shownSubject(account);
  const remove = html`<input type="hidden" name="type" value="${account.type}">
<input type="hidden" name="subject" value="${account.subject}">
<button class="plain" type="submit">Remove<span class="unseen"> ${name} ${shown}</span></button>`;
  return html`<li><p><strong>${name}</strong><br>${shown}${!account.isVerified && html`<br><span class="small">Not proven yet</span>`}</p>
${page.fresh !== null && form(page, page.fresh, "remove", remove)}</li>`;
}

function passkeyItem(
  page: AccountPage,
  { credentialId, name, createdAt, lastUsedAt }: Passkey,
): Html {
  const { fresh } = page;
  const used = lastUsedAt === null ? html`not used yet` : html`last used ${day(lastUsedAt)}`;
  return html`<li><p><strong>Passkey</strong><br>${name}<br><span class="small">Added ${day(createdAt)}, ${used}</span></p>
${
  fresh !== null &&
  html`${form(
    page,
    fresh,
    "rename-passkey",
    html`<input type="hidden" name="credential" value="${credentialId}">
<input name="name" value="${name}" maxlength="60" required aria-label="Name of the passkey ${name}">
<button class="plain" type="submit">Rename<span class="unseen"> ${name}</span></button>`,
  )}
${form(
  page,
  fresh,
  "remove-passkey",
  html`<input type="hidden" name="credential" value="${credentialId}">
<button class="plain" type="submit">Remove<span class="unseen"> ${name}</span></button>`,
)}`
}</li>`;
}

function additions(page: AccountPage, fresh: string): Html {
  const { clientId, emailError, passwordError } = page;
  const email = page.accounts.find(({ type }) => type === "email");
  const links = page.providers.filter(({ isLinked }) => !isLinked);
  const link = (id: string) =>
    accountLink(clientId, { as: fresh, connection: id }, ACCOUNT_PROVIDER);
  return html`${
    page.addsPasskeys &&
    html`<form method="post" action="${ACCOUNT_PAGE}" data-passkey hidden>
${hidden(page, fresh, "add-passkey")}
<input type="hidden" name="passkey" value="">
<button type="submit" class="second">Add a passkey</button>
<p class="error" role="alert" data-said hidden></p>
</form>`
  }
${links.length > 0 && html`<div class="providers">${links.map(({ id, name }) => html`<a class="button second" href="${link(id)}">Add ${name}</a>`)}</div>`}
${
  page.takesAddress &&
  html`<details${emailError !== null && html` open`}><summary>${email ? "Use another e-mail address" : "Add an e-mail address"}</summary>
${form(
  page,
  fresh,
  "send-code",
  html`${field({
    name: "email",
    label: "New e-mail address",
    type: "email",
    autocomplete: "email",
    inputmode: "email",
    maxlength: 254,
    error: emailError,
    focused: emailError !== null,
  })}
<button type="submit">Mail me a code</button>`,
)}</details>`
}
${
  page.password &&
  html`<details${passwordError !== null && html` open`}><summary>${page.password.isSet ? "Change the password" : "Set a password"}</summary>
${form(
  page,
  fresh,
  "set-password",
  html`${field({
    name: "password",
    label: "New password",
    type: "password",
    autocomplete: "new-password",
    hint: "At least 10 characters. A few words in a row are good.",
    maxlength: 256,
    error: passwordError,
    focused: passwordError !== null,
  })}
<button type="submit">Save the password</button>`,
)}</details>`
}`;
}

function sessionItem(page: AccountPage, session: Session): Html {
  const { created_with_browser: browser, created_with_os: system } = madeWith(
    "",
    session.userAgent,
  );
  const where = [browser, system].filter(Boolean).join(" on ") || "A program or an unknown browser";
  const { impersonator, movedAt, createdAt, ip } = session;
  const end = html`<input type="hidden" name="session" value="${session.id}">
<button class="plain" type="submit">Sign out<span class="unseen"> ${where}</span></button>`;
  return html`<li><p><strong>${where}</strong><br><span class="small">Since ${day(createdAt)}, last seen ${day(Math.max(movedAt, createdAt))}${ip !== null && html`, from ${ip}`}${impersonator !== null && html`<br>Opened by support (${impersonator.email})`}</span></p>
${page.fresh !== null && form(page, page.fresh, "end-session", end)}</li>`;
}

function form(page: AccountPage, fresh: string | null, action: string, content: Html): Html {
  return html`<form method="post" action="${ACCOUNT_PAGE}">
${hidden(page, fresh, action)}
${content}
</form>`;
}

const hidden = ({ clientId }: AccountPage, fresh: string | null, action: string): Html =>
  html`<input type="hidden" name="client_id" value="${clientId}">
${fresh !== null && html`<input type="hidden" name="as" value="${fresh}">`}
<input type="hidden" name="action" value="${action}">`;

/** The same everywhere: the server knows nobody's time zone. */
const day = (at: number): Html => {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace("T", " ")} UTC</time>`;
};

function nameOfType(type: string): string {
  if (type === "custom_auth") return "This app's own sign-in";
  const name = type.replace(/^custom:/, "").replace(/_oauth$/, "");
  return name.charAt(0).toUpperCase() + name.slice(1);
}
