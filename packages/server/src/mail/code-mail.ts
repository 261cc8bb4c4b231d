import type { Mail } from "./mailer.ts";

export interface CodeMailInput {
  readonly to: string;
  readonly appName: string;
  readonly code: string;
}

/** The mail that carries a one-time code. */
export function codeMail({ to, appName, code }: CodeMailInput): Mail {
  const lines = [
    `Your code for ${appName} is ${code}.`,
    "It is good for ten minutes and works once.",
    "If you did not ask for it, ignore this mail and tell nobody the code.",
  ];
  const spaced = `${code.slice(0, 3)} ${code.slice(3)}`;
  return {
    to,
    subject: oneLine(`${code} is your ${appName} code`),
    text: `${lines.join("\n\n")}\n`,
    html: `<!doctype html>
<html lang="en"><body style="margin:0;padding:32px 16px;background:#f4f4f5;font-family:system-ui,sans-serif;color:#18181b">
<div style="max-width:420px;margin:0 auto;padding:32px;background:#fff;border-radius:12px">
<p style="margin:0 0 16px">Your code for <strong>${escapeHtml(appName)}</strong>:</p>
<p style="margin:0 0 16px;font-size:32px;letter-spacing:4px;font-weight:600">${spaced}</p>
<p style="margin:0 0 8px;color:#52525b">${escapeHtml(lines[1] ?? "")}</p>
<p style="margin:0;color:#52525b">${escapeHtml(lines[2] ?? "")}</p>
</div></body></html>
`,
    code,
  };
}

const oneLine = (text: string): string => text.replace(/[\r\n]+/g, " ");

export function escapeHtml(text: string): string {
  return text.replace(
    /[&<>"']/g,
    (char) =>
      ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[char] as string,
  );
}
