import { escapeHtml } from "../mail/template-text.ts";
import type { ReceivedMail } from "./inbox.ts";

/** The development inbox as a page; works without scripts. */
export function mailPage(mails: readonly ReceivedMail[], to: string | null): string {
  const whose = to === null ? "every address" : escapeHtml(to);
  const items = mails.map(
    (mail) => `<article>
  <header><strong>${escapeHtml(mail.subject)}</strong><time datetime="${mail.sentAt}">${escapeHtml(mail.sentAt.replace("T", " ").replace(/\..*/, " UTC"))}</time></header>
  <p class="to">to <a href="?to=${encodeURIComponent(mail.to)}">${escapeHtml(mail.to)}</a></p>
  ${mail.code === null ? "" : `<p class="code">${escapeHtml(mail.code)}</p>`}
  <pre>${escapeHtml(mail.text)}</pre>
</article>`,
  );
  const empty = `<p class="empty">No mail for ${whose} yet. Ask for a code on the <a href="/demo/">demo page</a>; this page looks again every five seconds.</p>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="5">
<title>Development inbox</title>
<style>
:root { color-scheme: light dark; --bg: #f4f4f5; --card: #fff; --text: #18181b; --soft: #52525b; --line: #e4e4e7; --link: #1d4ed8 }
@media (prefers-color-scheme: dark) { :root { --bg: #111113; --card: #1c1c20; --text: #f4f4f5; --soft: #a1a1aa; --line: #303036; --link: #93b4ff } }
* { box-sizing: border-box }
body { margin: 0; padding: 24px 16px 64px; background: var(--bg); color: var(--text); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 640px; margin: 0 auto }
h1 { margin: 0; font-size: 24px }
.whose { margin: 4px 0 24px; color: var(--soft) }
article, .empty { margin: 0 0 16px; padding: 20px; background: var(--card); border: 1px solid var(--line); border-radius: 12px }
header { display: flex; flex-wrap: wrap; gap: 4px 16px; justify-content: space-between }
time, .to { color: var(--soft); font-size: 14px }
.to { margin: 0 }
.code { margin: 12px 0 0; font: 600 32px/1.2 ui-monospace, monospace; letter-spacing: 4px; user-select: all }
pre { margin: 12px 0 0; white-space: pre-wrap; overflow-wrap: anywhere; color: var(--soft); font: 14px/1.5 system-ui, sans-serif }
a { color: var(--link) }
</style>
</head>
<body>
<main>
<h1>Development inbox</h1>
<p class="whose">Mail to ${whose}${to === null ? "" : ' · <a href="/dev/mail">show all</a>'}. Nothing leaves this machine.</p>
${items.join("\n") || empty}
</main>
</body>
</html>
`;
}
