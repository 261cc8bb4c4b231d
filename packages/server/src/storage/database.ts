/**
 * The seam between the store and its two databases. Statements are compiled by Kysely for the
 * dialect and run here; everything above is the same for SQLite and PostgreSQL.
 */
import type { Compilable, CompiledQuery, Kysely } from "kysely";
import type { Schema } from "./schema.ts";

export type Dialect = "sqlite" | "postgres";

/** Runs statements one after another inside one transaction. */
export interface Transaction {
  /** Milliseconds since the epoch by the database's clock, the same value for the whole transaction. */
  readonly now: number;
  all<R>(query: Compilable<R> | CompiledQuery<R>): Promise<R[]>;
  first<R>(query: Compilable<R> | CompiledQuery<R>): Promise<R | undefined>;
}

export interface TransactionOptions {
  /** For each statement, lock wait and pause, instead of the database's own; SQLite has none. */
  readonly timeoutMs?: number;
}

/**
 * Every failure below the statement (unreachable, busy, full disk, read only, serialization,
 * unknown commit outcome) is rejected with {@link LatchkeyError} 503 `database_unavailable`; a
 * violated unique constraint with {@link UniqueViolation}. A mistake in a statement (syntax, NOT
 * NULL, types) comes out as the driver's own error. The first failure decides its whole transaction, even
 * when `work` catches it.
 */
export interface Database {
  readonly dialect: Dialect;
  /** Compiles statements for this dialect; it has no connection and executes nothing. */
  readonly build: Kysely<Schema>;
  /** Milliseconds since the epoch by the database's clock (SQLite: this process's). */
  now(): Promise<number>;
  /** One reading statement, on committed state of the primary. */
  all<R>(query: Compilable<R> | CompiledQuery<R>): Promise<R[]>;
  first<R>(query: Compilable<R> | CompiledQuery<R>): Promise<R | undefined>;
  /** One writing statement, durable when it resolves. */
  write<R>(query: Compilable<R> | CompiledQuery<R>): Promise<R[]>;
  /**
   * All of `work` or nothing, durable when it resolves. `work` awaits nothing but `tx`:
   * SQLite runs the writes of one moment in one commit, each in its own savepoint.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  close(): Promise<void>;
}

/** A unique constraint refused the write. The transaction is rolled back. */
export class UniqueViolation extends Error {
  override readonly name = "UniqueViolation";
}
