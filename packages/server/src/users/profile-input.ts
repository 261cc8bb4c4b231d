import { LatchkeyError } from "@latchkey/core/errors";
import type { ProfileChange } from "../storage/store.ts";

interface ProfileInput {
  readonly first_name?: string | null | undefined;
  readonly last_name?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly external_id?: string | null | undefined;
  readonly locale?: string | null | undefined;
}

/** What a request changes; a `name` alone is read as first and last name. */
export function profileOf(input: ProfileInput): ProfileChange {
  const { first_name, last_name, name } = input;
  const split = first_name === undefined && last_name === undefined ? name : undefined;
  const [first, ...rest] = split?.trim().split(/\s+/) ?? [];
  const fromName =
    split === undefined ? {} : { firstName: first || null, lastName: rest.join(" ") || null };
  return {
    firstName: first_name,
    lastName: last_name,
    ...fromName,
    externalId: input.external_id,
    locale: input.locale,
  };
}

const MAX_METADATA_KEYS = 10;

/**
 * Keys that are named change, null takes one away, the rest stays. Throws `invalid_data` when more
 * stay than one change may name.
 */
export function mergedMetadata(
  before: Readonly<Record<string, string>>,
  change: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const merged = Object.entries({ ...before, ...change }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  if (merged.length <= MAX_METADATA_KEYS) return Object.fromEntries(merged);
  throw new LatchkeyError(
    "invalid_data",
    400,
    `metadata would have ${merged.length} keys; it has at most ${MAX_METADATA_KEYS}. Take some away by setting them to null.`,
  );
}
