import { sql } from "kysely";
import type { Database } from "../database.ts";

/**
 * Lets `ms` pass for everything that a PostgreSQL database holds, because nobody can set its clock:
 * all of its rows become that much older. Times are the bigint columns whose name ends in "at".
 */
export async function ageRows(db: Database, ms: number): Promise<void> {
  const columns = await db.all(
    sql<{ table_name: string; column_name: string }>`
      SELECT table_name, column_name FROM information_schema.columns
      WHERE table_schema = current_schema() AND data_type = 'bigint'
        AND (column_name = 'at' OR column_name LIKE '%\_at') ORDER BY table_name`.compile(db.build),
  );
  const tables = Map.groupBy(columns, ({ table_name }) => table_name);
  for (const [table, times] of tables) {
    const changes = times.map(({ column_name }) => {
      const column = sql.ref(column_name);
      return sql`${column} = ${column} - ${ms}`;
    });
    await db.write(sql`UPDATE ${sql.table(table)} SET ${sql.join(changes)}`.compile(db.build));
  }
}
