/** Whether the TXT record is there that proves the owner's consent, as one resolver sees it. */
import type { Examined } from "./examine-cname.ts";
import { type DomainExpectation, OWNERSHIP_PREFIX } from "./expectation.ts";
import { type Lookup, recordsOf } from "./observation.ts";

export function examineOwnership(txt: Lookup, { ownershipToken }: DomainExpectation): Examined {
  if (txt.kind === "failed") return { status: "unknown", verdict: null, seen: [] };
  const seen = txtValues(txt);
  const values = seen.map(bare);
  if (values.includes(`${OWNERSHIP_PREFIX}${ownershipToken}`)) {
    return { status: "ok", verdict: null, seen };
  }
  const other = values.some((value) => value.startsWith(OWNERSHIP_PREFIX));
  const wrong = seen.length > 0 ? "txt_wrong" : "txt_missing";
  return { status: "bad", verdict: other ? "txt_other_claim" : wrong, seen };
}

/** Whether the ownership record of this claim stands in an answer for some other name. */
export function holdsOwnership(txt: Lookup, expected: DomainExpectation): boolean {
  return examineOwnership(txt, expected).status === "ok";
}

function txtValues(lookup: Lookup): string[] {
  return recordsOf(lookup).flatMap((record) => (record.type === "TXT" ? [record.value] : []));
}

/** Control panels keep the quotes or spaces that came along with a paste. */
const bare = (value: string): string =>
  value
    .trim()
    .replace(/^"(.*)"$/s, "$1")
    .trim();
