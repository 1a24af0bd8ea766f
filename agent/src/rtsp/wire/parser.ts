/**
 * What arrives on one RTSP connection: messages and interleaved frames (RFC 2326 section 10.12) in any order.
 *
 *     frame    | '$' | channel | length (16 bits) | payload |
 *     message  | start line | headers | empty line | body (Content-Length bytes) |
 *
 * Push-style and synchronous. What a chunk holds whole is handed over as views into that chunk; only a part
 * left at its end is copied, into one buffer whose size is bounded by the limits. Lines end in CR LF; empty
 * lines between messages are skipped (RFC 2616 section 4.1), and any other byte that starts neither a
 * message nor a frame is an error.
 */
import { endOfFrame, FRAME_HEADER_BYTES, type FrameRow } from '../../rtp/frame-row.ts';
import type { RtspRequest, RtspResponse } from './message.ts';
import { type MessageHead, parseHead, readContentLength } from './parse-head.ts';
import { WireError } from './wire-error.ts';

export interface ParserLimits {
  readonly headBytes: number;
  readonly headers: number;
  readonly bodyBytes: number;
}

export const PARSER_LIMITS: ParserLimits = { headBytes: 16 * 1024, headers: 128, bodyBytes: 256 * 1024 };

/** All views are valid during the call only; whoever keeps one copies it. */
export interface ParserEvents {
  onRequest(request: RtspRequest): void;
  onResponse(response: RtspResponse): void;
  /** As many frames of one channel as came whole, in a row; which is used again after the call. */
  onFrames(channel: number, row: FrameRow): void;
}

const DOLLAR = 0x24;
const CR = 0x0d;
const LF = 0x0a;
const HEAD_END = Buffer.from('\r\n\r\n');

