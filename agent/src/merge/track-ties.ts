import type { AccessUnit } from './access-unit.ts';
import { findTie, findWeakTie, type TieOptions } from './find-tie.ts';
import type { KnownUnits } from './known-units.ts';
import type { KeptUnit, LegTrack } from './leg-track.ts';
import type { TrackOutput } from './track-output.ts';

/** How far apart two legs may be. */
export const WINDOW_MS = 3_000;
/** A leg that came back lately is so far from its usual delay at most. */
const MAX_OFF_MS = 150;
/** A key frame of so many bytes is no repetition of another. */
const TELLING_KEY_BYTES = 1_024;
/** Units in a row that are no repetition of others; of audio more, since its units are small. */
const VIDEO_RUN_UNITS = 2;
const AUDIO_RUN_UNITS = 4;

/** How the legs of one track stand to what went out of it: found by units that are the same, kept in each leg's tie. */
export class TrackTies {
  readonly #output: TrackOutput;
  readonly #known: KnownUnits;

  constructor(output: TrackOutput, known: KnownUnits) {
    this.#output = output;
    this.#known = known;
  }

  /** Where in what went out the newest unit of `leg` stands; undefined where there is no unmistakable match. */
  findInOutput(leg: LegTrack, unit: AccessUnit): number | undefined {
    const measureMs = (legPosition: number, position: number) => this.#isOffMs(leg, legPosition, position);
    return findTie(leg.history, this.#output.history, { ...this.#tieOptions(leg, unit), measureMs });
  }

  /** Where in what `leg` brought the unit stands that went out last. */
  findNewestIn(leg: LegTrack, unit: AccessUnit): number | undefined {
    const measureMs = (position: number, legPosition: number) => this.#isOffMs(leg, legPosition, position);
    return findTie(this.#output.history, leg.history, { ...this.#tieOptions(leg, unit), measureMs });
  }

  /**
   * Ties exactly a track that was tied by reckoning, once its newest unit is seen to have gone out. What it kept before
   * is of no use then.
   */
  tieExactly(leg: LegTrack, unit: AccessUnit): boolean {
    const position = this.findInOutput(leg, unit);
    if (position === undefined) return false;
    const offset = this.#output.history.ticksAt(position) - leg.history.ticksAt(leg.history.end - 1);
    leg.tie = { offset, exact: true };
    leg.hint = position;
    leg.forgetKept();
    return true;
  }

  /** Ties exactly a leg that brought at `position` what went out just now: gives what it brought since and kept. */
  tieAhead(leg: LegTrack, position: number): readonly KeptUnit[] {
    leg.tie = { offset: this.#output.newestTicks - leg.history.ticksAt(position), exact: true };
    leg.hint = this.#output.history.end;
    const newer = leg.takeKept(position);
    leg.isAfterHole = newer[0]?.position !== position + 1 && position + 1 < leg.history.end;
    return newer;
  }

  /** Ties a leg by any of its newest units that is known, where nothing better tells how they stand to one another. */
  tieWeakly(leg: LegTrack): boolean {
    const known = this.#known;
    const measureMs = (legPosition: number, position: number) => this.#isOffMs(leg, legPosition, position);
    const match = findWeakTie(leg.history, known, { measureMs, maxOffMs: findMaxOffMs(leg) });
    if (match === undefined) return false;
    const { position, otherPosition } = match;
    leg.tie = { offset: known.ticksAt(otherPosition) - leg.history.ticksAt(position), exact: true };
    leg.hint = 0; // Where the units before this one stand that it kept, each tells itself.
    leg.isAfterHole = true;
    return true;
  }

  /**
   * How far the leg's unit, taken for the one at `position`, would be from where the leg had brought it at its usual
   * delay, ms; while that is not known, from the time of the other copy: legs are seldom far apart.
   */
  #isOffMs(leg: LegTrack, legPosition: number, position: number): number {
    const known = this.#known;
    const arrivedMs = leg.history.atMsAt(legPosition);
    const expectedMs =
      leg.delayMs === undefined ? known.atMsAt(position) : this.#toMs(known.ticksAt(position)) + leg.delayMs;
    return Math.abs(arrivedMs - expectedMs);
  }

  #tieOptions(leg: LegTrack, unit: AccessUnit): Omit<TieOptions, 'measureMs'> {
    const isTelling = this.#output.isVideo && unit.key && unit.bytes >= TELLING_KEY_BYTES;
    const runUnits = isTelling ? 1 : this.#output.isVideo ? VIDEO_RUN_UNITS : AUDIO_RUN_UNITS;
    const { toleranceTicks } = this.#output;
    return { toleranceTicks, windowMs: WINDOW_MS, runUnits, maxOffMs: findMaxOffMs(leg) };
  }

  #toMs(ticks: number): number {
    return (ticks * 1_000) / this.#output.clockRate;
  }
}

/** How far from its usual delay a leg may be: one that came back lately brings what may come again. */
function findMaxOffMs(leg: LegTrack): number {
  return leg.isBackSince(leg.lastAtMs - WINDOW_MS) ? MAX_OFF_MS : Number.POSITIVE_INFINITY;
}
