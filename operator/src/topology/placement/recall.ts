/** What of the plan in force still holds. */
import { Draft } from './draft.ts';
import type { Placement, PlacementInput, RenditionDemand } from './pool.ts';
import type { Seat, WorkerBook } from './worker-book.ts';

/**
 * Copies on workers that are gone are gone; those on workers that leave are to be replaced, and end when what replaces
 * them is there. All others stay, whatever better place there may be. What lingers takes its room.
 */
export function recallPlacement(rendition: RenditionDemand, input: PlacementInput, book: WorkerBook): Draft {
  const previous = input.previous.get(rendition.key);
  const draft = new Draft(rendition, previous, book);
  if (previous !== undefined) recallCopies(draft, previous, input, book);
  for (const name of input.lingering.get(rendition.key) ?? []) {
    const seat = book.find(name);
    if (seat !== undefined && !draft.has(seat) && draft.standby !== seat) book.take(seat, rendition);
  }
  return draft;
}

function recallCopies(draft: Draft, previous: Placement, input: PlacementInput, book: WorkerBook): void {
  const { rendition } = draft;
  for (const seat of find(previous.active)) draft.activate(seat);
  for (const seat of find(previous.leaving)) {
    if (draft.has(seat)) continue;
    draft.activate(seat);
    draft.retire(seat);
  }
  for (const seat of [...draft.active]) if (seat.worker.isLeaving) draft.retire(seat);
  // What was to take over is gone before it did: nothing is to be moved any more.
  for (const seat of [...draft.leaving]) {
    if (draft.active.length < draft.wanted && !seat.worker.isLeaving) draft.activate(seat);
  }
  recallStandby(draft, previous, find);
  // Changed from Hot to Warm: who can be seen encodes on, the other stands by.
  while (draft.active.length > draft.wanted) {
    const surplus = draft.active.find((seat) => !isLive(seat)) ?? draft.active.at(-1);
    if (surplus === undefined) break;
    draft.drop(surplus);
    if (draft.standby === undefined && draft.active.length === 1) draft.setStandby(surplus);
  }
  if (draft.active.length === draft.wanted && draft.active.every(isLive)) {
    for (const seat of [...draft.leaving]) draft.drop(seat);
  }

  function find(names: readonly string[]): Seat[] {
    return names
      .map((name) => book.find(name))
      .filter((seat) => seat !== undefined)
      .filter(({ worker }) => rendition.hardware === undefined || worker.hardware === rendition.hardware);
  }

  function isLive({ worker }: Seat): boolean {
    return input.isLive(rendition.key, worker.name);
  }
}

function recallStandby(draft: Draft, previous: Placement, find: (names: readonly string[]) => Seat[]): void {
  const [seat] = previous.standby === undefined ? [] : find([previous.standby]);
  if (seat === undefined || seat.worker.isLeaving || draft.has(seat)) return;
  // Kept though nobody encodes any more: it is the one that has begun to.
  draft.setStandby(seat);
}