export class RtspParser {
  readonly #events: ParserEvents;
  readonly #limits: ParserLimits;
  /** The start of an item whose rest has not arrived: `#held` bytes, from 0. */
  #buffer = Buffer.alloc(0);
  #held = 0;
  /** Of a held message: where the search for its empty line goes on. */
  #searched = 0;
  /** Of a held message whose body has not all arrived. */
  #head: MessageHead | undefined;
  /** Bytes of the whole item at the front, as far as known; less than what is held while it is not. */
  #wanted = 0;
  #stopped = false;
  /** The one that is handed over, each time filled anew. */
  readonly #row: { -readonly [Key in keyof FrameRow]: FrameRow[Key] } = {
    bytes: this.#buffer,
    start: 0,
    end: 0,
    count: 0,
  };

  constructor(events: ParserEvents, limits: ParserLimits = PARSER_LIMITS) {
    this.#events = events;
    this.#limits = limits;
  }

  /** Bytes that wait for the rest of their item. */
  get heldBytes(): number {
    return this.#held;
  }

  /** From here on every byte is ignored; may be called from within an event. */
  stop(): void {
    this.#stopped = true;
    this.#buffer = Buffer.alloc(0);
    this.#held = 0;
  }

  /** Throws `WireError`; the parser is then stopped. */
  push(chunk: Buffer): void {
    try {
      let at = 0;
      while (this.#held > 0 && at < chunk.length && !this.#stopped) at = this.#pushHeld(chunk, at);
      if (at < chunk.length && !this.#stopped) this.#parse(chunk, at, chunk.length, true);
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  /** Adds to what is held as much of the chunk as its item can take; returns where the chunk goes on. */
  #pushHeld(chunk: Buffer, at: number): number {
    // An empty line that has not come yet could be anywhere in the chunk, but no further than the limit.
    const most = this.#wanted > this.#held ? this.#wanted : this.#limits.headBytes + HEAD_END.length;
    const taken = Math.min(most - this.#held, chunk.length - at);
    this.#hold(chunk, at, at + taken);
    const used = this.#parse(this.#buffer, 0, this.#held, false);
    if (used === 0) return at + taken;
    const back = this.#held - used;
    this.#held = 0;
    this.#searched = 0;
    return at + taken - back;
  }

  #hold(source: Buffer, from: number, to: number): void {
    const length = this.#held + to - from;
    if (length > this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(length, this.#wanted, this.#buffer.length * 2, 512));
      this.#buffer.copy(grown, 0, 0, this.#held);
      this.#buffer = grown;
    }
    source.copy(this.#buffer, this.#held, from, to);
    this.#held = length;
  }

  /**
   * Hands over the items between `start` and `end`: all of them from a chunk (what is left is then held), the
   * first from what is held. Returns the bytes used.
   */
  #parse(source: Buffer, start: number, end: number, isChunk: boolean): number {
    let at = start;
    while (at < end && !this.#stopped) {
      const used = this.#parseItem(source, at, end);
      if (used === 0) break;
      at += used;
      this.#head = undefined;
      this.#wanted = 0;
      if (!isChunk) return at - start;
    }
    if (isChunk && at < end && !this.#stopped) this.#hold(source, at, end);
    return at - start;
  }

  /** Returns the bytes of the item, or of several frames in a row; 0 where it is not whole. */
  #parseItem(source: Buffer, at: number, end: number): number {
    const first = source[at];
    if (first === DOLLAR) return this.#parseFrames(source, at, end);
    if (first === CR || first === LF) return 1;
    return this.#parseMessage(source, at, end);
  }

  #parseFrames(source: Buffer, at: number, end: number): number {
    if (end - at < FRAME_HEADER_BYTES) {
      this.#wanted = FRAME_HEADER_BYTES;
      return 0;
    }
    const channel = source.readUInt8(at + 1);
    let rowEnd = at;
    let count = 0;
    do {
      const frameEnd = endOfFrame(source, rowEnd);
      if (frameEnd > end) break;
      rowEnd = frameEnd;
      count++;
    } while (
      end - rowEnd >= FRAME_HEADER_BYTES &&
      source[rowEnd] === DOLLAR &&
      source[rowEnd + 1] === channel
    );
    if (count === 0) {
      this.#wanted = endOfFrame(source, at) - at;
      return 0;
    }
    const row = this.#row;
    row.bytes = source;
    row.start = at;
    row.end = rowEnd;
    row.count = count;
    this.#events.onFrames(channel, row);
    return rowEnd - at;
  }

  #parseMessage(source: Buffer, at: number, end: number): number {
    if (!this.#head) {
      const headLength = this.#findHeadEnd(source, at, end);
      if (headLength < 0) return 0;
      const head = parseHead(source.toString('latin1', at, at + headLength), this.#limits.headers);
      this.#wanted = headLength + HEAD_END.length + readContentLength(head.headers, this.#limits.bodyBytes);
      this.#head = head;
    }
    if (end - at < this.#wanted) return 0;
    const head = this.#head;
    const used = this.#wanted;
    const body = source.subarray(
      at + used - readContentLength(head.headers, this.#limits.bodyBytes),
      at + used,
    );
    if (head.kind === 'request') this.#events.onRequest({ ...head, body });
    else this.#events.onResponse({ ...head, body });
    return used;
  }

  /** Bytes before the empty line, -1 where it has not come. */
  #findHeadEnd(source: Buffer, at: number, end: number): number {
    const first = source.readUInt8(at);
    if (first < 0x41 || first > 0x5a) {
      throw new WireError(
        'CUP_RTSP_BAD_MESSAGE',
        'a byte that starts neither a message nor a frame',
        `0x${first.toString(16)}`,
      );
    }
    const limit = Math.min(end, at + this.#limits.headBytes + HEAD_END.length);
    const found = source.subarray(at, limit).indexOf(HEAD_END, this.#searched);
    if (found >= 0) {
      this.#searched = 0;
      return found;
    }
    if (end - at >= this.#limits.headBytes + HEAD_END.length) {
      throw new WireError(
        'CUP_RTSP_HEAD_TOO_LARGE',
        `the start line and headers of a message have more than ${this.#limits.headBytes} bytes`,
      );
    }
    this.#searched = Math.max(0, end - at - (HEAD_END.length - 1));
    return -1;
  }
}
