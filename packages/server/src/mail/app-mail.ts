import { framed, htmlOfText } from "./html-mail.ts";
import {
  MAIL_KINDS,
  type MailKind,
  type MailKindName,
  type MailValues,
  placeholdersOf,
} from "./mail-kinds.ts";
import type { Mail } from "./mailer.ts";
import { escapeHtml, fill, oneLine } from "./template-text.ts";

/** An app's own words for a mail. */
export interface MailTemplate {
  readonly subject: string;
  readonly text: string;
  /** A whole document, or what goes into the usual frame; null: made from the text. */
  readonly html: string | null;
}

/** As much of an app as its mails show. */
export interface MailSender {
  readonly name: string;
  readonly settings: { readonly logoUrl: string | null; readonly accentColor: string | null };
  /** By kind; the usual words for those that are not there. */
  readonly mailTemplates: ReadonlyMap<string, MailTemplate>;
}

export const usualTemplate = (kind: MailKindName): MailTemplate => ({
  subject: MAIL_KINDS[kind].subject,
  text: MAIL_KINDS[kind].text,
  html: null,
});

/** A mail of the kind in the app's own words, or the usual ones. */
export function mailFor<K extends MailKindName>(
  app: MailSender,
  kind: K,
  { to, values }: { readonly to: string; readonly values: MailValues<K> },
): Mail {
  const template = app.mailTemplates.get(kind) ?? usualTemplate(kind);
  return renderMail(app, kind, template, { to, values });
}

/** What a person would get, with samples in place of values. */
export function sampleMail(
  app: MailSender,
  kind: MailKindName,
  template: MailTemplate,
  to: string,
): Mail {
  const samples = Object.entries(placeholdersOf(kind)).map(([name, { sample }]) => [name, sample]);
  return renderMail(app, kind, template, { to, values: Object.fromEntries(samples) });
}

function renderMail(
  app: MailSender,
  kind: MailKindName,
  { subject, text, html }: MailTemplate,
  { to, values }: { readonly to: string; readonly values: Readonly<Record<string, string>> },
): Mail {
  const all = { ...values, app_name: app.name, email: to };
  const branding = { name: app.name, ...app.settings };
  const { linkLabel }: MailKind = MAIL_KINDS[kind];
  const [secret, link] = [nameOf(kind, "secret"), nameOf(kind, "link")];
  const content =
    html === null
      ? htmlOfText(text, all, { branding, secret, link, linkLabel: linkLabel ?? "Open" })
      : fill(html, all, escapeHtml);
  const language = text === MAIL_KINDS[kind].text ? "en" : null;
  return {
    to,
    subject: oneLine(fill(subject, all)),
    text: `${fill(text, all).trim()}\n`,
    html: /<html[\s>]/i.test(content) ? content : framed(content, branding, language),
    code: secret === null ? null : (all[secret as keyof typeof all] ?? null),
  };
}

function nameOf(kind: MailKindName, is: "secret" | "link"): string | null {
  const found = Object.entries(placeholdersOf(kind)).find(([, each]) => each.is === is);
  return found?.[0] ?? null;
}
