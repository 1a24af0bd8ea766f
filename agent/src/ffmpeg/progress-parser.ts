/**
 * Reads what `-progress` writes: blocks of `key=value` lines, each ended by `progress=continue` or `progress=end`.
 * https://ffmpeg.org/ffmpeg.html (-progress); fftools/ffmpeg.c, print_report.
 */
export interface Progress {
  /** Pictures encoded since the start. */
  readonly frames: number;
  /** Pictures encoded in a second of wall clock, on average since the start. */
  readonly framesPerSecond: number;
  /** Media time written since the start, by the source's clock. */
  readonly outTimeMs: number;
  readonly droppedFrames: number;
  /** Media time over wall time, on average since the start; undefined until there is one. */
  readonly speed: number | undefined;
}

/** A line is some 30 characters. What is longer is no progress, and is not kept. */
const MAX_LINE_LENGTH = 1_024;

export class ProgressParser {
  #rest = '';
  readonly #values = new Map<string, string>();

  /** The blocks that the text completes; a line may come in pieces. */
  push(text: string): Progress[] {
    const found: Progress[] = [];
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(0, MAX_LINE_LENGTH);
    for (const line of lines) {
      const split = line.indexOf('=');
      const key = line.slice(0, Math.max(split, 0));
      if (key === 'progress') {
        found.push(readBlock(this.#values));
        this.#values.clear();
      } else if (KEYS.has(key)) this.#values.set(key, line.slice(split + 1).trim());
    }
    return found;
  }
}

const KEYS: ReadonlySet<string> = new Set(['frame', 'fps', 'out_time_us', 'drop_frames', 'speed']);

/** Before the first picture several values are `N/A`. */
function readBlock(values: ReadonlyMap<string, string>): Progress {
  const read = (key: string): number => {
    const value = Number.parseFloat(values.get(key) ?? '');
    return Number.isFinite(value) ? value : 0;
  };
  const speed = Number.parseFloat(values.get('speed') ?? '');
  return {
    frames: read('frame'),
    framesPerSecond: read('fps'),
    outTimeMs: Math.max(read('out_time_us') / 1_000, 0),
    droppedFrames: read('drop_frames'),
    speed: Number.isFinite(speed) ? speed : undefined,
  };
}
