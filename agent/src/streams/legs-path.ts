/**
 * A path whose legs the plan lists: each is a session with a server elsewhere, and all are kept open. One that the plan
 * drops goes when another carries, so that what moves to another server is not missed meanwhile.
 */
import type { Leg, PathState } from '@cupola/protocol';
import type { LegSession } from './leg-session.ts';
import { MergedPath, type MergedPathOptions } from './merged-path.ts';
import { diffLegs } from './plan-difference.ts';
import type { SourceTap } from './source-tap.ts';

/** Longer than another leg takes to be opened and to bring a key frame; profiles ask for one every 10 s at the most. */
const HAND_OVER_MS = 12_000;

interface RetiringLeg {
  readonly session: LegSession;
  readonly sinceMs: number;
}

export class LegsPath {
  readonly #options: MergedPathOptions;
  readonly #merged: MergedPath;
  readonly #legs = new Map<string, LegSession>();
  /** Dropped by the plan while they brought something. */
  #retiring: RetiringLeg[] = [];
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
    this.#setOrder();
    for (const leg of this.#plan) this.#openLeg(leg);
  }

  /** Opens and closes what changed; the others, and if possible the readers, notice nothing. */
  alter(legs: readonly Leg[]): void {
    const difference = diffLegs(this.#plan, legs);
    this.#plan = legs;
    for (const id of difference.closed) this.#leave(id);
    for (const leg of difference.opened) this.#openLeg(leg);
    this.#setOrder();
    this.#seekRetirement();
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
    if (this.#retiring.length > 0 && this.#seekRetirement()) this.#merged.legsChanged();
  }

  describe(): PathState {
    const planned = this.#plan.flatMap(({ id }) => this.#legs.get(id) ?? []);
    const legs = [...planned, ...this.#retiring.map(({ session }) => session)];
    return { ...this.#merged.describe(), legs: legs.map((leg) => leg.describe()) };
  }

  close(): Promise<void> {
    return this.#merged.close();
  }

  /** What goes out goes on: those that retire come first. */
  #setOrder(): void {
    const retiring = this.#retiring.map(({ session }) => session.id);
    this.#merged.setOrder([...retiring, ...this.#plan.map(({ id }) => id)]);
  }

  #leave(id: string): void {
    const session = this.#legs.get(id);
    this.#legs.delete(id);
    // Legs are known by id: one that goes on under the same id has no place for two sessions.
    const isReplaced = this.#plan.some((leg) => leg.id === id);
    if (session?.isLive && !isReplaced) {
      this.#retiring.push({ session, sinceMs: this.#options.surroundings.nowMs() });
    } else void this.#merged.drop(id);
  }

  /** Hands over to a leg of the plan; true where those that retire are gone. */
  #seekRetirement(): boolean {
    const nowMs = this.#options.surroundings.nowMs();
    const { carrying } = this.#merged;
    const isCarried = carrying.some((id) => this.#legs.has(id));
    const isNeeded = ({ session, sinceMs }: RetiringLeg) =>
      !isCarried && session.isLive && nowMs - sinceMs < HAND_OVER_MS;
    const gone = this.#retiring.filter((leg) => !isNeeded(leg));
    this.#retiring = this.#retiring.filter(isNeeded);
    for (const { session } of gone) void this.#merged.drop(session.id);
    const next = this.#plan.find(({ id }) => this.#legs.get(id)?.isLive);
    if (this.#retiring.length > 0 && next !== undefined) this.#merged.goOnWith(next.id);
    if (gone.length > 0) this.#setOrder();
    return gone.length > 0;
  }

  #openLeg(leg: Leg): void {
    this.#forgetRetiring(leg.id);
    const session = this.#merged.makeSession(leg);
    this.#legs.set(leg.id, session);
    this.#merged.open(session);
  }

  /** The plan has it again. */
  #forgetRetiring(id: string): void {
    if (!this.#retiring.some(({ session }) => session.id === id)) return;
    this.#retiring = this.#retiring.filter(({ session }) => session.id !== id);
    void this.#merged.drop(id);
  }
}
