/** What every camera of a round sends: H.264 at a constant bit rate, a key frame every two seconds. */
export interface Load {
  readonly name: string;
  readonly bitrateBps: number;
  readonly framesPerSecond: number;
  /** How many cameras a round of the comparison has; the same bytes a second at both loads. */
  readonly cameras: number;
}

export const GOP_SECONDS = 2;

export const LOADS: readonly Load[] = [
  { name: '4 Mbit/s 1080p15', bitrateBps: 4_000_000, framesPerSecond: 15, cameras: 80 },
  { name: '8 Mbit/s 4K30', bitrateBps: 8_000_000, framesPerSecond: 30, cameras: 40 },
];

export function frameIntervalMs(load: Load): number {
  return 1000 / load.framesPerSecond;
}
