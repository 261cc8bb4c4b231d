import {
  type Compilable,
  type CompiledQuery,
  type Driver,
  Kysely,
  type Dialect as KyselyDialect,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { Dialect } from "./database.ts";
import type { Schema } from "./schema.ts";

/** A statement builder without a connection: `.execute()` on it is refused, not silently empty. */
export function compileOnly(dialect: Dialect): Kysely<Schema> {
  return new Kysely<Schema>({ dialect: dialect === "sqlite" ? sqlite : postgres });
}

export type Statement<R> = Compilable<R> | CompiledQuery<R>;

export function compiled<R>(statement: Statement<R>): CompiledQuery<R> {
  return "compile" in statement ? statement.compile() : statement;
}

async function refuse(): Promise<never> {
  throw new TypeError(
    "Database.build only compiles statements: pass the statement to all, first, write or transaction instead of calling execute()",
  );
}

const driver: Driver = {
  init: async () => {},
  acquireConnection: refuse,
  beginTransaction: refuse,
  commitTransaction: refuse,
  rollbackTransaction: refuse,
  releaseConnection: async () => {},
  destroy: async () => {},
};

const sqlite: KyselyDialect = {
  createAdapter: () => new SqliteAdapter(),
  createDriver: () => driver,
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
};

const postgres: KyselyDialect = {
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => driver,
  createIntrospector: (db) => new PostgresIntrospector(db),
  createQueryCompiler: () => new PostgresQueryCompiler(),
};
