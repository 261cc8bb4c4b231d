import { escapeHtml } from "./code-mail.ts";
import type { Mail } from "./mailer.ts";

export interface PlainMail {
  readonly to: string;
  readonly subject: string;
  /** Paragraphs of plain text. */
  readonly lines: readonly string[];
  /** Shown after the first paragraph: a button in HTML, the bare address in text. */
  readonly link?: { readonly label: string; readonly url: string };
}

/** A mail of a few paragraphs and, at most, one link. */
export function plainMail({ to, subject, lines, link }: PlainMail): Mail {
  const [first = "", ...rest] = lines;
  const paragraph = (line: string) => `<p style="margin:0 0 16px">${escapeHtml(line)}</p>`;
  const button =
    link &&
    `<p style="margin:0 0 16px"><a href="${escapeHtml(link.url)}" style="display:inline-block;padding:12px 16px;border-radius:10px;background:#18181b;color:#fff;text-decoration:none;font-weight:600">${escapeHtml(link.label)}</a></p>`;
  return {
    to,
    subject: subject.replace(/[\r\n]+/g, " "),
    text: `${[first, ...(link ? [link.url] : []), ...rest].join("\n\n")}\n`,
    html: `<!doctype html>
<html lang="en"><body style="margin:0;padding:32px 16px;background:#f4f4f5;font-family:system-ui,sans-serif;color:#18181b">
<div style="max-width:420px;margin:0 auto;padding:32px 32px 16px;background:#fff;border-radius:12px">
${[paragraph(first), ...(button ? [button] : []), ...rest.map(paragraph)].join("\n")}
</div></body></html>
`,
    code: null,
  };
}
