import { escapeHtml } from "../mail/template-text.ts";

/** What is asked of the provider, back to it with the answer. */
const KEPT = ["client_id", "redirect_uri", "state", "nonce", "code_challenge"];

/** The one page of development's own provider; works without scripts. */
export function testProviderPage(asked: URLSearchParams, problem: string | null): string {
  const kept = KEPT.flatMap((name) => {
    const value = asked.get(name);
    return value === null
      ? []
      : `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`;
  });
  const email = escapeHtml(asked.get("email") ?? asked.get("login_hint") ?? "");
  const described = problem === null ? "" : ' aria-invalid="true" aria-describedby="problem"';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Test provider</title>
<style>
:root { color-scheme: light dark; --bg: #f4f4f5; --card: #fff; --text: #18181b; --soft: #52525b; --line: #71717a; --main: #1d4ed8; --on: #fff; --bad: #b3261e }
@media (prefers-color-scheme: dark) { :root { --bg: #111113; --card: #1c1c20; --text: #f4f4f5; --soft: #a1a1aa; --line: #8a8a94; --main: #93b4ff; --on: #10132b; --bad: #ff9a92 } }
* { box-sizing: border-box }
body { margin: 0; padding: 24px 16px; background: var(--bg); color: var(--text); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 420px; margin: 0 auto; padding: 24px; background: var(--card); border: 3px dashed var(--line); border-radius: 12px }
h1 { margin: 0; font-size: 24px }
p { margin: 8px 0 16px; color: var(--soft) }
label { display: block; font-weight: 600 }
input, button { width: 100%; min-height: 46px; margin: 6px 0 10px; padding: 8px 12px; font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: 10px }
button { font-weight: 600; cursor: pointer }
button.main { color: var(--on); background: var(--main); border-color: transparent }
#problem { margin: 0 0 10px; color: var(--bad) }
</style>
</head>
<body>
<main>
<h1>Test provider</h1>
<p>Part of development mode. It asks for no proof: whatever address you type, you are that person, and it says that the address is yours.</p>
<form method="post" action="/dev/idp/authorize" novalidate>
${kept.join("\n")}
<label for="email">E-mail address</label>
<input id="email" name="email" type="email" autocomplete="email" autofocus value="${email}"${described}>
${problem === null ? "" : `<p id="problem" role="alert">${escapeHtml(problem)}</p>`}
<button class="main" type="submit">Continue</button>
<button type="submit" name="cancel" value="1">Cancel</button>
</form>
</main>
</body>
</html>
`;
}
