import type { RENDITION_STATES } from '../api/site.ts';
import type { WaitingReason } from '../topology/placement/pool.ts';

export type RenditionState = (typeof RENDITION_STATES)[number];

/** What is known of a rendition; of what the agents would say, undefined where none of them can be heard. */
export interface RenditionEvidence {
  /** Whether the camera sends what it is made of. */
  isSourceOnline: boolean | undefined;
  /** Whether viewers are served, where viewers are sent to. */
  isServed: boolean | undefined;
  /** Whether some pod is to make it; true of a stream of the camera's own. */
  isPlaced: boolean;
  /** Why no worker has taken it; undefined while no pool has looked at it. */
  waiting?: WaitingReason;
  /** Whether one of its encoders cannot keep up. */
  isTooSlow?: boolean;
  /** Why it cannot be made at all, or its encoders fail again and again. */
  failure?: string;
}

export interface RenditionVerdict {
  state: RenditionState;
  message?: string;
}

const TOO_SLOW =
  'Its encoder cannot keep up and leaves pictures out; give the workers more CPU, or ask for less';

const NOT_TAKEN = 'No pool has taken it; if this lasts, see the condition Stalled';

const WAITING: Readonly<Record<WaitingReason, string>> = {
  NoWorker: 'No worker of its pool is ready',
  NoRoom: 'No worker of its pool has room',
  NoHardware: 'No worker of its pool has the hardware',
};

/** What of the evidence cannot be had keeps the rendition's state, as with cameras. */
export function judgeRendition(
  { isSourceOnline, isServed, isPlaced, waiting, failure, isTooSlow }: RenditionEvidence,
  previous: RenditionState | undefined,
): RenditionVerdict {
  // In its place the original may be served.
  if (!isPlaced) {
    if (failure !== undefined) return { state: 'Stalled', message: failure };
    return { state: 'Waiting', message: waiting === undefined ? NOT_TAKEN : WAITING[waiting] };
  }
  if (isServed === true) return { state: 'Encoding', ...(isTooSlow && { message: TOO_SLOW }) };
  if (isServed === undefined) return { state: previous ?? 'Starting' };
  if (isSourceOnline === false) return { state: 'Offline' };
  if (failure !== undefined) return { state: 'Stalled', message: failure };
  return { state: 'Starting' };
}
