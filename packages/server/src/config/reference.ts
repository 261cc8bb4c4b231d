import { defaultOf, type Variable, variables, whereRead } from "./variables.ts";

const INTRODUCTION = `# Configuration

<!-- Generated from packages/server/src/config/variables.ts: npm run generate -->

\`latchkey start\` reads its configuration from environment variables, once, when it starts. It refuses
to run on anything missing or unsafe and names every problem at once. \`latchkey dev\` needs none of
them. [.env.example](../../.env.example) is a file to start from.

An empty value counts as not set. A name that begins with \`LATCHKEY_\` and is not on this page is
reported in the log, because a misspelled option would count for nothing. Apps have
[settings of their own](app-settings.md), which win over the defaults here.
`;

/** The text of docs/reference/configuration.md. */
export function configurationReference(): string {
  const all = Object.values<Variable>(variables);
  const rows = all.map((variable) => {
    const link = `[\`${variable.name}\`](#${variable.name.toLowerCase()})`;
    return `| ${link} | ${whereRead(variable)} | ${defaultText(variable)} |`;
  });
  const table = `| Variable | Read by | Default |\n|---|---|---|\n${rows.join("\n")}\n`;
  return `${INTRODUCTION}\n${table}\n${all.map(section).join("\n")}`;
}

function section(variable: Variable): string {
  const secret = variable.secret ? " Secret: it is never shown or logged." : "";
  const example =
    variable.example === "" ? "" : `\n\n\`\`\`sh\n${variable.name}=${variable.example}\n\`\`\``;
  return `## ${variable.name}\n\n${variable.help}${secret}${example}\n`;
}

function defaultText(variable: Variable): string {
  const found = defaultOf(variable);
  if (found === undefined) return "required";
  if (variable.schema.safeParse(undefined).data === null) return "see below";
  return found === "" ? "none" : `\`${found}\``;
}
