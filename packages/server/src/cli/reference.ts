import type { Command } from "./commands.ts";

const INTRODUCTION = `# Command line

<!-- Generated from packages/server/src/cli/commands.ts: npm run generate -->

\`latchkey\` comes with \`@latchkey/server\`: \`npx latchkey <command>\`. \`latchkey --help\` lists the
commands, \`latchkey <command> --help\` tells one's options, \`latchkey --version\` the version.

**Which database.** Commands for operators work on the database that \`LATCHKEY_DATABASE_URL\` and
\`LATCHKEY_MASTER_KEY\` name, also while servers run on it. Where they are not set and the folder that
\`latchkey dev\` keeps (\`.latchkey\`, or \`LATCHKEY_DATA_DIR\`) is there, they work on that one and say so
on stderr. A running server follows a change within seconds.

**Exit codes.** 0: done. 1: it could not be done, and stderr says why and what to do. 2: the command
line itself is wrong, and stderr says how to write it.

**Output** is on stdout, everything else on stderr. \`latchkey start\` writes its log to stdout, one JSON
object a line; tokens, codes, secrets and addresses are never in it.

**Signals.** On SIGTERM or SIGINT, \`start\` and \`dev\` take no new connection, finish what is running and
the mail that is waiting (ten seconds at most each), and end with 0. A second signal ends them at once.
`;

/** The text of docs/reference/command-line.md. */
export function commandLineReference(commands: readonly Command[]): string {
  const sections = commands.map(
    ({ name, options, summary }) =>
      `## latchkey ${name}\n\n\`\`\`sh\n${`latchkey ${name} ${options}`.trimEnd()}\n\`\`\`\n\n${summary}${NOTES[name] ?? ""}\n`,
  );
  return `${INTRODUCTION}\n${sections.join("\n")}`;
}

/** What is too long for a help text. */
const NOTES: Readonly<Record<string, string>> = {
  dev: " See [development mode](../guides/development-mode.md).",
  start: " See [configuration](configuration.md) and [deploy to production](../guides/deploy.md).",
  migrate: " Needs only the database's URL and the master key.",
  "apps create":
    " `--set` takes any of the [app settings](app-settings.md); its value is read as JSON and, where that fails, as plain text: `--set guestAuth=true --set 'legalName=Example Ltd'`. A development app is the same but for its defaults.",
  "apps update":
    " A list is replaced as a whole by `--set`; `--add-origin` and `--remove-origin` change one entry of `allowedOrigins`.",
  "apps test-account": " Its code is also what `GET /apps/:id/test_credentials` lists.",
  "clients create":
    " An app client is a second front of the same app, such as its mobile version: same users, its own origins and session length. Its id is sent as `privy-client-id`.",
  "keys rotate": " See [rotate keys](../guides/rotate-keys.md).",
  "keys retire": " See [rotate keys](../guides/rotate-keys.md).",
  "sessions declare-loss": " See [backup and restore](../guides/backup.md).",
  backup: " See [backup and restore](../guides/backup.md).",
  restore: " See [backup and restore](../guides/backup.md).",
};
