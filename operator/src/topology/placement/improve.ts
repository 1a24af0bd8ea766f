/** Moves of what has a place, to a better one. Each is encoded in both places until the new one is there. */
import { chooseSeat, giveStandby } from './choose-seat.ts';
import type { Draft } from './draft.ts';
import type { Seat, WorkerBook } from './worker-book.ts';

/** Of the workers, so many may hand on a rendition at the same time: encoding twice takes room. */
const MOVING_SHARE = 0.25;

/** A worker that takes one over from one above its target stays this far below it, or the two would swap for ever. */
const MARGIN = 0.9;

/**
 * Hot copies on one node that could be on two, since a node has come or has room again. Room that is only reserved will
 * do: a standby finds another place, or is missed less than a second copy.
 */
export function spreadCopies(drafts: readonly Draft[], book: WorkerBook): void {
  let left = countMovesLeft(drafts, book);
  for (const draft of drafts) {
    const second = draft.active[1];
    if (left <= 0) return;
    if (second === undefined || draft.leaving.length > 0 || !draft.sharesDomain(second)) continue;
    const seat = chooseSeat(draft, book, { room: 'Reserved', instead: second });
    if (seat === undefined || draft.sharesDomain(seat, second)) continue;
    draft.activate(seat);
    draft.retire(second);
    left--;
  }
}

/** One rendition of each worker above its target, to one that stays below it. */
export function relieveHotWorkers(drafts: readonly Draft[], book: WorkerBook, targetUse: number): void {
  const hasTaker = book.seats.some((seat) => !seat.worker.isLeaving && useOf(seat) < targetUse * MARGIN);
  if (!hasTaker) return;
  let left = countMovesLeft(drafts, book);
  const hot = book.seats
    .filter((seat) => !seat.worker.isLeaving && useOf(seat) > targetUse)
    .sort((a, b) => useOf(b) - useOf(a));
  for (const source of hot) {
    if (left <= 0) return;
    const own = drafts.filter((draft) => draft.has(source));
    // One at a time, and the next when this one has made a difference.
    if (own.some((draft) => draft.leaving.length > 0)) continue;
    if (own.some((draft) => handOn(draft, source, book, targetUse))) left--;
  }
}

function handOn(draft: Draft, source: Seat, book: WorkerBook, targetUse: number): boolean {
  const seat = chooseSeat(draft, book, { room: 'Free', instead: source });
  if (seat === undefined) return false;
  // Apart before, and not after: no relief is worth that.
  if (draft.sharesDomain(seat, source) && !draft.sharesDomain(source)) return false;
  const after = (seat.cores + book.coresOn(seat, draft.rendition)) / seat.worker.cores;
  if (after > targetUse * MARGIN || after >= useOf(source)) return false;
  draft.activate(seat);
  draft.retire(source);
  if (draft.wanted === 1) giveStandby(draft, book);
  return true;
}

function useOf({ cores, worker }: Seat): number {
  return cores / worker.cores;
}

/** Moves under way count; those from workers that leave do not, since they cannot wait. */
function countMovesLeft(drafts: readonly Draft[], book: WorkerBook): number {
  const moving = drafts.filter(({ leaving }) => leaving.some(({ worker }) => !worker.isLeaving)).length;
  return Math.max(Math.ceil(book.seats.length * MOVING_SHARE), 1) - moving;
}
