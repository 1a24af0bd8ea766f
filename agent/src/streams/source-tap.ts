/**
 * Where encoders of this pod get a stream that the agent makes of legs. Its pictures since the last key frame are kept
 * for them, so that one starts at once; of streams that nobody encodes nothing is kept.
 */
import { type RtpTimestamp, toTimestamp } from '../rtp/sequence.ts';
import { type FramedPackets, setChannel } from '../rtsp/framed-packets.ts';
import type { Track } from '../rtsp/wire/track.ts';
import { GopMemory } from './gop-memory.ts';
import { SourceReader } from './source-reader.ts';

/** 4 s at 32 Mbit/s. */
const MAX_GOP_BYTES = 16 * 1024 * 1024;
/** A stream without key frames for so long is begun without: some cameras refresh their picture bit by bit. */
const KEY_FRAME_PATIENCE_MS = 20_000;
/**
 * Audio that is described and does not come for so long is left out of what an encoder begins with: FFmpeg writes nothing
 * before it has heard something of all that it is to write.
 */
const AUDIO_PATIENCE_MS = 1_000;

export interface TapListener {
  /** `isFlowing` or `isReady` is another than before, or a reader is fed no longer. */
  onChange(): void;
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
  /** Of each track of `#tracks` the timestamp of the stream's time 0. */
  #origins: readonly RtpTimestamp[] = [];
  #videoRate = 0;
  /** Times of the stream, ms: of the first picture, the newest, the last key frame, and of the newest when audio came last. */
  #firstMs: number | undefined;
  #mediaMs = 0;
  #keyMs = 0;
  #audioMs = Number.NEGATIVE_INFINITY;
  /** Since when audio comes without a pause, by the same time. */
  #audioSinceMs = 0;
  #isOnline = false;
  #wasFlowing = false;
  #wasReady = false;

  /** Whether media come. */
  get isFlowing(): boolean {
    return this.#isOnline && this.#served.length > 0;
  }

  /** Whether an encoder that starts now gets pictures at once. One that runs needs no more than that the stream flows. */
  get isReady(): boolean {
    return this.isFlowing && this.#gop.isWhole && !this.#awaitsAudio;
  }

