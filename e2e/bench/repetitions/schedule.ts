/** Which repetitions of which cases are left, and how long they take. */

export type Repeated<C> = C & {
  /** From 1. */
  readonly repetition: number;
};

/** Every case once, then every case again: what is interrupted has figures for all of them. */
export function listRepetitions<C extends object>(cases: readonly C[], repetitions: number): Repeated<C>[] {
  return Array.from({ length: repetitions }, (_, index) =>
    cases.map((one) => ({ ...one, repetition: index + 1 })),
  ).flat();
}

/** @param nameCase what tells two cases apart */
export function listUndone<C extends object>(
  wanted: readonly Repeated<C>[],
  done: readonly Repeated<C>[],
  nameCase: (one: C) => string,
): Repeated<C>[] {
  const keyOf = (one: Repeated<C>) => `${nameCase(one)} ${one.repetition}`;
  const keys = new Set(done.map(keyOf));
  return wanted.filter((one) => !keys.has(keyOf(one)));
}

/** How long the rest takes, from how long each case took so far; ms. Unknown ones count as the mean of the known. */
export function estimateMs<C extends object>(
  left: readonly C[],
  took: readonly (C & { readonly tookMs: number })[],
  nameCase: (one: C) => string,
): number {
  const known = new Map<string, number[]>();
  for (const one of took) known.set(nameCase(one), [...(known.get(nameCase(one)) ?? []), one.tookMs]);
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
  const otherwise = mean(took.map(({ tookMs }) => tookMs));
  return left.reduce((sum, one) => sum + mean(known.get(nameCase(one)) ?? [otherwise]), 0);
}
