import { escapeHtml } from "./code-mail.ts";
import type { Mail } from "./mailer.ts";

export interface AddressRemovedMailInput {
  /** The address that is no way in any more. */
  readonly to: string;
  readonly appName: string;
  /** Whether another address took its place. */
  readonly replaced: boolean;
}

/** Tells the owner of an address that it left an account (ASVS 6.3.7). Names no other address. */
export function addressRemovedMail({ to, appName, replaced }: AddressRemovedMailInput): Mail {
  const lines = [
    replaced
      ? `Another e-mail address took the place of this one in your ${appName} account just now.`
      : `This e-mail address was removed from your ${appName} account just now.`,
    "If that was you, there is nothing to do. Wherever else you were signed in, you are signed out.",
    `If it was not you, somebody has used your account: tell the people behind ${appName}, from this address.`,
  ];
  const paragraphs = lines.map((line) => `<p style="margin:0 0 16px">${escapeHtml(line)}</p>`);
  return {
    to,
    subject: `Your ${appName} account no longer has this address`.replace(/[\r\n]+/g, " "),
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
