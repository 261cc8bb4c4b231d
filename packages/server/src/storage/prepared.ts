import type { CompiledQuery, Kysely } from "kysely";
import type { Schema } from "./schema.ts";

/** Stands for the value of a named parameter while the statement is compiled. */
export type NamedParameter<Values> = <Name extends keyof Values & string>(
  name: Name,
) => Values[Name];

/** A query builder, or what the `sql` tag makes. */
interface Writing<R> {
  compile(build: Kysely<Schema>): CompiledQuery<R>;
}

class Placeholder {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/**
 * Compiles a statement once; the result only puts values in. A name may be used several times.
 * Values may not decide the shape of the statement (no lists for `in`, no null for `is`).
 *
 * @example
 * const userById = prepare<{ id: string }, UserTable>(db.build, (param) =>
 *   db.build.selectFrom("users").selectAll().where("id", "=", param("id")));
 * await db.first(userById({ id }));
 *
 * @throws TypeError from the result when a named value is missing or undefined.
 */
export function prepare<Values extends object, R>(
  build: Kysely<Schema>,
  write: (param: NamedParameter<Values>) => Writing<R>,
): (values: Values) => CompiledQuery<R> {
  const statement = write((name) => new Placeholder(name) as never);
  const { query, queryId, sql, parameters } = statement.compile(build);
  const slots = parameters.flatMap((value, index) =>
    value instanceof Placeholder ? [{ index, name: value.name as keyof Values & string }] : [],
  );

  return (values) => {
    const filled = parameters.slice();
    for (const { index, name } of slots) {
      const value = values[name];
      if (value === undefined) {
        throw new TypeError(`The prepared statement needs a value for "${name}" (null for none)`);
      }
      filled[index] = value;
    }
    return { query, queryId, sql, parameters: filled };
  };
}
