import type { SignedInSession } from "@latchkey/backend/sealed";

type User = SignedInSession["user"];

export function welcomePage(user: User | null): string {
  return page(
    "Notes",
    user
      ? `<p>You are signed in as ${escaped(user.email)}.</p><p><a href="/notes">Your notes</a></p>`
      : `<p><a href="/sign-in">Sign in</a></p>`,
  );
}

export function notesPage({ email }: User, notes: readonly string[]): string {
  return page(
    `Notes of ${email}`,
    `<ul>${notes.map((note) => `<li>${escaped(note)}</li>`).join("")}</ul>
<form method="post" action="/notes">
  <label>Note <input name="note" maxlength="200"></label> <button>Add</button>
</form>
<form method="post" action="/sign-out"><button>Sign out</button></form>`,
  );
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<title>${escaped(title)}</title>
<h1>${escaped(title)}</h1>
${body}
</html>
`;
}

const escaped = (text: string) => text.replace(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`);
