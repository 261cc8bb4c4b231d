import { escapeHtml } from "./code-mail.ts";
import type { Mail } from "./mailer.ts";

/** Tells the owner of an address that its password was set or replaced (ASVS 6.3.7). */
export function passwordChangedMail({ to, appName }: { to: string; appName: string }): Mail {
  const lines = [
    `The password of your ${appName} account was set just now.`,
    "If that was you, there is nothing to do. Wherever you were signed in with the old one, you are signed out.",
    "If it was not you, somebody can read your mail: secure your mailbox first, then choose a new password.",
  ];
  const paragraphs = lines.map((line) => `<p style="margin:0 0 16px">${escapeHtml(line)}</p>`);
  return {
    to,
    subject: `Your ${appName} password was set`.replace(/[\r\n]+/g, " "),
    text: `${lines.join("\n\n")}\n`,
    html: `<!doctype html>
<html lang="en"><body style="margin:0;padding:32px 16px;background:#f4f4f5;font-family:system-ui,sans-serif;color:#18181b">
<div style="max-width:420px;margin:0 auto;padding:32px 32px 16px;background:#fff;border-radius:12px">
${paragraphs.join("\n")}
</div></body></html>
`,
    code: null,
  };
}
