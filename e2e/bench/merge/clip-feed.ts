import { Clip } from './clip.ts';
import { frameIntervalMs, type Load } from './load.ts';

/**
 * Makes so many clips, and gives the pictures of each in real time. They are spread over the frame interval, so that they
 * do not all come at once.
 */
export function feedClips(load: Load, count: number, write: (clip: number, picture: Buffer) => void): void {
  const intervalMs = frameIntervalMs(load);
  for (let index = 0; index < count; index++) {
    const clip = new Clip(load, makeRandom(index + 1));
    let dueMs = Math.ceil(performance.now() / intervalMs) * intervalMs + (index / count) * intervalMs;
    const feed = () => {
      write(index, clip.next());
      dueMs += intervalMs;
      setTimeout(feed, Math.max(0, dueMs - performance.now()));
    };
    setTimeout(feed, Math.max(0, dueMs - performance.now()));
  }
}

/** Park and Miller's generator: the same bytes in every run. */
function makeRandom(seed: number): (bytes: Buffer) => void {
  let state = seed;
  return (bytes) => {
    for (let at = 0; at < bytes.length; at++) {
      state = (state * 48_271) % 0x7fff_ffff;
      bytes[at] = state;
    }
  };
}
