import type { TrackClock } from '../rtp/sender-report.ts';
import type { LegTrack } from './leg-track.ts';

/** How a track's clock stands to those of the others; undefined where the sender has not said. */
export type ClockReader = (track: number) => TrackClock | undefined;

/** One leg, from its opening to its closing. */
export interface StreamLeg {
  readonly tracks: readonly LegTrack[];
  readonly lead: LegTrack;
  readonly clockOf: ClockReader;
  /** Whether its units go out; a leg that does not carry stands by. */
  carries: boolean;
  /** When its first unit came, ms. */
  sinceMs: number | undefined;
}

export function carries(leg: StreamLeg | undefined): leg is StreamLeg {
  return leg?.carries === true;
}

/** The leg carries no longer: its clock is forgotten, and it keeps its units from the next key frame on. */
export function demote(leg: StreamLeg): void {
  leg.carries = false;
  for (const track of leg.tracks) track.untie();
}
