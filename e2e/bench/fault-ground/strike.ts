import { setTimeout as delay } from 'node:timers/promises';
import { StillAwayError, type Viewers } from './viewers.ts';

/** A viewer that is away for longer counts as away until things are mended. */
export const AWAY_BUDGET_MS = 60_000;

/** One fault, ready to strike. */
export interface Strike {
  /** Done last before the fault; does not count. */
  readonly before?: () => Promise<void>;
  readonly act: () => Promise<void>;
  /** The least time between the fault and its end. */
  readonly holdMs: number;
  /** Whether it lasts until all viewers play again, so long as they do within a budget. */
  readonly waitsForViewers: boolean;
  /** Ends it. */
  readonly mend?: () => Promise<void>;
}

/** Strikes, holds and mends; gives the moment of the fault. */
export async function keepFault(viewers: Viewers, strike: Strike, afterPictures: number): Promise<number> {
  await strike.before?.();
  const faultMs = performance.timeOrigin + performance.now();
  try {
    await Promise.all([strike.act(), delay(strike.holdMs)]);
    if (strike.waitsForViewers) await ignoreAway(viewers.allPlay(afterPictures, AWAY_BUDGET_MS));
  } finally {
    await strike.mend?.();
  }
  return faultMs;
}

/** Who stays away has figures that say so. */
export async function ignoreAway(playing: Promise<void>): Promise<void> {
  await playing.catch((error) => {
    if (!(error instanceof StillAwayError)) throw error;
  });
}
