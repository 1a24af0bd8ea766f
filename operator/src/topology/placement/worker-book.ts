/** Who has how much room, while a plan is being made. */
import type { PoolUse, PoolWorker, RenditionDemand } from './pool.ts';
import { hashName } from './rendezvous.ts';

/** What renditions take together. */
export interface Amount {
  slots: number;
  cores: number;
}

const NOTHING: Readonly<Amount> = { slots: 0, cores: 0 };

/** Which of a worker's room may be used: what nobody has a claim to, or what is reserved for the loss of a worker too. */
export type Room = 'Free' | 'Reserved';

/** A worker with what it has to do. */
export interface Seat extends Amount {
  readonly worker: PoolWorker;
  readonly hash: number;
  networkBps: number;
  /** What it would have to take over, by the domain whose loss would bring it. */
  readonly standby: Map<string, Amount>;
  /** The most of them: one domain is lost at a time. */
  reserved: Readonly<Amount>;
}

/**
 * A standby that was chosen while it had room stays as long as it would have no more than this to do. What encoders use
 * goes up and down all the time, and standbys are not to go from worker to worker with it.
 */
export const STANDBY_OVERLOAD = 1.25;

/**
 * So much of the cores that are kept free is enough to say that they are. New renditions come up to all of them: a pool
 * that is used as far as it may be would say one thing and the other as what encoders use goes up and down.
 */
const LEFT_OF_STANDBY = 0.75;

/** Cores are sums of fractions. */
export const ROUNDING = 1e-9;

export class WorkerBook {
  readonly seats: readonly Seat[];
  readonly #byName: ReadonlyMap<string, Seat>;
  readonly #standbyShare: number;

  constructor(workers: readonly PoolWorker[], standbyShare: number) {
    // One order, whatever order they are listed in: the same input gives the same plan.
    const sorted = workers.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    this.seats = sorted.map((worker) => ({
      worker,
      hash: hashName(worker.name),
      slots: 0,
      cores: 0,
      networkBps: 0,
      standby: new Map(),
      reserved: NOTHING,
    }));
    this.#byName = new Map(this.seats.map((seat) => [seat.worker.name, seat]));
    this.#standbyShare = standbyShare;
  }

  find(name: string): Seat | undefined {
    return this.#byName.get(name);
  }

  /** Workers that stay, and could encode it some time. */
  countStaying({ hardware }: RenditionDemand): number {
    let count = 0;
    for (const { worker } of this.seats) {
      if (!worker.isLeaving && (hardware === undefined || worker.hardware === hardware)) count++;
    }
    return count;
  }

  take(seat: Seat, rendition: RenditionDemand): void {
    seat.slots += 1;
    seat.cores += this.coresOn(seat, rendition);
    seat.networkBps += rendition.networkBps;
  }

  release(seat: Seat, rendition: RenditionDemand): void {
    seat.slots -= 1;
    seat.cores -= this.coresOn(seat, rendition);
    seat.networkBps -= rendition.networkBps;
  }

  /** `from`: who encodes it meanwhile. */
  reserve(seat: Seat, rendition: RenditionDemand, from: Seat): void {
    const domain = domainOf(from);
    const amount = seat.standby.get(domain) ?? { slots: 0, cores: 0 };
    amount.slots += 1;
    amount.cores += this.coresOn(seat, rendition);
    seat.standby.set(domain, amount);
    seat.reserved = greatest(seat.standby);
  }

  unreserve(seat: Seat, rendition: RenditionDemand, from: Seat): void {
    const amount = seat.standby.get(domainOf(from));
    if (amount === undefined) return;
    amount.slots -= 1;
    amount.cores -= this.coresOn(seat, rendition);
    seat.reserved = greatest(seat.standby);
  }

  /** `room`: whether what is reserved for those that others encode is left to them. */
  hasRoom(seat: Seat, rendition: RenditionDemand, room: Room): boolean {
    const reserved = room === 'Free' ? seat.reserved : NOTHING;
    return fits(seat, {
      slots: seat.slots + reserved.slots + 1,
      cores: seat.cores + reserved.cores + this.coresOn(seat, rendition),
    });
  }

  hasRoomToStandBy(seat: Seat, rendition: RenditionDemand, from: Seat): boolean {
    const amount = seat.standby.get(domainOf(from)) ?? NOTHING;
    return fits(seat, {
      slots: seat.slots + Math.max(seat.reserved.slots, amount.slots + 1),
      cores: seat.cores + Math.max(seat.reserved.cores, amount.cores + this.coresOn(seat, rendition)),
    });
  }

  /** Whether it could clearly not do what it is to do after the loss of some node. */
  isOver({ worker, slots, cores, reserved }: Seat): boolean {
    return slots + reserved.slots > worker.slots || cores + reserved.cores > worker.cores * STANDBY_OVERLOAD;
  }

  /** What the seat would have to do if `from` were lost now. */
  loadAfterLossOf(from: Seat, seat: Seat): Amount {
    const { slots, cores } = seat.standby.get(domainOf(from)) ?? NOTHING;
    return { slots: seat.slots + slots, cores: seat.cores + cores };
  }

  /** Whether what the pool keeps free stays free with one more copy of it. */
  leavesStandby(rendition: RenditionDemand): boolean {
    const { slots, usedSlots, cores, usedCores } = this.use();
    return (
      usedSlots + 1 <= countUsableSlots(slots, this.#standbyShare) &&
      usedCores + Math.min(rendition.cores, this.#wholeWorker()) <=
        cores * (1 - this.#standbyShare) + ROUNDING
    );
  }

  /** Of workers that stay: room on one that leaves is no room. */
  use(): PoolUse {
    const use = { slots: 0, usedSlots: 0, cores: 0, usedCores: 0 };
    for (const seat of this.seats) {
      if (seat.worker.isLeaving) continue;
      use.slots += seat.worker.slots;
      use.cores += seat.worker.cores;
      use.usedSlots += seat.slots;
      use.usedCores += seat.cores;
    }
    const hasStandby =
      use.usedSlots <= countUsableSlots(use.slots, this.#standbyShare) &&
      use.usedCores <= use.cores * (1 - this.#standbyShare * LEFT_OF_STANDBY) + ROUNDING;
    return { ...use, hasStandby };
  }

  /** What asks for more than a whole worker has one for itself, and shows by its speed that this is too little. */
  coresOn(seat: Seat, rendition: RenditionDemand): number {
    return Math.min(rendition.cores, seat.worker.cores * (1 - this.#standbyShare));
  }

  #wholeWorker(): number {
    const most = this.seats.reduce(
      (cores, { worker }) => Math.max(cores, worker.isLeaving ? 0 : worker.cores),
      0,
    );
    return most * (1 - this.#standbyShare);
  }
}

/** Those that new renditions may use; rounded in their favour: a pool of four slots keeps none free. */
export function countUsableSlots(slots: number, standbyShare: number): number {
  return slots - Math.floor(slots * standbyShare + ROUNDING);
}

/** What is lost together: a node. A worker whose node is not known is lost alone. */
export function domainOf({ worker }: Seat): string {
  return worker.node === undefined ? `worker/${worker.name}` : `node/${worker.node}`;
}

function fits({ worker }: Seat, { slots, cores }: Amount): boolean {
  return slots <= worker.slots && cores <= worker.cores + ROUNDING;
}

function greatest(amounts: ReadonlyMap<string, Amount>): Amount {
  const most = { slots: 0, cores: 0 };
  for (const { slots, cores } of amounts.values()) {
    most.slots = Math.max(most.slots, slots);
    most.cores = Math.max(most.cores, cores);
  }
  return most;
}
