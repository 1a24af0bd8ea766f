/**
 * The time by which an encoder is judged: it stands still while its source brings nothing, since FFmpeg then has nothing
 * to report. Pure.
 */
export class EncoderClock {
  #lastMs: number;
  #nowMs = 0;
  #hasPicture = false;

  constructor(nowMs: number) {
    this.#lastMs = nowMs;
  }

  /** Ms, from 0. */
  get nowMs(): number {
    return this.#nowMs;
  }

  notePicture(): void {
    this.#hasPicture = true;
  }

  /** To be called several times a second. `isReading`: whether an encoder waits for the source. */
  tick(nowMs: number, isReading: boolean): void {
    if (!isReading || this.#hasPicture) this.#nowMs += nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    this.#hasPicture = false;
  }
}
