import { type Variable, variables } from "./variables.ts";

/** The text of `.env.example`, from the same list that configuration is read from. */
export function envExample(): string {
  const blocks = Object.values<Variable>(variables).map((variable) => {
    const where = variable.modes.includes("production")
      ? variable.modes.includes("development")
        ? "latchkey dev and latchkey start"
        : "latchkey start"
      : "latchkey dev";
    return `# ${variable.help}\n# Read by: ${where}.${variable.secret ? " Secret." : ""}\n${variable.name}=${variable.example}\n`;
  });
  return `# Generated from the configuration schema: npm run generate\n\n${blocks.join("\n")}`;
}
