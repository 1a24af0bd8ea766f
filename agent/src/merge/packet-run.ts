import { endOfFrame, FRAME_HEADER_BYTES } from '../rtp/frame-row.ts';
import type { MemoryPool, Piece } from './memory-pool.ts';

/**
 * The packets of one access unit, each in its interleaved frame, one after the other in one piece of memory: so they go
 * out in one write. The memory is lent: whoever keeps the run past the call in which it came says `hold`, and may say
 * `recycle` when it is the last to know it; a run that is held and never recycled is left to the collector.
 */
export class PacketRun {
  readonly #pool: MemoryPool;
  #memory: Piece | undefined;
  /** Where each packet ends. */
  readonly #ends: number[] = [];
  #isHeld = false;

  constructor(pool: MemoryPool) {
    this.#pool = pool;
  }

  get count(): number {
    return this.#ends.length;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Copies the whole frames between `from` and `to` to the end of the run. */
  add(frames: Buffer, from: number, to: number): void {
    const before = this.bytes;
    const memory = this.#grow(before, before + to - from);
    frames.copy(memory, before, from, to);
    for (let at = from; at < to; ) {
      at = endOfFrame(frames, at);
      this.#ends.push(before + at - from);
    }
  }

  /** All packets, each in its frame; valid until the next `add` or `recycle`, and may be changed in place. */
  get memory(): Buffer {
    return this.#memory ?? NOTHING;
  }

  /** Bytes of `memory` that the frames take. */
  get bytes(): number {
    return this.#ends.at(-1) ?? 0;
  }

  /** Where a packet starts in `memory`. */
  startOf(index: number): number {
    return FRAME_HEADER_BYTES + (index === 0 ? 0 : (this.#ends[index - 1] ?? 0));
  }

  hold(): void {
    this.#isHeld = true;
  }

  /** Empties the run, and gives its memory back. */
  recycle(): void {
    if (this.#memory !== undefined) this.#pool.give(this.#memory);
    this.#memory = undefined;
    this.#ends.length = 0;
  }

  /** Empties the run; its memory is somebody else's, who goes on using it. */
  leave(): void {
    this.#memory = undefined;
    this.#ends.length = 0;
  }

  #grow(start: number, end: number): Piece {
    const before = this.#memory;
    if (before !== undefined && end <= before.length) return before;
    const memory = this.#pool.take(end);
    if (before !== undefined) {
      before.copy(memory, 0, 0, start);
      this.#pool.give(before);
    }
    this.#memory = memory;
    return memory;
  }
}

const NOTHING = Buffer.alloc(0);
