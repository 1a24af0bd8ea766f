/** One line of a metrics page in the Prometheus text format (version 0.0.4). */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export function parseMetrics(page: string): Sample[] {
  const samples: Sample[] = [];
  for (const line of page.split('\n')) {
    const match = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line);
    if (!match) continue;
    const labels = [...(match[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
    samples.push({
      name: match[1] ?? '',
      labels: Object.fromEntries(labels.map(([, key, value]) => [key, value])),
      value: Number(match[3]),
    });
  }
  return samples;
}

/**
 * The quantile of a histogram, all its label sets together, as Prometheus' histogram_quantile() has it: linear within
 * the bucket. Undefined if nothing was observed; the last finite bound where it lies above all of them.
 */
export function quantileOf(
  samples: readonly Sample[],
  histogram: string,
  quantile: number,
): number | undefined {
  const counts = new Map<number, number>();
  for (const { name, labels, value } of samples) {
    if (name !== `${histogram}_bucket`) continue;
    const bound = labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le);
    counts.set(bound, (counts.get(bound) ?? 0) + value);
  }
  const buckets = [...counts].toSorted(([a], [b]) => a - b);
  const total = buckets.at(-1)?.[1] ?? 0;
  if (total === 0) return undefined;
  const rank = quantile * total;
  let lower = { bound: 0, count: 0 };
  for (const [bound, count] of buckets) {
    if (count >= rank) {
      if (bound === Number.POSITIVE_INFINITY) return lower.bound;
      return lower.bound + (bound - lower.bound) * ((rank - lower.count) / (count - lower.count || 1));
    }
    lower = { bound, count };
  }
  return lower.bound;
}

/** The sum over all label sets of one metric. */
export function sumOf(samples: readonly Sample[], metric: string): number {
  return samples.filter(({ name }) => name === metric).reduce((sum, { value }) => sum + value, 0);
}
