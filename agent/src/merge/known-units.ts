import type { AccessUnit } from './access-unit.ts';
import type { LegTrack } from './leg-track.ts';
import type { TrackOutput } from './track-output.ts';
import type { UnitList } from './unit-history.ts';

/** A unit with its place on the output's clock. */
export interface Departure {
  readonly unit: AccessUnit;
  readonly ticks: number;
  readonly arrivedMs: number;
  /** Whether units between it and the one before may be missing. */
  readonly isAfterLoss: boolean;
  /** Who brought it; undefined where it was sent when a leg took over. */
  readonly leg?: LegTrack | undefined;
}

/** Of so many units that went out last it is known who brought them: 3 s of video, and of audio in packets of 10 ms. */
const BRINGERS = 384;

/** What went out of a track and what waits, as one sequence: positions past what went out are those that wait. */
export class KnownUnits implements UnitList {
  readonly #output: TrackOutput;
  readonly #waiting: readonly Departure[];
  /** By position. */
  readonly #bringers: (LegTrack | undefined)[] = [];

  constructor(output: TrackOutput, waiting: readonly Departure[]) {
    this.#output = output;
    this.#waiting = waiting;
  }

  get start(): number {
    return this.#output.history.start;
  }

  get end(): number {
    return this.#output.history.end + this.#waiting.length;
  }

  identityAt(position: number): number {
    const waiting = this.#waitingAt(position);
    return waiting === undefined ? this.#output.history.identityAt(position) : waiting.unit.identity;
  }

  ticksAt(position: number): number {
    return this.#waitingAt(position)?.ticks ?? this.#output.history.ticksAt(position);
  }

  atMsAt(position: number): number {
    return this.#waitingAt(position)?.arrivedMs ?? this.#output.history.atMsAt(position);
  }

  isAfterLossAt(position: number): boolean {
    return this.#waitingAt(position)?.isAfterLoss ?? this.#output.history.isAfterLossAt(position);
  }

  /** Whether a unit of this identity is known; `except`: at another position than this. */
  has(identity: number, except?: number): boolean {
    if (this.#output.history.has(identity, except)) return true;
    for (let at = this.#output.history.end; at < this.end; at += 1) {
      if (this.identityAt(at) === identity && at !== except) return true;
    }
    return false;
  }

  /** Before the next unit goes out. */
  noteSent(leg: LegTrack | undefined): void {
    this.#bringers[this.#output.history.end % BRINGERS] = leg;
  }

  bringerAt(position: number): LegTrack | undefined {
    const waiting = this.#waitingAt(position);
    return waiting === undefined ? this.#bringers[position % BRINGERS] : waiting.leg;
  }

  #waitingAt(position: number): Departure | undefined {
    const at = position - this.#output.history.end;
    return at < 0 ? undefined : this.#waiting[at];
  }
}
