import type { KeptUnit } from './leg-track.ts';

/** The units of a leg that takes over: `first` and `last` of their timestamps, and what leads to the output's. */
export interface UnitSpan {
  readonly first: number;
  readonly last: number;
  readonly offset: number;
  readonly count: number;
}

/**
 * From a unit's ticks to the output's: `ticks + offset`, but where that would lie before what went out (`after`), the
 * units are spread evenly between that and where the last of them belongs.
 */
export function spreadAfter(after: number | undefined, span: UnitSpan): (ticks: number) => number {
  const { first, last, offset, count } = span;
  if (after === undefined || first + offset > after) return (ticks) => ticks + offset;
  const room = last + offset - after;
  const step = room / count;
  const scale = last > first ? (room - step) / (last - first) : 0;
  return (ticks) => Math.round(after + step + (ticks - first) * scale);
}

/** The first and the last of the units' timestamps. */
export function measureSpan(kept: readonly KeptUnit[]): { readonly first: number; readonly last: number } {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { unit } of kept) {
    first = Math.min(first, unit.ticks);
    last = Math.max(last, unit.ticks);
  }
  return { first, last };
}
