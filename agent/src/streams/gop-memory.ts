/** The pictures since the last key frame as interleaved RTSP frames, in one piece of memory that is used again and again. */

const FIRST_BYTES = 64 * 1024;

export class GopMemory {
  readonly #maxBytes: number;
  #memory = Buffer.allocUnsafeSlow(FIRST_BYTES);
  /** Where the picture that comes begins, and what has come of it ends. */
  #start = 0;
  #end = 0;
  #isWhole = false;
  #isLent = false;

  /** Past so many bytes nothing is kept until the next key frame. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether all pictures since a key frame are there. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Copies frames of the picture that comes. */
  add(frames: Buffer): void {
    this.#grow(this.#end + frames.length);
    frames.copy(this.#memory, this.#end);
    this.#end += frames.length;
  }

  /** The picture is complete. Its frames are valid until `add`; longer where `lend` is called before that. */
  finish(key: boolean): Buffer {
    if (key || !this.#isWhole) this.#moveToFront();
    const picture = this.#memory.subarray(this.#start, this.#end);
    this.#isWhole = key || (this.#isWhole && this.#end <= this.#maxBytes);
    this.#start = this.#end;
    return picture;
  }

  /** Somebody still reads what `finish` returned: it is not overwritten. */
  lend(): void {
    this.#isLent = true;
  }

  copy(): Buffer {
    return Buffer.from(this.#memory.subarray(0, this.#start));
  }

  /** The stream is another from here on. */
  clear(): void {
    this.#isWhole = false;
    this.#end = this.#start;
  }

  #moveToFront(): void {
    const length = this.#end - this.#start;
    const memory = this.#isLent ? Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, length)) : this.#memory;
    this.#memory.copy(memory, 0, this.#start, this.#end);
    this.#memory = memory;
    this.#isLent = false;
    this.#start = 0;
    this.#end = length;
  }

  #grow(bytes: number): void {
    if (bytes <= this.#memory.length) return;
    const memory = Buffer.allocUnsafeSlow(Math.max(bytes, this.#memory.length * 2));
    this.#memory.copy(memory, 0, 0, this.#end);
    this.#memory = memory;
    this.#isLent = false;
  }
}
