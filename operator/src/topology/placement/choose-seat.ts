/** Where a rendition is to be encoded, or stood by for. */
import type { Draft } from './draft.ts';
import type { RenditionDemand } from './pool.ts';
import { BestSeat, scoreSeat } from './score.ts';
import { domainOf, type Room, type Seat, type WorkerBook } from './worker-book.ts';

export interface SeatWish {
  room: Room;
  /** A copy that is to go for the new one, which so need not be kept apart from it. */
  instead?: Seat;
}

/** The best place for another copy: on another node than its other ones wherever there is room on one. */
export function chooseSeat(draft: Draft, book: WorkerBook, { room, instead }: SeatWish): Seat | undefined {
  const { rendition } = draft;
  const best = new BestSeat(draft.hash);
  for (const seat of book.seats) {
    if (!takesNew(seat, rendition) || draft.has(seat) || !hasRoom(seat, draft, book, room)) continue;
    const load = { slots: seat.slots + seat.reserved.slots, cores: seat.cores + seat.reserved.cores };
    best.offer(seat, !draft.sharesDomain(seat, instead), scoreSeat(seat, rendition, load));
  }
  return best.seat;
}

/**
 * For a copy that was there and has to be elsewhere: its standby, then what is free, then what is reserved for others,
 * who have not lost their worker.
 */
export function chooseRefuge(draft: Draft, book: WorkerBook): Seat | undefined {
  const { standby } = draft;
  if (standby !== undefined && hasRoom(standby, draft, book, 'Reserved')) return standby;
  return chooseSeat(draft, book, { room: 'Free' }) ?? chooseSeat(draft, book, { room: 'Reserved' });
}

/** Gives it the best standby, on another node where there is room on one. What a worker has to do is spread widely. */
export function giveStandby(draft: Draft, book: WorkerBook): void {
  const { rendition, main } = draft;
  draft.setStandby(undefined);
  if (main === undefined) return;
  const best = new BestSeat(draft.hash);
  for (const seat of book.seats) {
    if (!takesNew(seat, rendition) || draft.has(seat)) continue;
    if (!book.hasRoomToStandBy(seat, rendition, main)) continue;
    const isApart = domainOf(seat) !== domainOf(main);
    best.offer(seat, isApart, scoreSeat(seat, rendition, book.loadAfterLossOf(main, seat)));
  }
  draft.setStandby(best.seat);
}

/** What is reserved there for the draft itself is room for it. */
function hasRoom(seat: Seat, draft: Draft, book: WorkerBook, room: Room): boolean {
  const { standby } = draft;
  if (standby !== seat) return book.hasRoom(seat, draft.rendition, room);
  draft.setStandby(undefined);
  const fits = book.hasRoom(seat, draft.rendition, room);
  draft.setStandby(standby);
  return fits;
}

function takesNew({ worker }: Seat, { hardware }: RenditionDemand): boolean {
  return worker.isReady && !worker.isLeaving && (hardware === undefined || worker.hardware === hardware);
}
