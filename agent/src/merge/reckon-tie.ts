import { msBetween, type TrackClock } from '../rtp/sender-report.ts';
import type { LegTrack, Tie } from './leg-track.ts';

export interface ReckonedTrack {
  readonly track: LegTrack;
  /** What the sender says, where it says something. */
  readonly clock: TrackClock | undefined;
  readonly clockRate: number;
}

/**
 * The tie of a track by that of the leg's lead track: by what the sender says of both clocks, or by when the first units
 * of both came. Undefined where neither is known, or the lead is not tied.
 */
export function reckonTie(lead: ReckonedTrack, own: ReckonedTrack): Tie | undefined {
  const isSaid = lead.clock !== undefined && own.clock !== undefined;
  const [leadAnchor, anchor] = [lead, own].map(({ track, clock }) =>
    isSaid && clock !== undefined ? track.anchorAt(clock) : track.anchor,
  );
  const { tie } = lead.track;
  if (tie === undefined || leadAnchor === undefined || anchor === undefined) return undefined;
  const leadMs = ((leadAnchor.ticks + tie.offset) * 1_000) / lead.clockRate;
  const apartMs = msBetween(leadAnchor.atMs, anchor.atMs);
  const ticks = Math.round(((leadMs + apartMs) * own.clockRate) / 1_000);
  return { offset: ticks - anchor.ticks, exact: false };
}
