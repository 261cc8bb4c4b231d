import type { InsightRange } from "@latchkey/core/protocol/admin";

export const RANGES: readonly { readonly value: InsightRange; readonly label: string }[] = [
  { value: "1h", label: "1 h" },
  { value: "24h", label: "24 h" },
  { value: "7d", label: "7 d" },
  { value: "30d", label: "30 d" },
  { value: "90d", label: "90 d" },
];

/** Part of the page's address; a day where it says nothing. */
export function readRange(search: Record<string, unknown>): { readonly range?: InsightRange } {
  const known = RANGES.find(({ value }) => value === search.range);
  return known ? { range: known.value } : {};
}
