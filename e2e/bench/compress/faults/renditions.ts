import type { Redundancy } from '../../../../operator/src/api/compression.ts';

/** A camera of the bench with its one rendition. */
export interface BenchRendition {
  /** The camera's name too. */
  readonly name: string;
  /** As tables for people have it. */
  readonly title: string;
  readonly redundancy: Redundancy;
  /** Between two key frames of the camera, which sends 25 pictures a second. */
  readonly gop: number;
}

/** All are watched in every fault. */
export const RENDITIONS: readonly BenchRendition[] = [
  { name: 'hot', title: 'Hot', redundancy: 'Hot', gop: 25 },
  { name: 'warm', title: 'Warm', redundancy: 'Warm', gop: 25 },
  { name: 'warm-gop-4s', title: 'Warm, source GOP 4 s', redundancy: 'Warm', gop: 100 },
];
