import { readOperatorConfig } from "../config/config.ts";
import { refuseArguments } from "./arguments.ts";
import { withOperator } from "./operator.ts";

/** Opening brings the schema up to date; there is nothing else to do. */
export async function migrateCommand(args: string[]): Promise<number> {
  refuseArguments(args);
  const target = readOperatorConfig(process.env);
  await withOperator(async () => undefined, { ...target, mode: "production" });
  process.stdout.write("The database's schema is up to date.\n");
  return 0;
}
