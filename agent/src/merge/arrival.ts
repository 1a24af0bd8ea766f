/** Units of legs that carry, on their way out. */
import type { Departure } from './known-units.ts';
import type { KeptUnit, LegTrack, Tie } from './leg-track.ts';

/** A unit with the leg that brought it, where in its history, and when. */
export interface Arrival extends KeptUnit {
  readonly leg: LegTrack;
}

/** A unit that waits, because one before it seems to be missing and another leg may still bring it. */
export interface Waiting extends Arrival, Departure {
  readonly leg: LegTrack;
  ticks: number;
  /** Whether one before it may be missing. */
  readonly mayMiss: boolean;
  /** Whether its leg brought and did not keep what comes before it. */
  readonly isAfterHole: boolean;
  /** Whether its leg's clock may have been set anew before it. */
  readonly isAfterJump: boolean;
  readonly sinceMs: number;
}

/** Where the unit stands on the output's clock. Slices of one picture, each marked as a picture, stay together. */
export function findTicks({ unit, leg, position }: Arrival, tie: Tie): number {
  const before = leg.history.stepTo(position) === 0 ? leg.placedTicks : undefined;
  return before ?? unit.ticks + tie.offset;
}
