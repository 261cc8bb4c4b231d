import { challengeNameOf } from "@latchkey/core/domains/expectation";
import type { ShownRecord } from "@latchkey/core/domains/report";

/** Whether the last check of a domain saw its challenge delegated to the label of its own claim. */
export function isDelegated({
  hostname,
  report,
}: {
  readonly hostname: string;
  readonly report: string;
}): boolean {
  const { records = [] } = JSON.parse(report) as { records?: readonly ShownRecord[] };
  return records.some(
    ({ type, name, status }) =>
      type === "CNAME" && name === challengeNameOf(hostname) && status === "ok",
  );
}
