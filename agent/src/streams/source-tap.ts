/**
 * Where encoders of this pod get a stream that the agent makes of legs. Its pictures since the last key frame are kept
 * for them, so that one starts at once; of streams that nobody encodes nothing is kept.
 */
import { TimestampUnwrapper, toTimestamp } from '../rtp/sequence.ts';
import { type FramedPackets, setChannel } from '../rtsp/framed-packets.ts';
import type { Track } from '../rtsp/wire/track.ts';
import { GopMemory } from './gop-memory.ts';
import { SourceReader } from './source-reader.ts';

/** 4 s at 32 Mbit/s. */
const MAX_GOP_BYTES = 16 * 1024 * 1024;
/** A stream without key frames for so long is begun without: some cameras refresh their picture bit by bit. */
const KEY_FRAME_PATIENCE_MS = 20_000;
/** Audio that is described and does not come in this time is left out: FFmpeg would wait for it before it begins. */
const AUDIO_PATIENCE_MS = 1_000;
const TIMESTAMP_OFFSET = 4;

export interface TapListener {
  /** `isReady` is another than before. */
  onReady(): void;
  onPicture(): void;
}

export class SourceTap {
  readonly #gop = new GopMemory(MAX_GOP_BYTES);
  readonly #readers = new Set<SourceReader>();
  readonly #listeners = new Set<TapListener>();
  /** What encoders get: the first video, and the first audio that is known by name. */
  #tracks: readonly Track[] = [];
  /** The track of `#tracks` by that of the stream, -1 for others. */
  #served: readonly number[] = [];
  #videoRate = 0;
  #unwrapper = new TimestampUnwrapper();
  /** The RTP timestamp of the picture that comes. */
  #timestamp = toTimestamp(0);
  #firstTicks: number | undefined;
  /** The newest picture's place in the stream's own time, and the last key frame's, ms since it began. */
  #mediaMs = 0;
  #keyMs = 0;
  #isFlowing = false;
  /** Whether audio came, or there is none to come. */
  #hasAudio = false;
  #wasReady = false;

  /** Whether an encoder that starts now gets pictures at once. */
  get isReady(): boolean {
    return this.#isFlowing && this.#gop.isWhole && (this.#hasAudio || this.#mediaMs >= AUDIO_PATIENCE_MS);
  }

  /** Why there never is a picture for an encoder; undefined where there is or will be. */
  get problem(): string | undefined {
    return this.#served.length > 0 && this.#videoRate === 0 ? 'the source has no video' : undefined;
  }

  /** Media time that the source has brought, ms; of use for differences alone. */
  get mediaMs(): number {
    return this.#mediaMs;
  }

  listen(listener: TapListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The stream begins with these tracks, in place of one that there was. */
  begin(tracks: readonly Track[]): void {
    this.end();
    const video = tracks.find((track) => track.kind === 'video');
    const audio = tracks.find((track) => track.kind === 'audio' && track.codec !== 'other');
    this.#tracks = [video, audio].filter((track) => track !== undefined);
    this.#served = tracks.map((track) => this.#tracks.indexOf(track));
    this.#hasAudio = audio === undefined;
    this.#videoRate = video?.clockRate ?? 0;
    this.#unwrapper = new TimestampUnwrapper();
    this.#firstTicks = undefined;
    this.#mediaMs = 0;
    this.#keyMs = 0;
  }

  /** Encoders that read it get nothing more. */
  end(): void {
    this.#served = [];
    this.#readers.clear();
    this.#gop.clear();
    this.#sayReady();
  }

  /** Whether media come; a stream that pauses keeps what it had. */
  setFlowing(isFlowing: boolean): void {
    this.#isFlowing = isFlowing;
    this.#sayReady();
  }

  /** Of the stream as it goes out, valid during the call only; its frames' channels are set. */
  packets(track: number, packets: FramedPackets): void {
    const served = this.#served[track];
    if (served === undefined || served < 0 || packets.count === 0) return;
    setChannel(packets, served * 2);
    const frames = packets.memory.subarray(0, packets.bytes);
    if (this.#tracks[served]?.kind === 'video') {
      this.#gop.add(frames);
      this.#timestamp = toTimestamp(frames.readUInt32BE(packets.startOf(0) + TIMESTAMP_OFFSET));
      return;
    }
    if (!this.#hasAudio) this.#addAudio();
    // Audio is not kept: it would come before the first picture that is encoded.
    if (this.#readers.size > 0) this.#passAudio(Buffer.from(frames));
  }

  /** The packets since the last call were one unit of the track. */
  unit(track: number, key: boolean): void {
    const served = this.#served[track];
    if (served === undefined || this.#tracks[served]?.kind !== 'video') return;
    this.#advance();
    const begins = key || this.#isOutOfPatience();
    const frames = this.#gop.finish(begins);
    if (begins) this.#keyMs = this.#mediaMs;
    for (const reader of this.#readers) {
      if (reader.take({ frames, isPicture: true, key: begins })) this.#gop.lend();
    }
    this.#sayReady();
    for (const listener of this.#listeners) listener.onPicture();
  }

  /** For an encoder that is started now; undefined where `isReady` is false. */
  open(): SourceReader | undefined {
    if (!this.isReady) return undefined;
    const tracks = this.#hasAudio ? this.#tracks : this.#tracks.slice(0, 1);
    const reader = new SourceReader(tracks, this.#gop.copy(), this.#mediaMs - this.#keyMs);
    this.#readers.add(reader);
    return reader;
  }

  close(reader: SourceReader): void {
    this.#readers.delete(reader);
  }

  /** Encoders that began without begin anew with it. */
  #addAudio(): void {
    const isFlowing = this.#isFlowing;
    this.setFlowing(false);
    this.#hasAudio = true;
    this.setFlowing(isFlowing);
  }

  #sayReady(): void {
    if (this.#wasReady === this.isReady) return;
    this.#wasReady = this.isReady;
    for (const listener of this.#listeners) listener.onReady();
  }

  #passAudio(frames: Buffer): void {
    for (const reader of this.#readers) reader.take({ frames, isPicture: false, key: true });
  }

  #advance(): void {
    const ticks = this.#unwrapper.unwrap(this.#timestamp);
    this.#firstTicks ??= ticks;
    // Pictures may leave before others that are shown earlier (B-frames).
    this.#mediaMs = Math.max(this.#mediaMs, ((ticks - this.#firstTicks) * 1_000) / this.#videoRate);
  }

  #isOutOfPatience(): boolean {
    return !this.#gop.isWhole && this.#mediaMs - this.#keyMs >= KEY_FRAME_PATIENCE_MS;
  }
}
