/** One figure measured several times. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Of an empty list, NaN. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  const high = sorted[Math.floor(middle)] ?? Number.NaN;
  return {
    median: (low + high) / 2,
    min: sorted[0] ?? Number.NaN,
    max: sorted.at(-1) ?? Number.NaN,
  };
}

/** Round by round, so that what slows the machine for a while slows both sides of the ratio. */
export function ratioSpread(over: readonly number[], under: readonly number[]): Spread {
  return spread(over.slice(0, under.length).map((value, round) => value / (under[round] ?? 0)));
}
