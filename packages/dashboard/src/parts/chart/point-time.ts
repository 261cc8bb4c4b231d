const DAY = 86_400_000;
const HOUR_OF_DAY = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const MOMENT = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});
/** Days are those of UTC, as they are counted. */
const DATE = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  timeZone: "UTC",
});
const LOCAL_DATE = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });

/** Of a point that stands for `width` milliseconds. */
export const pointTime = (at: number, width: number): string =>
  width >= DAY ? DATE.format(at) : MOMENT.format(at);

/** Below the axis, where there is less room. */
export const axisTime = (at: number, width: number, spans: number): string =>
  width >= DAY ? DATE.format(at) : spans > 2 * DAY ? LOCAL_DATE.format(at) : HOUR_OF_DAY.format(at);
