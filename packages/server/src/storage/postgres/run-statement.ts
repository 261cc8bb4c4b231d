import type { CompiledQuery } from "kysely";
import type pg from "pg";
import { isStalePlan, leavesConnectionUsable, postgresError } from "./errors.ts";
import type { StatementNames } from "./statement-names.ts";

/** Milliseconds since the epoch by the server's clock, as it runs. */
export const clock = "floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

/** What came of lending a connection out. `usable` false: its state is in doubt, destroy it. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: unknown; readonly usable: boolean };

export type RunStatement = (
  client: pg.ClientBase,
  query: CompiledQuery,
  queryTimeoutMs?: number,
) => Promise<Outcome<unknown[]>>;

/** Runs a statement under its prepared name; errors come out mapped. */
export function statementRunner(names: StatementNames): RunStatement {
  return async (client, { sql, parameters }, queryTimeoutMs) => {
    const name = names.nameOf(sql);
    const config = {
      text: sql,
      values: parameters as unknown[],
      ...(name === undefined ? {} : { name }),
      ...(queryTimeoutMs === undefined ? {} : { query_timeout: queryTimeoutMs }),
    };
    try {
      return { ok: true, value: (await client.query(config)).rows };
    } catch (error) {
      if (isStalePlan(error)) names.renew();
      return { ok: false, error: postgresError(error), usable: leavesConnectionUsable(error) };
    }
  };
}
