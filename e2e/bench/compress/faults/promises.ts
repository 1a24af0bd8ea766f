/** What viewers of renditions are promised under each fault, and which samples did not keep that. */
import { FRAMES_PER_SECOND } from '../../../peers/camera-settings.ts';
import type { Sample } from './sample.ts';
import { nameCase, PLANNED } from './schedule.ts';

/** Of work that is planned. */
const TWO_FRAMES_MS = 2_000 / FRAMES_PER_SECOND;
/** 200 ms until what is shown is late, and 100 ms. */
const HOT_MS = 300;
const WARM_MS = 2_000;

/** A line for each promise that a sample did not keep. What the machine itself stalled is its control reader's gap. */
export function listBroken(samples: readonly Sample[]): string[] {
  return samples.flatMap((sample) => {
    const isPlanned = PLANNED.has(sample.fault);
    const gapMs = isPlanned ? TWO_FRAMES_MS : sample.redundancy === 'Hot' ? HOT_MS : WARM_MS;
    const faults = [
      ...exceeding('frames lost', sample.framesLost, isPlanned ? 0 : Infinity),
      ...exceeding('corrupt pictures', sample.broken, 0),
      ...exceeding('disconnects', sample.disconnects, 0),
      ...exceeding('gap ms', sample.gapMs, gapMs + sample.controlGapMs),
      ...exceeding("frames lost of the original's", sample.controlLost, 0),
    ];
    return faults.map(
      (fault) => `${nameCase(sample)}, ${sample.rendition}, repetition ${sample.repetition}: ${fault}`,
    );
  });
}

function exceeding(what: string, value: number, most: number): string[] {
  return value <= most ? [] : [`${Math.round(value)} ${what}, promised are ${Math.round(most)}`];
}
