import { Tooltip } from "@mantine/core";

const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const STEPS = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 30],
  ["month", 12],
] as const;

/** A moment, as people say it; the exact one on hover and for machines. */
export function When({ at }: { at: number }) {
  return (
    <Tooltip label={EXACT.format(at)}>
      <time dateTime={new Date(at).toISOString()} style={{ whiteSpace: "nowrap" }}>
        {relative(at)}
      </time>
    </Tooltip>
  );
}

function relative(at: number): string {
  let distance = (at - Date.now()) / 1000;
  for (const [unit, size] of STEPS) {
    if (Math.abs(distance) < size) return RELATIVE.format(Math.round(distance), unit);
    distance /= size;
  }
  return RELATIVE.format(Math.round(distance), "year");
}
