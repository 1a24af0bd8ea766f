/**
 * Which worker encodes which rendition. A plan is made from the one in force: what has a place keeps it; what lost its
 * place, and then what is new, gets one; what must move is encoded in both places until the new one is there.
 *
 *     what                                              out of what is kept free?
 *     1  renditions that nobody encodes                 only those that were encoded before
 *     2  those whose worker leaves                      yes
 *     3  second copies (Hot), standbys (Warm)           only copies that were there before
 *     4  second copies that could be on another node    yes; few at once
 *     5  one of each worker above its target            yes; few at once
 *
 * Within 1 to 3: by priority, then by age. What fits nowhere waits, and holds up nobody behind it that fits.
 */
import { chooseRefuge, chooseSeat, giveStandby } from './choose-seat.ts';
import type { Draft } from './draft.ts';
import { relieveHotWorkers, spreadCopies } from './improve.ts';
import type { PlacementInput, PlacementPlan, RenditionDemand, WaitingReason } from './pool.ts';
import { recallPlacement } from './recall.ts';
import { domainOf, type Seat, WorkerBook } from './worker-book.ts';

export function placeRenditions(input: PlacementInput): PlacementPlan {
  const book = new WorkerBook(input.workers, input.standbyShare);
  const drafts = input.renditions
    .toSorted(compareUrgency)
    .map((rendition) => recallPlacement(rendition, input, book));
  shedExcess(drafts, book);
  for (const draft of drafts) if (!draft.isPlaced) placeFirst(draft, book);
  for (const draft of drafts) if (draft.leaving.length > 0) replaceLeaving(draft, book);
  for (const draft of drafts) if (draft.isPlaced) secure(draft, book);
  spreadCopies(drafts, book);
  if (input.areCostsKnown) {
    relieveHotWorkers(drafts, book, input.targetUse);
    for (const draft of drafts.toReversed()) keepPromise(draft, book);
  }
  const placed = drafts.filter((draft) => draft.isPlaced);
  const waiting = drafts.filter((draft) => !draft.isPlaced).map(({ rendition }) => rendition);
  return {
    placements: new Map(placed.map((draft) => [draft.rendition.key, draft.toPlacement()])),
    waiting: waiting.map((rendition) => ({ key: rendition.key, reason: explainWaiting(rendition, book) })),
    stranded: placed.filter(isStranded).map(({ rendition }) => rendition.key),
    exposed: placed.filter(isExposed).map(({ rendition }) => rendition.key),
    use: book.use(),
  };
}

function compareUrgency(a: RenditionDemand, b: RenditionDemand): number {
  if (a.priority !== b.priority) return b.priority - a.priority;
  if (a.sinceMs !== b.sinceMs) return a.sinceMs - b.sinceMs;
  return a.key < b.key ? -1 : 1;
}

/** Where workers take fewer than they did, the least urgent move. */
function shedExcess(drafts: readonly Draft[], book: WorkerBook): void {
  for (const seat of book.seats) {
    if (seat.slots <= seat.worker.slots || seat.worker.isLeaving) continue;
    const own = drafts.filter((draft) => draft.active.includes(seat));
    for (const draft of own.slice(seat.worker.slots)) draft.retire(seat);
  }
}

/** Its standby has begun to encode it, where it had one: there is no better place. */
function placeFirst(draft: Draft, book: WorkerBook): void {
  const seat = draft.had > 0 ? chooseRefuge(draft, book) : chooseNew(draft, book);
  draft.setStandby(undefined);
  if (seat !== undefined) draft.activate(seat);
}

function chooseNew(draft: Draft, book: WorkerBook): Seat | undefined {
  return book.leavesStandby(draft.rendition) ? chooseSeat(draft, book, { room: 'Free' }) : undefined;
}

function replaceLeaving(draft: Draft, book: WorkerBook): void {
  while (draft.active.length < draft.wanted) {
    const seat = chooseRefuge(draft, book);
    if (seat === undefined) return;
    draft.activate(seat);
  }
}

function secure(draft: Draft, book: WorkerBook): void {
  if (draft.wanted === 1) secureWarm(draft, book);
  else secureHot(draft, book);
}

/** A standby moves for nothing: where one is to be had on another node, that is it at once. */
function secureWarm(draft: Draft, book: WorkerBook): void {
  const { standby, main } = draft;
  if (main === undefined) return;
  if (standby !== undefined && domainOf(standby) !== domainOf(main)) return;
  giveStandby(draft, book);
  if (standby === undefined) return;
  const isBetter = draft.standby !== undefined && domainOf(draft.standby) !== domainOf(main);
  if (!isBetter) draft.setStandby(standby);
}

/** A standby whose room was needed for others is none: another one is, or nobody before somebody who cannot. */
function keepPromise(draft: Draft, book: WorkerBook): void {
  if (draft.standby !== undefined && book.isOver(draft.standby)) giveStandby(draft, book);
}

function secureHot(draft: Draft, book: WorkerBook): void {
  if (draft.active.length + draft.leaving.length < draft.wanted) {
    // A standby of the time when it was Warm is the second copy.
    const hadBoth = draft.had >= draft.wanted || draft.standby !== undefined;
    const seat = hadBoth ? chooseRefuge(draft, book) : chooseNew(draft, book);
    if (seat !== undefined) draft.activate(seat);
  }
  draft.setStandby(undefined);
}

function isStranded({ active, leaving, wanted }: Draft): boolean {
  return leaving.length > 0 && active.length < wanted;
}

function isExposed(draft: Draft): boolean {
  const copies = [...draft.active, ...draft.leaving];
  const [first, second] = draft.wanted === 1 ? [draft.main, draft.standby] : copies;
  return first === undefined || second === undefined || domainOf(first) === domainOf(second);
}

function explainWaiting({ hardware }: RenditionDemand, book: WorkerBook): WaitingReason {
  const takers = book.seats.filter(({ worker }) => worker.isReady && !worker.isLeaving);
  if (takers.length === 0) return 'NoWorker';
  const suits = hardware === undefined || takers.some(({ worker }) => worker.hardware === hardware);
  return suits ? 'NoRoom' : 'NoHardware';
}
