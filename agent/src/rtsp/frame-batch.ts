/**
 * Gathers the interleaved frames that one turn of the event loop writes to one socket, and writes them with
 * one call when the turn ends (process.nextTick). Node tries such a write at once, so that nearly always the
 * kernel has the bytes when `write` returns: then the same memory serves the next batch, of whichever socket.
 */
import type { Socket } from 'node:net';

/** A read of 64 KiB and what it is turned into always fits; fuller batches are written at once. */
const BATCH_BYTES = 256 * 1024;
const FRAME_HEADER_BYTES = 4;
const DOLLAR = 0x24;

export class FrameBatch {
  #buffer = Buffer.allocUnsafeSlow(BATCH_BYTES);
  #length = 0;
  #socket: Socket | undefined;
  readonly #flushLater = () => this.flush();

  /** Copies the packet, which has at most 65,535 bytes. */
  add(socket: Socket, channel: number, packet: Buffer): void {
    const frameLength = FRAME_HEADER_BYTES + packet.length;
    if (socket !== this.#socket || this.#length + frameLength > this.#buffer.length) {
      const isScheduled = this.#length > 0;
      this.flush();
      this.#socket = socket;
      if (!isScheduled) process.nextTick(this.#flushLater);
    }
    const buffer = this.#buffer;
    const at = this.#length;
    buffer[at] = DOLLAR;
    buffer[at + 1] = channel;
    buffer[at + 2] = packet.length >> 8;
    buffer[at + 3] = packet.length & 0xff;
    packet.copy(buffer, at + FRAME_HEADER_BYTES);
    this.#length = at + frameLength;
  }

  flush(): void {
    const socket = this.#socket;
    const length = this.#length;
    this.#socket = undefined;
    this.#length = 0;
    if (!socket || length === 0 || !socket.writable) return;
    const frames = this.#buffer.subarray(0, length);
    if (socket.writableLength > 0) {
      // Behind others already: the bytes stay a while, in memory of their own.
      socket.write(Buffer.from(frames));
      return;
    }
    socket.write(frames);
    if (socket.writableLength > 0) this.#buffer = Buffer.allocUnsafeSlow(BATCH_BYTES);
  }
}
