/**
 * A change of encoder that was asked for, while neither is late. Encoders of one source begin with a key frame at the
 * same of its pictures, so that key frames of both that come at about the same time are the same picture: what those
 * that carry brought before theirs goes out, then what the next leg has from its own on. No picture is missed or repeated.
 *
 *     asked for --(key frame of one)--> waits for that of the other --(it comes)--> the next leg takes over
 *                                                  +--(in vain)---> it takes over all the same, or at its next key frame
 */
import type { KeptUnit } from './leg-track.ts';
import type { StreamLeg } from './stream-leg.ts';

/** The most by which two encoders of one source are apart, with the way here. */
const PAIR_MS = 200;
/** Of `PAIR_MS` at more than 300 frames a second: no camera brings more. */
const MAX_HELD = 64;

export interface HeldUnit {
  readonly leg: StreamLeg;
  readonly arrival: KeptUnit;
}

export class HandOver {
  /** The leg that is to carry, by number. */
  readonly next: number;
  /** Whose key frame came first, and when. */
  #begun: { readonly by: 'carrier' | 'next'; readonly atMs: number } | undefined;
  /** Units of those that carry, from their key frames on. */
  #held: HeldUnit[] = [];

  constructor(next: number) {
    this.next = next;
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
    // A copy that is slower may still bring what comes before.
    if (!key && !this.#held.some((held) => held.leg === leg)) return 'goes-out';
    this.#begun ??= { by: 'carrier', atMs: nowMs };
    packets.hold();
    this.#held.push(unit);
    return 'held';
  }

  /** The next leg brought a key frame: whether it takes over now. */
  takeKeyOfNext(nowMs: number): boolean {
    if (this.#begun?.by === 'carrier') return true;
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
