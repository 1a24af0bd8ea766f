/** What is said of a running encoder, coarse and sluggish, so that what says nothing new does not travel. */
import { type Pace, PaceWindow } from './pace.ts';
import type { Progress } from './progress-parser.ts';

export interface EncoderFigures {
  readonly speed: number | undefined;
  readonly tooSlow: boolean;
  readonly framesPerSecond: number | undefined;
  readonly cores: number | undefined;
}

/** Over so long figures are taken. */
export const FIGURES_MS = 10_000;

const SPEED_STEP = 0.05;
const CORES_STEP = 0.1;

export class EncoderGauge {
  #pace = new PaceWindow();
  #figures: EncoderFigures = NOTHING;
  /** Where the interval under way began. */
  #begun: { readonly atMs: number; readonly frames: number; readonly cpuMs: number } | undefined;

  get figures(): EncoderFigures {
    return this.#figures;
  }

  /** The encoder was started anew. */
  reset(): void {
    this.#pace = new PaceWindow();
    this.#begun = undefined;
    this.#figures = { ...this.#figures, speed: undefined, tooSlow: false };
  }

  /** `sourceTimeMs`: as of PaceSample. */
  noteProgress(progress: Progress, sourceTimeMs: number, atMs: number): void {
    const pace = this.#pace.add({ atMs, outTimeMs: progress.outTimeMs, sourceTimeMs });
    this.#figures = { ...this.#figures, ...describePace(pace, this.#figures.speed) };
  }

  /** Of the process, since its start; to be called every `FIGURES_MS`. */
  noteUse(frames: number, cpuMs: number, atMs: number): void {
    const begun = this.#begun;
    this.#begun = { atMs, frames, cpuMs };
    if (begun === undefined || atMs <= begun.atMs) return;
    const elapsedMs = atMs - begun.atMs;
    const { framesPerSecond, cores } = this.#figures;
    this.#figures = {
      ...this.#figures,
      framesPerSecond: settle(framesPerSecond, ((frames - begun.frames) * 1_000) / elapsedMs, 1),
      cores: settle(cores, (cpuMs - begun.cpuMs) / elapsedMs, CORES_STEP),
    };
  }
}

const NOTHING: EncoderFigures = {
  speed: undefined,
  tooSlow: false,
  framesPerSecond: undefined,
  cores: undefined,
};

function describePace({ speed, isTooSlow }: Pace, before: number | undefined): Partial<EncoderFigures> {
  if (speed === undefined) return {};
  // An encoder that catches up is faster than its source for a while; nobody needs to know.
  return { speed: settle(before, Math.min(speed, 1), SPEED_STEP), tooSlow: isTooSlow };
}

/** The value before, unless the new one is a whole step away from it; rounded to half a step. */
function settle(before: number | undefined, value: number, step: number): number {
  if (before !== undefined && Math.abs(value - before) < step) return before;
  return Number((Math.round((2 * value) / step) * (step / 2)).toFixed(3));
}
