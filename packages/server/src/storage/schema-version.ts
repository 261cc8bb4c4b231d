import { LatchkeyError } from "@latchkey/core/errors";
import type { Migration } from "./migrations/migration.ts";

/** A step as the database remembers it. */
export interface RecordedStep {
  readonly version: number;
  readonly name: string;
  readonly oldest_compatible: number;
}

/** @throws TypeError unless the versions are 1, 2, 3 … and each admits itself. */
export function assertSequence(steps: readonly Migration[]): void {
  for (const [index, { version, name, oldestCompatible }] of steps.entries()) {
    if (version !== index + 1) {
      throw new TypeError(
        `Schema step "${name}" has version ${version} at position ${index + 1}: number the steps 1, 2, 3 … without gaps`,
      );
    }
    if (oldestCompatible < 1 || oldestCompatible > version) {
      throw new TypeError(
        `Schema step "${name}" has oldestCompatible ${oldestCompatible}: give a version from 1 to ${version}`,
      );
    }
  }
}

/**
 * The steps that the database lacks, in order; none when it is at this version or at a later one
 * that still admits this server.
 *
 * @throws LatchkeyError 503 `schema_incompatible`
 */
export function pendingSteps(
  recorded: readonly RecordedStep[],
  steps: readonly Migration[],
): readonly Migration[] {
  for (const [index, row] of recorded.entries()) {
    const version = index + 1;
    if (row.version !== version) {
      throw incompatible(
        `The database records schema step ${row.version} ("${row.name}") but not step ${version}: its record is damaged. Restore a backup`,
      );
    }
    const step = steps[index];
    if (step && step.name !== row.name) {
      throw incompatible(
        `The database was brought to schema version ${version} by step "${row.name}", and this server's step ${version} is "${step.name}": it belongs to another release. Start the release that it was used with`,
      );
    }
  }
  const mine = steps.length;
  const oldest = Math.max(...recorded.slice(mine).map((row) => row.oldest_compatible), 0);
  if (oldest > mine) {
    throw incompatible(
      `The database is at schema version ${recorded.length} and needs a server of schema version ${oldest} or later; this server has version ${mine}. Start the newer release, or restore a backup from before the upgrade`,
    );
  }
  return steps.slice(recorded.length);
}

function incompatible(message: string): LatchkeyError {
  return new LatchkeyError("schema_incompatible", 503, `${message}.`);
}
