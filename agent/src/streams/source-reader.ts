/** What one encoder reads of a stream: from the last key frame on, all that comes, or what it can take of it. */
import type { RtpTimestamp } from '../rtp/sequence.ts';
import type { FrameSink, ServedStream } from '../rtsp/serve/guest.ts';
import type { Track } from '../rtsp/wire/track.ts';

/** Longer than an encoder that keeps up is ever behind: 4 s of a 16 Mbit/s stream. */
const MAX_BACKLOG_BYTES = 8 * 1024 * 1024;

export interface SourcePiece {
  /** Interleaved frames of one picture or packet of audio. */
  readonly frames: Buffer;
  readonly isPicture: boolean;
  readonly key: boolean;
}

export interface SourceBeginning {
  readonly tracks: readonly Track[];
  /** As of ServedStream. */
  readonly timestamps: readonly RtpTimestamp[];
  /** As of SourceReader. */
  readonly lacksAudio: boolean;
  /** The frames since the last key frame. */
  readonly gop: Buffer;
  /** As of SourceReader. */
  readonly ageMs: number;
}

export class SourceReader implements ServedStream {
  readonly tracks: readonly Track[];
  readonly timestamps: readonly RtpTimestamp[];
  /** Whether it was to have audio, and none came. */
  readonly lacksAudio: boolean;
  /** From the key frame that it begins with to the newest picture there was then, ms of the source's time. */
  readonly ageMs: number;
  /** Pictures left out because the encoder was too far behind. */
  droppedPictures = 0;
  #sink: FrameSink | undefined;
  /** Until the encoder plays. */
  #waiting: Buffer[];
  #waitingBytes: number;
  /** Nothing is sent until the next key frame that the backlog leaves room for. */
  #isSkipping = false;
  /** The encoder has yet to take what it begins with, which may be more than any backlog. */
  #isCatchingUp = true;

  constructor({ tracks, timestamps, lacksAudio, gop, ageMs }: SourceBeginning) {
    this.tracks = tracks;
    this.timestamps = timestamps;
    this.lacksAudio = lacksAudio;
    this.ageMs = ageMs;
    this.#waiting = [gop];
    this.#waitingBytes = gop.length;
  }

  play(sink: FrameSink): void {
    this.#sink = sink;
    for (const frames of this.#waiting) sink.write(frames);
    this.#waiting = [];
  }

  /** Whether `piece.frames` is still read after the call. */
  take(piece: SourcePiece): boolean {
    const sink = this.#sink;
    if (this.#mustSkip(piece, sink?.backlogBytes ?? this.#waitingBytes)) {
      if (piece.isPicture) this.droppedPictures += 1;
      return false;
    }
    if (sink === undefined) {
      this.#waiting.push(Buffer.from(piece.frames));
      this.#waitingBytes += piece.frames.length;
      return false;
    }
    sink.write(piece.frames);
    return sink.backlogBytes > 0;
  }

  #mustSkip({ isPicture, key }: SourcePiece, backlogBytes: number): boolean {
    if (backlogBytes === 0) this.#isCatchingUp = false;
    const isFull = backlogBytes > (this.#isCatchingUp ? 2 : 1) * MAX_BACKLOG_BYTES;
    // A decoder cannot go on in the middle: what follows a picture that it lacks is of no use to it.
    if (isFull) this.#isSkipping = true;
    else if (isPicture && key && backlogBytes < MAX_BACKLOG_BYTES / 2) this.#isSkipping = false;
    return this.#isSkipping;
  }
}
