import type { Kysely } from "kysely";
import type { Dialect, Transaction } from "../database.ts";
import type { Schema } from "../schema.ts";

/**
 * One step forward. Steps only add (tables, nullable columns, indexes), so that the version before
 * keeps running on the new schema while a deployment rolls over.
 */
export interface Migration {
  /** 1, 2, 3 …, without gaps. */
  readonly version: number;
  readonly name: string;
  /** The oldest server schema version that still runs correctly after this step. */
  readonly oldestCompatible: number;
  up(tx: Transaction, build: Kysely<Schema>, dialect: Dialect): Promise<void>;
}
