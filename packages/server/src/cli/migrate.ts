import { openProduction } from "./production.ts";

/** Opening brings the schema up to date; there is nothing else to do. */
export async function migrateCommand(): Promise<number> {
  const { services } = await openProduction();
  await services.store.close();
  process.stdout.write("The database's schema is up to date.\n");
  return 0;
}
