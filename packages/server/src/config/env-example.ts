import { defaultOf, type Variable, variables, whereRead } from "./variables.ts";

const HEADER = `# Generated from packages/server/src/config/variables.ts: npm run generate
#
# Copy it to .env, fill it in, and hand it to the process: docker run --env-file .env, EnvironmentFile=
# of a systemd unit, or node --env-file=.env node_modules/.bin/latchkey start.
# What is commented out may stay so.
`;

/** The text of `.env.example`, from the same list that configuration is read from. */
export function envExample(): string {
  const blocks = Object.values<Variable>(variables).map((variable) => {
    const found = defaultOf(variable);
    const secret = variable.secret ? " Secret." : "";
    const where = whereRead(variable).replaceAll("`", "");
    const words = `# ${variable.help}\n# Read by: ${where}.${secret}\n`;
    // A value that works without being thought about is shown, never set.
    return found === undefined
      ? `${words}${variable.name}=${variable.example}\n`
      : `${words}# ${variable.name}=${variable.example}\n`;
  });
  return `${HEADER}\n${blocks.join("\n")}`;
}
