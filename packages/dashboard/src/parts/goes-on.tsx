import { Text } from "@mantine/core";

/** Where filters fit few: the page is as full as a bounded look could make it. */
export function GoesOn({
  found,
  limit,
  next,
}: {
  found: number;
  limit: number;
  next: string | null;
}) {
  if (next === null || found >= limit) return null;
  return (
    <Text size="sm" c="dimmed" role="status">
      {found === 0 ? "None of those looked at so far fits" : "Few of those looked at so far fit"}{" "}
      these filters. “Older” looks further.
    </Text>
  );
}
