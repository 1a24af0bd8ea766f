/** A rendition's placement while a plan is being made, beginning with what the plan in force has. */
import type { Placement, RenditionDemand } from './pool.ts';
import { hashName } from './rendezvous.ts';
import { domainOf, type Seat, type WorkerBook } from './worker-book.ts';

export class Draft {
  readonly rendition: RenditionDemand;
  readonly hash: number;
  /** How many are to encode it: no more than there are workers that stay. */
  readonly wanted: number;
  /** How many encoded it: it may have so many again out of what is kept free. */
  readonly had: number;
  active: Seat[] = [];
  /** Encode it until all of `active` do. */
  leaving: Seat[] = [];
  standby: Seat | undefined;
  readonly #book: WorkerBook;

  constructor(rendition: RenditionDemand, previous: Placement | undefined, book: WorkerBook) {
    this.rendition = rendition;
    this.hash = hashName(rendition.key);
    const copies = rendition.redundancy === 'Hot' ? 2 : 1;
    this.wanted = Math.max(1, Math.min(copies, book.countStaying(rendition)));
    this.had = previous === undefined ? 0 : previous.active.length + previous.leaving.length;
    this.#book = book;
  }

  /** Encoded somewhere, now or in a moment. */
  get isPlaced(): boolean {
    return this.active.length + this.leaving.length > 0;
  }

  /** Who encodes it, for whom the standby stands by. */
  get main(): Seat | undefined {
    return this.active[0] ?? this.leaving[0];
  }

  has(seat: Seat): boolean {
    return this.active.includes(seat) || this.leaving.includes(seat);
  }

  /** Whether a copy on the seat would be lost together with another that stays, but for `except`. */
  sharesDomain(seat: Seat, except?: Seat): boolean {
    const domain = domainOf(seat);
    return this.active.some((other) => other !== seat && other !== except && domainOf(other) === domain);
  }

  activate(seat: Seat): void {
    const { standby } = this;
    this.setStandby(undefined);
    if (!this.has(seat)) this.#book.take(seat, this.rendition);
    this.leaving = this.leaving.filter((other) => other !== seat);
    this.active.push(seat);
    if (standby !== seat) this.setStandby(standby);
  }

  /** It goes on there until `active` encodes it. */
  retire(seat: Seat): void {
    const { standby } = this;
    this.setStandby(undefined);
    this.active = this.active.filter((other) => other !== seat);
    this.leaving.push(seat);
    this.setStandby(standby);
  }

  /** No longer encoded there. */
  drop(seat: Seat): void {
    const { standby } = this;
    this.setStandby(undefined);
    this.active = this.active.filter((other) => other !== seat);
    this.leaving = this.leaving.filter((other) => other !== seat);
    this.#book.release(seat, this.rendition);
    if (this.main !== undefined) this.setStandby(standby);
  }

  setStandby(seat: Seat | undefined): void {
    const { main } = this;
    if (this.standby !== undefined && main !== undefined)
      this.#book.unreserve(this.standby, this.rendition, main);
    this.standby = seat;
    if (seat !== undefined && main !== undefined) this.#book.reserve(seat, this.rendition, main);
  }

  toPlacement(): Placement {
    const names = (seats: readonly Seat[]) => seats.map(({ worker }) => worker.name);
    const placement = { active: names(this.active), leaving: names(this.leaving) };
    return this.standby === undefined ? placement : { ...placement, standby: this.standby.worker.name };
  }
}
