/**
 * A change of encoder that was asked for, while neither is late. Encoders of one source begin with a key frame at the
 * same of its pictures: where the last key frames of both came at about the same time, those that come next are the same
 * picture too. What the legs that carry brought before theirs goes out, then what the next leg has from its own on: no
 * picture is missed or shown twice. One that cuts elsewhere, or has cut once only, simply takes over.
 *
 *     asked for --(key frame of one)--> waits for the other's --(it comes)--> the next leg takes over
 *                                                  +--(in vain)---> the next leg takes over, where it stands ready
 */
import type { KeptUnit, LegTrack } from './leg-track.ts';
import type { StreamLeg } from './stream-leg.ts';

/** The most by which two encoders of one source are apart, with the way here. */
export const PAIR_MS = 200;
/** Of `PAIR_MS` at more than 300 frames a second: no camera brings more. */
const MAX_HELD = 64;

export interface HeldUnit {
  readonly leg: StreamLeg;
  readonly arrival: KeptUnit;
}

export class HandOver {
  /** The leg that is to carry, by number. */
  readonly next: number;
  readonly #next: LegTrack;
  /** Whose key frame came first, and when. */
  #begun: { readonly by: 'carrier' | 'next'; readonly atMs: number } | undefined;
  /** Units of those that carry, from their key frames on. */
  #held: HeldUnit[] = [];

  constructor(next: number, { lead }: StreamLeg) {
    this.next = next;
    this.#next = lead;
  }

  /** When it has waited in vain, ms. */
  get dueMs(): number {
    if (this.#begun === undefined) return Number.POSITIVE_INFINITY;
    return this.#held.length < MAX_HELD ? this.#begun.atMs + PAIR_MS : this.#begun.atMs;
  }

  /** Whether the next leg stands ready with its key frame. */
  get isNextReady(): boolean {
    return this.#begun?.by === 'next';
  }

  /** A unit of the lead track of a leg that carries: whether it goes out, is held here, or gives way to the next leg. */
  takeCarried(unit: HeldUnit, nowMs: number): 'goes-out' | 'held' | 'gives-way' {
    const { leg, arrival } = unit;
    const { key, packets } = arrival.unit;
    if (this.isNextReady) return key ? 'gives-way' : 'goes-out';
    const begins = key && arePaired(leg.lead.keyBeforeAtMs, this.#next.keyAtMs);
    // A copy that is slower may still bring what comes before.
    if (!begins && !this.#held.some((held) => held.leg === leg)) return 'goes-out';
    this.#begun ??= { by: 'carrier', atMs: nowMs };
    packets.hold();
    this.#held.push(unit);
    return 'held';
  }

  /** The next leg brought a key frame: whether it takes over now. */
  takeKeyOfNext(carriers: readonly StreamLeg[], nowMs: number): boolean {
    if (this.#begun?.by === 'carrier') return true;
    if (!carriers.some(({ lead }) => arePaired(lead.keyAtMs, this.#next.keyBeforeAtMs))) return true;
    this.#begun ??= { by: 'next', atMs: nowMs };
    return false;
  }

  /** Waits for other key frames; gives what it held, in order. */
  beginAnew(): HeldUnit[] {
    const held = this.#held;
    this.#held = [];
    this.#begun = undefined;
    return held;
  }
}

function arePaired(oneAtMs: number | undefined, otherAtMs: number | undefined): boolean {
  return oneAtMs !== undefined && otherAtMs !== undefined && Math.abs(oneAtMs - otherAtMs) < PAIR_MS;
}
