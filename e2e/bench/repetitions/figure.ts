/** One figure over the repetitions; p99 only where there are 100 or more. */
export interface Figure {
  readonly p50: number;
  readonly p99?: number;
  readonly max: number;
}

/** Nearest rank: each percentile is a value that was measured. */
export function summarise(values: readonly number[]): Figure {
  const sorted = values.map((value) => Math.round(value * 10) / 10).toSorted((a, b) => a - b);
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { p50: rank(0.5), ...(sorted.length >= 100 && { p99: rank(0.99) }), max: rank(1) };
}

/** `p50 / p99 / max`, in whole numbers. */
export function formatFigure({ p50, p99, max }: Figure): string {
  return [p50, p99, max]
    .filter((value) => value !== undefined)
    .map((value) => value.toFixed(0))
    .join(' / ');
}

/** p50 and the greatest, where they are not the same. */
export function formatRange({ p50, max }: Figure, format: (value: number) => string): string {
  return format(p50) === format(max) ? format(max) : `${format(p50)} to ${format(max)}`;
}

/** In words of people: `120 ms`, `1.4 s`. */
export function formatTime(ms: number): string {
  return ms < 999.5 ? `${ms.toFixed(0)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
