/** How well a worker suits a rendition. */
import type { RenditionDemand } from './pool.ts';
import { rankPair } from './rendezvous.ts';
import type { Seat } from './worker-book.ts';

const WEIGHTS = { cpu: 0.3, network: 0.3, proximity: 0.2, balance: 0.2 } as const;

/** Of a worker's node; several workers share it, and so rarely have less each. */
const WORKER_NETWORK_BPS = 1_000_000_000;

/** Workers whose scores differ by less are equally good, and the rendition's own order of them decides. */
const STEP = 0.02;

/** From 0 to 1, in steps. `load`: what the worker has, with what it is kept for. */
export function scoreSeat(
  seat: Seat,
  rendition: RenditionDemand,
  load: { slots: number; cores: number },
): number {
  const { worker } = seat;
  const cpu = 1 - (load.cores + rendition.cores) / worker.cores;
  const network = 1 - (seat.networkBps + rendition.networkBps) / WORKER_NETWORK_BPS;
  const balance = 1 - (load.slots + 1) / worker.slots;
  const score =
    WEIGHTS.cpu * Math.max(cpu, 0) +
    WEIGHTS.network * Math.max(network, 0) +
    WEIGHTS.proximity * rateProximity(worker.zone, rendition.zone) +
    WEIGHTS.balance * Math.max(balance, 0);
  return Math.round(score / STEP);
}

/** A zone that is not known is neither near nor far. */
function rateProximity(worker: string | undefined, source: string | undefined): number {
  if (worker === undefined || source === undefined) return 0.5;
  return worker === source ? 1 : 0;
}

/** One of the workers among which one is to be chosen. */
interface Candidate {
  seat: Seat;
  /** Whether its node has no copy of the rendition yet: that counts before every score. */
  isApart: boolean;
  score: number;
}

/** Keeps the best of the candidates that it is shown, without keeping them all. */
export class BestSeat {
  readonly #renditionHash: number;
  #best: (Candidate & { rank: number }) | undefined;

  constructor(renditionHash: number) {
    this.#renditionHash = renditionHash;
  }

  get seat(): Seat | undefined {
    return this.#best?.seat;
  }

  get isApart(): boolean {
    return this.#best?.isApart === true;
  }

  offer(seat: Seat, isApart: boolean, score: number): void {
    const best = this.#best;
    if (best !== undefined) {
      if (best.isApart && !isApart) return;
      if (best.isApart === isApart && score < best.score) return;
    }
    const rank = rankPair(this.#renditionHash, seat.hash);
    const isEqual = best !== undefined && best.isApart === isApart && best.score === score;
    if (isEqual && !isBefore(rank, seat, best)) return;
    this.#best = { seat, isApart, score, rank };
  }
}

function isBefore(rank: number, seat: Seat, best: { rank: number; seat: Seat }): boolean {
  return rank === best.rank ? seat.worker.name < best.seat.worker.name : rank > best.rank;
}
