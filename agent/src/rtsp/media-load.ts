/** Whether so much media come that gathering them saves more than it costs. Time is an argument. */

const WINDOW_MS = 1_000;
/**
 * Rows of packets a second. Between the two gathering makes no difference; while it is done, a row has more packets and
 * fewer come. A camera of 25 pictures a second, in two legs, brings 50 to 90 rows.
 */
const BUSY_ROWS = 1_000;
const CALM_ROWS = 400;

export class MediaLoad {
  #sinceMs = Number.NEGATIVE_INFINITY;
  #rows = 0;
  #isBusy = false;

  /** As of the last whole second in which media came. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** A row of packets was read. `nowMs`: of a clock that never steps back. */
  noteRow(nowMs: number): void {
    this.#rows += 1;
    const lastedMs = nowMs - this.#sinceMs;
    if (lastedMs < WINDOW_MS) return;
    const rowsPerSecond = (this.#rows * 1_000) / lastedMs;
    this.#isBusy = rowsPerSecond >= (this.#isBusy ? CALM_ROWS : BUSY_ROWS);
    this.#rows = 0;
    this.#sinceMs = nowMs;
  }
}
