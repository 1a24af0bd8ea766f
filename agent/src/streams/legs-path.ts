/** A path whose legs the plan lists: each is a session with a server elsewhere, and all are kept open. */
import type { Leg, PathState } from '@cupola/protocol';
import { LegSession } from './leg-session.ts';
import { MergedPath, type MergedPathOptions } from './merged-path.ts';
import { diffLegs } from './plan-difference.ts';
import type { SourceTap } from './source-tap.ts';

export class LegsPath {
  readonly #options: MergedPathOptions;
  readonly #merged: MergedPath;
  readonly #legs = new Map<string, LegSession>();
  #plan: readonly Leg[];

  constructor(legs: readonly Leg[], options: MergedPathOptions) {
    this.#options = options;
    this.#plan = legs;
    this.#merged = new MergedPath(options);
  }

  get legs(): Iterable<LegSession> {
    return this.#legs.values();
  }

  /** As of MergedPath. */
  get isHolding(): boolean {
    return this.#merged.isHolding;
  }

  start(): void {
    this.#merged.setOrder(this.#plan.map(({ id }) => id));
    for (const leg of this.#plan) this.#openLeg(leg);
  }

  /** Opens and closes what changed; the others, and if possible the readers, notice nothing. */
  alter(legs: readonly Leg[]): void {
    const difference = diffLegs(this.#plan, legs);
    this.#plan = legs;
    this.#merged.setOrder(legs.map(({ id }) => id));
    for (const id of difference.closed) {
      this.#legs.delete(id);
      void this.#merged.drop(id);
    }
    for (const leg of difference.opened) this.#openLeg(leg);
    this.#merged.legsChanged();
  }

  setTap(tap: SourceTap | undefined): void {
    this.#merged.setTap(tap);
  }

  /** The leg's server has the stream now. */
  takeWord(leg: string): void {
    this.#legs.get(leg)?.takeWord();
  }

  tick(nowMs: number): void {
    this.#merged.tick(nowMs);
  }

  describe(): PathState {
    const legs = this.#plan.map(({ id }) => this.#legs.get(id)?.describe());
    return { ...this.#merged.describe(), legs: legs.filter((state) => state !== undefined) };
  }

  close(): Promise<void> {
    return this.#merged.close();
  }

  #openLeg(leg: Leg): void {
    const { addresses, counters, nowMs } = this.#options.surroundings;
    const session = new LegSession({
      leg,
      nowMs,
      counters,
      lookup: addresses.lookup,
      events: {
        onChange: () => this.#merged.legsChanged(),
        onRtp: (track, packets) => this.#merged.input(leg.id, track, packets),
      },
    });
    this.#legs.set(leg.id, session);
    this.#merged.open(session);
  }
}
