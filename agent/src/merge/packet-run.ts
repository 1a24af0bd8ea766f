import type { MemoryPool, Piece } from './memory-pool.ts';

/** Before each packet, for the header of its interleaved frame (RFC 2326 section 10.12): a run goes out in one write. */
const FRAME_ROOM = 4;

/**
 * The packets of one access unit, one after the other in one piece of memory, with room before each. The memory is lent:
 * whoever keeps the run past the call in which it came says `hold`, and may say `recycle` when it is the last to know
 * it; a run that is held and never recycled is left to the collector.
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
    const before = this.#ends.at(-1) ?? 0;
    const start = before + FRAME_ROOM;
    const end = start + packet.length;
    const memory = this.#grow(before, end);
    packet.copy(memory, start);
    this.#ends.push(end);
  }

  /** All packets, each after its room; valid until the next `add` or `recycle`, and may be changed in place. */
  get memory(): Buffer {
    return this.#memory ?? NOTHING;
  }

  /** Bytes of `memory` that the packets and the room before each take. */
  get bytes(): number {
    return this.#ends.at(-1) ?? 0;
  }

  /** Bytes of the packets alone. */
  get packetBytes(): number {
    return this.bytes - FRAME_ROOM * this.count;
  }

  /** Where a packet starts in `memory`. */
  startOf(index: number): number {
    return FRAME_ROOM + (index === 0 ? 0 : (this.#ends[index - 1] ?? 0));
  }

  /** Where a packet ends in `memory`. */
  endOf(index: number): number {
    return this.#ends[index] ?? 0;
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
