import type { UnitList } from './unit-history.ts';

/** How far back the units of a run are looked for. */
const LOOK_BACK_UNITS = 12;

export interface TieOptions {
  /** How far apart two copies of the same step between units may be, in ticks (servers round to milliseconds). */
  readonly toleranceTicks: number;
  /** How far apart in time the two copies may have arrived, ms. */
  readonly windowMs: number;
  /**
   * So many units in a row make a match unmistakable, where they are not all alike (silence is); 1: the newest tells
   * alone, a key frame with a picture in it.
   */
  readonly runUnits: number;
  /** How far from where it is expected a match is, ms. */
  readonly measureMs: (onePosition: number, otherPosition: number) => number;
  /** A match further than this from where it is expected is none. */
  readonly maxOffMs: number;
}

/** A unit that two histories have both, by its positions. */
export interface WeakTie {
  readonly position: number;
  readonly otherPosition: number;
}

/**
 * Where in `other` the newest unit of `one` stands: the position, or undefined where there is no unmistakable match.
 * Units may repeat in a stream (a still picture, a looped clip): of several matches the nearest to what is expected is
 * taken, and none where the nearest may still be to come.
 */
export function findTie(one: UnitList, other: UnitList, options: TieOptions): number | undefined {
  const newest = one.end - 1;
  if (newest < one.start) return undefined;
  const identity = one.identityAt(newest);
  if (identity === 0) return undefined; // Nothing of a picture.
  const atMs = one.atMsAt(newest);
  let best: number | undefined;
  let bestMs = Number.POSITIVE_INFINITY;
  for (let position = other.end - 1; position >= other.start; position -= 1) {
    if (Math.abs(other.atMsAt(position) - atMs) > options.windowMs) break;
    if (other.identityAt(position) !== identity) continue;
    const offMs = options.measureMs(newest, position);
    if (offMs >= bestMs) continue;
    if (options.runUnits > 1 && !isRun(one, newest, other, position, options)) continue;
    best = position;
    bestMs = offMs;
  }
  if (best === undefined) return undefined;
  return isNear(bestMs, options.maxOffMs, one, newest, other, best) ? best : undefined;
}

/** A single match, where there is no better: any of the newest units of `one` that `other` has too. */
export function findWeakTie(
  one: UnitList,
  other: UnitList,
  { measureMs, maxOffMs }: Pick<TieOptions, 'measureMs' | 'maxOffMs'>,
): WeakTie | undefined {
  const oldest = Math.max(one.start, one.end - LOOK_BACK_UNITS);
  for (let position = one.end - 1; position >= oldest; position -= 1) {
    const identity = one.identityAt(position);
    if (identity === 0) continue;
    let best: number | undefined;
    let bestMs = Number.POSITIVE_INFINITY;
    for (let otherPosition = other.end - 1; otherPosition >= other.start; otherPosition -= 1) {
      if (other.identityAt(otherPosition) !== identity) continue;
      const offMs = measureMs(position, otherPosition);
      if (offMs >= bestMs) continue;
      best = otherPosition;
      bestMs = offMs;
    }
    if (best === undefined) continue;
    if (isNear(bestMs, maxOffMs, one, position, other, best)) return { position, otherPosition: best };
  }
  return undefined;
}

/** Whether enough of the units before the two positions are the same, at the same steps; either leg may have missed some. */
function isRun(
  one: UnitList,
  at: number,
  other: UnitList,
  otherAt: number,
  { toleranceTicks, runUnits }: TieOptions,
): boolean {
  const identity = one.identityAt(at);
  const offset = other.ticksAt(otherAt) - one.ticksAt(at);
  const oldest = Math.max(one.start, at - LOOK_BACK_UNITS);
  let found = 1;
  let areAlike = true;
  let otherPosition = otherAt - 1;
  for (let position = at - 1; position >= oldest && found < runUnits; position -= 1) {
    const ticks = one.ticksAt(position) + offset;
    while (otherPosition >= other.start && other.ticksAt(otherPosition) > ticks + toleranceTicks) {
      otherPosition -= 1;
    }
    if (otherPosition < other.start) return false;
    if (other.ticksAt(otherPosition) < ticks - toleranceTicks) continue;
    if (other.identityAt(otherPosition) !== one.identityAt(position)) return false;
    found += 1;
    areAlike &&= one.identityAt(position) === identity;
    otherPosition -= 1;
  }
  return found >= runUnits && !areAlike;
}

/** Whether the nearest match is near enough to be the one, where units like it may still be to come. */
function isNear(
  offMs: number,
  maxOffMs: number,
  one: UnitList,
  at: number,
  other: UnitList,
  otherAt: number,
): boolean {
  const periodMs = Math.min(findPeriodMs(one, at), findPeriodMs(other, otherAt));
  return offMs <= Math.min(maxOffMs, periodMs / 2);
}

/** How soon before the unit at `at` one like it came, ms; `Infinity` where none did. */
function findPeriodMs(history: UnitList, at: number): number {
  const identity = history.identityAt(at);
  for (let position = at - 1; position >= history.start; position -= 1) {
    if (history.identityAt(position) === identity) return history.atMsAt(at) - history.atMsAt(position);
  }
  return Number.POSITIVE_INFINITY;
}
