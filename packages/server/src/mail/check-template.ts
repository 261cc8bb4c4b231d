/** What an app's own words for a mail may be; each problem by its field. */
import type { MailTemplate } from "./app-mail.ts";
import { MAIL_KINDS, type MailKind, type MailKindName, placeholdersOf } from "./mail-kinds.ts";
import { placeholdersIn, withoutPlaceholders } from "./template-text.ts";

type Problems = Partial<Record<keyof MailTemplate, string>>;

/** Empty when all is well. Lengths are the API's to check before. */
export function templateProblems(kind: MailKindName, template: MailTemplate): Problems {
  const { subject, text, html } = template;
  const bodies = { text, ...(html !== null && { html }) };
  const problems: Problems = {};
  const wrong = subjectProblem(kind, subject);
  if (wrong !== null) problems.subject = wrong;
  for (const [field, body] of Object.entries(bodies) as [keyof MailTemplate, string][]) {
    const problem =
      unknownProblem(kind, body) ??
      missingProblem(kind, body) ??
      (field === "html" ? htmlProblem(kind, body) : null);
    if (problem !== null) problems[field] = problem;
  }
  return problems;
}

function subjectProblem(kind: MailKindName, subject: string): string | null {
  if (/[\p{Cc}\u2028\u2029]/u.test(subject)) return "must be one line";
  const placeholders = placeholdersOf(kind);
  for (const name of placeholdersIn(subject)) {
    if (placeholders[name]?.is === "secret") {
      return `must not show {{${name}}}: subjects are read on locked screens, and kept in logs of mail servers`;
    }
    if (placeholders[name]?.is === "link") return `must not hold {{${name}}}`;
  }
  return unknownProblem(kind, subject);
}

function unknownProblem(kind: MailKindName, text: string): string | null {
  const known = placeholdersOf(kind);
  for (const name of placeholdersIn(text)) {
    if (Object.hasOwn(known, name)) continue;
    const names = Object.keys(known).map((each) => `{{${each}}}`);
    return `names {{${name}}}, which this mail does not have. It has ${names.join(", ")}`;
  }
  if (/\{\{|\}\}/.test(withoutPlaceholders(text))) {
    return "has {{ or }} that is no placeholder: a name of small letters, such as {{app_name}}";
  }
  return null;
}

function missingProblem(kind: MailKindName, text: string): string | null {
  const { required }: MailKind = MAIL_KINDS[kind];
  const there = placeholdersIn(text);
  const missing = required.filter((name) => !there.has(name));
  if (missing.length === 0) return null;
  const names = missing.map((name) => `{{${name}}}`);
  return `must hold ${names.join(" and ")}: without it the mail is of no use`;
}

/** Mail programs drop these, or call a mail that has them dangerous. */
const UNWANTED =
  /<\s*\/?\s*(script|iframe|frame|object|embed|form|input|button|base|link|meta\s+http-equiv|svg|math)\b/i;

function htmlProblem(kind: MailKindName, html: string): string | null {
  const element = UNWANTED.exec(html)?.[1];
  if (element) return `must not have <${element.split(/\s/)[0]}>: mail programs do not show it`;
  if (/(href|src)\s*=\s*["']?\s*(javascript|vbscript|data\s*:\s*text)/i.test(html)) {
    return "must not run script from an address";
  }
  if (/<!--[\s\S]*?\{\{[\s\S]*?-->|<style[\s\S]*?\{\{[\s\S]*?<\/style/i.test(html)) {
    return "must not have a placeholder in a comment or a style sheet";
  }
  return tagProblem(kind, html);
}

/** A value is escaped for text and quoted attributes; elsewhere in a tag it could become more. */
function tagProblem(kind: MailKindName, html: string): string | null {
  const placeholders = placeholdersOf(kind);
  for (const [tag] of html.matchAll(/<[a-z!/](?:"[^"]*"|'[^']*'|[^>"'])*>?/gi)) {
    if (/\son[a-z]+\s*=/i.test(tag)) return "must not have event handlers such as onclick";
    if (!tag.includes("{{")) continue;
    const attributes = [...tag.matchAll(/\s([\w:-]+)\s*=\s*("[^"]*"|'[^']*')/g)];
    let rest = tag;
    for (const [whole, name = "", quoted = ""] of attributes) {
      rest = rest.replace(whole, "");
      if (!quoted.includes("{{")) continue;
      const alone = /^\{\{\s*([a-z_]+)\s*\}\}$/.exec(quoted.slice(1, -1).trim())?.[1];
      const isLink = alone !== undefined && placeholders[alone]?.is === "link";
      if (/^(href|src|action|background)$/i.test(name) && !isLink) {
        return `must not put a placeholder into ${name}="…", unless it is a link alone`;
      }
      if (/^style$/i.test(name)) return 'must not put a placeholder into style="…"';
    }
    if (rest.includes("{{")) return 'must quote attributes that hold a placeholder: title="{{…}}"';
  }
  return null;
}
