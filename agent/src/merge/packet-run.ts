import type { MemoryPool, Piece } from './memory-pool.ts';

/**
 * The packets of one access unit, one after the other in one piece of memory. The memory is lent: whoever keeps the run
 * past the call in which it came says `hold`, and may say `recycle` when it is the last to know it; a run that is held
 * and never recycled is left to the collector.
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

  /** Copies the packet to the end of the run. */
  add(packet: Buffer): void {
    const start = this.#ends.at(-1) ?? 0;
    const end = start + packet.length;
    const memory = this.#grow(start, end);
    packet.copy(memory, start);
    this.#ends.push(end);
  }

  /** All packets, one after the other; valid until the next `add` or `recycle`. */
  get memory(): Buffer {
    return this.#memory ?? NOTHING;
  }

  /** Where a packet starts in `memory`. */
  startOf(index: number): number {
    return index === 0 ? 0 : (this.#ends[index - 1] ?? 0);
  }

  /** A view of one packet, which may be changed in place; valid until `recycle`. */
  packet(index: number): Buffer {
    return this.memory.subarray(this.startOf(index), this.#ends[index]);
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
