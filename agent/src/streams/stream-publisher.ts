/**
 * One stream towards MediaMTX, encoders of this pod, or both: opened with the tracks of a leg (tried until MediaMTX takes it), made of all
 * legs by merging, and over when it is closed or lost. A next one is a new StreamPublisher.
 */
import { randomInt } from 'node:crypto';
import { LegMerger, type TrackSeed } from '../merge/leg-merger.ts';
import type { PacketRun } from '../merge/packet-run.ts';
import { FRAME_HEADER_BYTES, type FrameRow } from '../rtp/frame-row.ts';
import { toSequence, toTimestamp } from '../rtp/sequence.ts';
import { PublishSession } from '../rtsp/publish-session.ts';
import type { Track } from '../rtsp/wire/track.ts';
import type { PathLeg } from './path-leg.ts';
import type { SourceTap } from './source-tap.ts';
import type { PathSurroundings } from './surroundings.ts';

/** A leg of another encoding takes over when the one shown is silent for so long, or for three frame intervals. */
const LATENESS_MS = 200;

/** After MediaMTX refused it; that MediaMTX is away altogether the gate knows sooner. */
const RETRY_MS = 500;

export interface StreamPublisherOptions {
  readonly path: string;
  readonly tracks: readonly Track[];
  /** Ids of the legs, in order of preference. */
  readonly legs: readonly string[];
  readonly surroundings: PathSurroundings;
  /** Whether MediaMTX gets it; otherwise encoders of this pod alone. */
  readonly isPublished: boolean;
  readonly tap: SourceTap | undefined;
  onOpen(): void;
  /** It was open and is no more, and not because of `close`. */
  onLost(): void;
}

export class StreamPublisher {
  readonly #options: StreamPublisherOptions;
  readonly #abort = new AbortController();
  readonly #seeds: readonly TrackSeed[];
  readonly #merger: LegMerger;
  /** Legs that are open at the merger. */
  readonly #offered = new Set<PathLeg>();
  #session: PublishSession | undefined;
  #tap: SourceTap | undefined;
  #isOpen = false;
  #timer: NodeJS.Timeout | undefined;
  /** When `#timer` fires, ms of the surroundings' clock. */
  #timerMs = Number.POSITIVE_INFINITY;

  constructor(options: StreamPublisherOptions) {
    this.#options = options;
    this.#tap = options.tap;
    this.#seeds = options.tracks.map(() => ({
      ssrc: randomInt(2 ** 32),
      sequence: toSequence(randomInt(2 ** 16)),
      timestamp: toTimestamp(randomInt(2 ** 32)),
    }));
    this.#merger = new LegMerger({
      tracks: options.tracks,
      legs: options.legs,
      latenessMs: LATENESS_MS,
      counters: options.surroundings.counters.merging,
      seeds: this.#seeds,
      onPackets: (track, packets) => this.#write(track, packets),
      onUnit: (track, key, ticks) => this.#tap?.unit(track, key, ticks),
    });
  }

  /** The legs whose units go out. */
  get carrying(): readonly string[] {
    return this.#merger.carrying;
  }

  start(): void {
    if (this.#options.isPublished) void this.#open();
    else this.#begin();
  }

  /** In place of the one that there was. */
  setTap(tap: SourceTap | undefined): void {
    if (this.#tap === tap) return;
    this.#tap?.end();
    this.#tap = tap;
    if (this.#isOpen) this.#beginTap();
  }

  /** As of LegMerger. */
  goOnWith(leg: string): void {
    this.#merger.goOnWith(leg);
  }

  /** As of LegMerger. */
  isLate(latenessMs: number): boolean {
    return this.#merger.isLate(this.#options.surroundings.nowMs(), latenessMs);
  }

  async close(): Promise<void> {
    this.#abort.abort();
    this.#leave();
    clearTimeout(this.#timer);
    await this.#session?.close();
  }

  /** The legs that there are now: those that live go into the stream, the others are left. */
  offer(legs: Iterable<PathLeg>): void {
    const nowMs = this.#options.surroundings.nowMs();
    const live = new Set<PathLeg>();
    for (const leg of legs) if (leg.isLive) live.add(leg);
    for (const leg of this.#offered) {
      if (live.has(leg)) continue;
      this.#merger.closeLeg(leg.id, nowMs);
      this.#offered.delete(leg);
    }
    for (const leg of live) {
      if (this.#offered.has(leg)) continue;
      const clockOf = (track: number) => leg.clockOf?.(track);
      if (this.#merger.openLeg(leg.id, leg.tracks, nowMs, clockOf)) this.#offered.add(leg);
    }
    this.#arm(this.#merger.findDueMs(nowMs), nowMs);
  }

  /** Packets of any leg, valid during the call only. */
  input(leg: string, track: number, packets: FrameRow): void {
    const nowMs = this.#options.surroundings.nowMs();
    if (this.#merger.input(leg, track, packets, nowMs)) this.#arm(this.#merger.findDueMs(nowMs), nowMs);
  }

  /** Sees to it that the merger is asked when something falls due. */
  #arm(dueMs: number, nowMs: number): void {
    // A timer that fires too early asks again; so a due time that moves on with each unit costs no new timer.
    if (this.#abort.signal.aborted || dueMs >= this.#timerMs) return;
    clearTimeout(this.#timer);
    this.#timerMs = dueMs;
    this.#timer = setTimeout(() => {
      this.#timerMs = Number.POSITIVE_INFINITY;
      const firedMs = this.#options.surroundings.nowMs();
      this.#arm(this.#merger.tick(firedMs), firedMs);
    }, dueMs - nowMs);
  }

  async #open(): Promise<void> {
    const { surroundings, onLost } = this.#options;
    const { signal } = this.#abort;
    while (!signal.aborted) {
      await surroundings.gate.waitUntilUp(signal);
      const session = await surroundings.openings.pass(() => this.#tryOnce());
      if (session !== undefined) {
        this.#session = session;
        this.#begin();
        await session.closed;
        if (signal.aborted) return;
        void this.close();
        surroundings.gate.suspect();
        onLost();
        return;
      }
      surroundings.gate.suspect();
      await waitFor(RETRY_MS, signal);
    }
  }

  #begin(): void {
    this.#isOpen = true;
    this.#beginTap();
    this.#merger.start(this.#options.surroundings.nowMs());
    this.#options.onOpen();
  }

  #beginTap(): void {
    this.#tap?.begin(
      this.#options.tracks,
      this.#seeds.map(({ timestamp }) => timestamp),
    );
  }

  #leave(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#tap?.end();
  }

  async #tryOnce(): Promise<PublishSession | undefined> {
    const { path, tracks, surroundings } = this.#options;
    const { signal } = this.#abort;
    if (signal.aborted) return undefined;
    surroundings.counters.publisherOpenings++;
    const url = `${surroundings.mediamtxUrl}/${path}`;
    const session = new PublishSession({ url, credential: surroundings.credential, tracks });
    try {
      await session.start(signal);
    } catch {
      return undefined; // MediaMTX is going, or not quite there.
    }
    if (!signal.aborted) return session;
    await session.close();
    return undefined;
  }

  #write(track: number, packets: PacketRun): void {
    this.#tap?.packets(track, packets);
    if (!this.#options.isPublished) return;
    const { counters } = this.#options.surroundings;
    const { count, bytes } = packets;
    if (this.#session?.write(track, packets)) {
      counters.packetsPublished += count;
      counters.bytesPublished += bytes - count * FRAME_HEADER_BYTES;
    } else counters.packetsDropped += count;
  }
}

function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
