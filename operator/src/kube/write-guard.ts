import { LeaseLostError } from './api-error.ts';

/** Says whether this replica may write, at the moment of asking. */
export interface WriteGuard {
  /**
   * The signal that aborts when this replica may no longer write; to be given to the write's request.
   * Throws LeaseLostError where it may not write now.
   */
  enter(): AbortSignal;
}

/** For programs of one replica and for tests. */
export const openGuard: WriteGuard = { enter: () => NEVER.signal };
const NEVER = new AbortController();

/** For a time when nobody may write. */
export const closedGuard: WriteGuard = {
  enter() {
    throw new LeaseLostError();
  },
};
