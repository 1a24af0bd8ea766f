/** A packet of audio fits, of which a leg may keep many. */
const SMALLEST_BYTES = 512;
/** Larger pieces are rare (key frames of the largest cameras) and left to the collector. */
const LARGEST_BYTES = 512 * 1024;
const CLASSES = Math.log2(LARGEST_BYTES / SMALLEST_BYTES) + 1;
/** What lies unused at most. */
const MAX_FREE_BYTES = 8 * 1024 * 1024;

/** With memory of its own: a Buffer of Node's shared pool must not get here. */
export type Piece = Buffer<ArrayBuffer>;

/**
 * Pieces of memory to be used again and again. Every access unit of every leg needs one for a moment: left to the
 * collector, they make it go through the whole heap several times a second.
 */
export class MemoryPool {
  /** By size: the smallest, twice that, and so on. */
  readonly #free: Piece[][] = Array.from({ length: CLASSES }, () => []);
  #freeBytes = 0;

  /** At least so many bytes, of any content. */
  take(bytes: number): Piece {
    const size = classOf(bytes);
    if (size >= CLASSES) return Buffer.allocUnsafeSlow(bytes);
    const piece = this.#free[size]?.pop();
    if (piece === undefined) return Buffer.allocUnsafeSlow(SMALLEST_BYTES << size);
    this.#freeBytes -= piece.length;
    return piece;
  }

  /** A piece of `take` that nobody uses any more: it is somebody else's at once, or gone. */
  give(piece: Piece): void {
    if (piece.length > LARGEST_BYTES || this.#freeBytes + piece.length > MAX_FREE_BYTES) {
      // Freed at once: the collector, which sees little JavaScript to collect, would leave it for minutes.
      piece.buffer.transfer(0);
      return;
    }
    this.#freeBytes += piece.length;
    this.#free[classOf(piece.length)]?.push(piece);
  }
}

function classOf(bytes: number): number {
  return bytes <= SMALLEST_BYTES ? 0 : 32 - Math.clz32((bytes - 1) / SMALLEST_BYTES);
}