  /** Whether an encoder that reads gets what comes. */
  isFed(reader: SourceReader): boolean {
    return this.isFlowing && this.#readers.has(reader);
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

  /** The stream begins with these tracks, in place of one that there was. `origins`: each one's timestamp at time 0. */
  begin(tracks: readonly Track[], origins: readonly RtpTimestamp[]): void {
    this.end();
    const video = tracks.find((track) => track.kind === 'video');
    const audio = tracks.find((track) => track.kind === 'audio' && track.codec !== 'other');
    this.#tracks = [video, audio].filter((track) => track !== undefined);
    this.#served = tracks.map((track) => this.#tracks.indexOf(track));
    this.#origins = this.#tracks.map((track) => origins[tracks.indexOf(track)] ?? toTimestamp(0));
    this.#videoRate = video?.clockRate ?? 0;
    this.#firstMs = undefined;
    this.#mediaMs = 0;
    this.#keyMs = 0;
    this.#audioMs = Number.NEGATIVE_INFINITY;
    this.#sayChange();
  }

  /** Encoders that read it get nothing more. */
  end(): void {
    this.#served = [];
    this.#readers.clear();
    this.#gop.clear();
    this.#sayChange();
  }

  /** Whether media come; a stream that pauses keeps what it had. */
  setFlowing(isFlowing: boolean): void {
    this.#isOnline = isFlowing;
    this.#sayChange();
  }

  /** Of the stream as it goes out, valid during the call only; its frames' channels are set. */
  packets(track: number, packets: FramedPackets): void {
    const served = this.#served[track];
    if (served === undefined || served < 0 || packets.count === 0) return;
    setChannel(packets, served * 2);
    const frames = packets.memory.subarray(0, packets.bytes);
    if (this.#tracks[served]?.kind === 'video') this.#gop.add(frames);
    else this.#hear(frames);
  }

  /** The packets since the last call were one unit of the track. `ticks`: its time in the stream. */
  unit(track: number, key: boolean, ticks: number): void {
    const served = this.#served[track];
    if (served === undefined || this.#tracks[served]?.kind !== 'video') return;
    const atMs = (ticks * 1_000) / this.#videoRate;
    // Pictures may leave before others that are shown earlier (B-frames).
    this.#mediaMs = this.#firstMs === undefined ? atMs : Math.max(this.#mediaMs, atMs);
    if (this.#firstMs === undefined) {
      this.#firstMs = atMs;
      this.#keyMs = atMs;
    }
    const begins = key || this.#isOutOfPatience();
    const frames = this.#gop.finish(begins);
    if (begins) this.#keyMs = atMs;
    for (const reader of this.#readers) {
      if (reader.take({ frames, isPicture: true, key: begins })) this.#gop.lend();
    }
    this.#sayChange();
    for (const listener of this.#listeners) listener.onPicture();
  }

  /** For an encoder that is started now; undefined where `isReady` is false. */
  open(wantsAudio: boolean): SourceReader | undefined {
    if (!this.isReady) return undefined;
    const tracks = wantsAudio && this.#hasAudio ? this.#tracks : this.#tracks.slice(0, 1);
    const lacksAudio = wantsAudio && tracks.length < this.#tracks.length;
    const timestamps = tracks.map(({ clockRate }, at) =>
      toTimestamp((this.#origins[at] ?? 0) + Math.round((this.#keyMs * clockRate) / 1_000)),
    );
    const ageMs = this.#mediaMs - this.#keyMs;
    const reader = new SourceReader({ tracks, timestamps, lacksAudio, gop: this.#gop.copy(), ageMs });
    this.#readers.add(reader);
    return reader;
  }

  close(reader: SourceReader): void {
    this.#readers.delete(reader);
  }

  /** Whether audio came lately. */
  get #hasAudio(): boolean {
    return this.#mediaMs - this.#audioMs < AUDIO_PATIENCE_MS;
  }

  /** Whether audio is described and may come in time. */
  get #awaitsAudio(): boolean {
    if (this.#tracks.length < 2 || this.#hasAudio) return false;
    return this.#mediaMs - (this.#firstMs ?? this.#mediaMs) < AUDIO_PATIENCE_MS;
  }

  /** Audio is not kept: it would come before the first picture that is encoded. */
  #hear(frames: Buffer): void {
    if (!this.#hasAudio) this.#audioSinceMs = this.#mediaMs;
    this.#audioMs = this.#mediaMs;
    if (this.#mediaMs - this.#audioSinceMs >= AUDIO_PATIENCE_MS) this.#restartDeaf();
    let copy: Buffer | undefined;
    for (const reader of this.#readers) {
      if (reader.tracks.length < 2) continue;
      copy ??= Buffer.from(frames);
      reader.take({ frames: copy, isPicture: false, key: true });
    }
  }

  /** Encoders that began without audio begin anew with it, once it has come to stay. */
  #restartDeaf(): void {
    let wereDeaf = false;
    for (const reader of this.#readers) {
      if (reader.lacksAudio) wereDeaf = this.#readers.delete(reader);
    }
    if (wereDeaf) for (const listener of this.#listeners) listener.onChange();
  }

  #sayChange(): void {
    const { isFlowing, isReady } = this;
    if (this.#wasFlowing === isFlowing && this.#wasReady === isReady) return;
    this.#wasFlowing = isFlowing;
    this.#wasReady = isReady;
    for (const listener of this.#listeners) listener.onChange();
  }

  #isOutOfPatience(): boolean {
    return !this.#gop.isWhole && this.#mediaMs - this.#keyMs >= KEY_FRAME_PATIENCE_MS;
  }
}
