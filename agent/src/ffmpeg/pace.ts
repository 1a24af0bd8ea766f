/**
 * Whether an encoder keeps up with its source. FFmpeg's own `speed` is an average since its start, in which a bad minute
 * after a good day does not show; here it is that of the last 10 s.
 */

/** Below it, what is served falls behind. */
const LEAST_SPEED = 0.95;
/** So long an encoder must have been too slow: a key frame or a busy moment is no reason. */
const PACE_WINDOW_MS = 10_000;

export interface PaceSample {
  readonly atMs: number;
  /** Media time that the encoder has written. */
  readonly outTimeMs: number;
  /** Media time that the source has brought meanwhile, on any scale that does not jump: a source may pause. */
  readonly sourceTimeMs: number;
}

export interface Pace {
  /** Media time written over media time that came, in the window; undefined until it is full. */
  readonly speed: number | undefined;
  readonly isTooSlow: boolean;
}

export class PaceWindow {
  #samples: PaceSample[] = [];

  /** In the order of their times. After a restart of the encoder begin a new window. */
  add(sample: PaceSample): Pace {
    this.#samples.push(sample);
    // The newest that is as old as the window, and all after it.
    const start = this.#samples.findLastIndex(({ atMs }) => sample.atMs - atMs >= PACE_WINDOW_MS);
    const first = this.#samples[start];
    if (first === undefined) return { speed: undefined, isTooSlow: false };
    this.#samples = this.#samples.slice(start);
    const came = sample.sourceTimeMs - first.sourceTimeMs;
    // Of a source that brought next to nothing there is nothing to be slow with.
    if (came < PACE_WINDOW_MS / 10) return { speed: undefined, isTooSlow: false };
    const speed = (sample.outTimeMs - first.outTimeMs) / came;
    return { speed, isTooSlow: speed < LEAST_SPEED };
  }
}
