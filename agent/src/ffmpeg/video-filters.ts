/** FFmpeg filters. A comma within an expression is escaped, since commas part filters. */
import type { VideoEncoding } from '@cupola/protocol';

export interface PictureSize {
  readonly width: string;
  readonly height: string;
}

/** As expressions of a scale filter, on `iw` and `ih` alone: those of GPUs know no others. Even, and never enlarged. */
export function pictureSize({ width, height }: VideoEncoding): PictureSize {
  if (width !== undefined) return { width: String(width), height: String(height) };
  const lines = `min(${height}\\,ih)`;
  return { width: `trunc(${lines}*iw/ih/2)*2`, height: `trunc(${lines}/2)*2` };
}

/**
 * At most so many frames a second: the key frames, and whatever first passes a tick that is counted from the last of
 * them. Neither `-r` nor the filter `fps` will do: they drop key frames of the source where these fall between two
 * ticks of their own, and what they keep depends on when the process started.
 *
 * Half an interval is added, so that a source of the very rate wanted loses nothing to its jitter.
 */
export function chooseFrames(framesPerSecond: number): string {
  const tick = (time: string) => `floor((${time}-ld(0))*${framesPerSecond}+0.5)`;
  return `select=if(key\\,st(0\\,t))\\;key+gt(${tick('t')}\\,${tick('prev_t')})`;
}
