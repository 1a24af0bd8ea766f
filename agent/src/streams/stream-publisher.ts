/**
 * One stream towards MediaMTX: opened with the tracks of a leg (tried until MediaMTX takes it), fed by one leg at a
 * time, and over when it is closed or lost. A next one is a new StreamPublisher.
 */
import { randomInt } from 'node:crypto';
import { FollowLeg } from '../merge/follow-leg.ts';
import { toSequence, toTimestamp } from '../rtp/sequence.ts';
import { PublishSession } from '../rtsp/publish-session.ts';
import type { Track } from '../rtsp/wire/track.ts';
import type { LegSession } from './leg-session.ts';
import type { PathSurroundings } from './surroundings.ts';

/** After MediaMTX refused it; that MediaMTX is away altogether the gate knows sooner. */
const RETRY_MS = 500;

export interface StreamPublisherOptions {
  readonly path: string;
  readonly tracks: readonly Track[];
  readonly surroundings: PathSurroundings;
  onOpen(): void;
  /** It was open and is no more, and not because of `close`. */
  onLost(): void;
}

export class StreamPublisher {
  readonly #options: StreamPublisherOptions;
  readonly #abort = new AbortController();
  readonly #follower: FollowLeg;
  /** Legs that are open at the follower. */
  readonly #offered = new Set<LegSession>();
  #session: PublishSession | undefined;

  constructor(options: StreamPublisherOptions) {
    this.#options = options;
    this.#follower = new FollowLeg({
      tracks: options.tracks,
      seeds: options.tracks.map(() => ({
        ssrc: randomInt(2 ** 32),
        sequence: toSequence(randomInt(2 ** 16)),
        timestamp: toTimestamp(randomInt(2 ** 32)),
      })),
      onPacket: (track, packet) => this.#write(track, packet),
    });
  }

  start(): void {
    void this.#open();
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#session?.close();
  }

  /** The legs that there are now: those that live are made ready to be followed, the others are left. */
  offer(legs: Iterable<LegSession>): void {
    const live = new Set<LegSession>();
    for (const leg of legs) if (leg.isLive) live.add(leg);
    for (const leg of this.#offered) {
      if (live.has(leg)) continue;
      this.#follower.closeLeg(leg.leg.id);
      this.#offered.delete(leg);
    }
    for (const leg of live) {
      if (!this.#offered.has(leg) && this.#follower.openLeg(leg.leg.id, leg.tracks)) this.#offered.add(leg);
    }
  }

  follow(leg: string): void {
    this.#follower.follow(leg);
  }

  /** A packet of any leg, which is not kept and may be changed in place. */
  input(leg: string, track: number, packet: Buffer): void {
    if (this.#session !== undefined) {
      this.#follower.input(leg, track, packet, this.#options.surroundings.nowMs());
    }
  }

  async #open(): Promise<void> {
    const { surroundings, onOpen, onLost } = this.#options;
    const { signal } = this.#abort;
    while (!signal.aborted) {
      await surroundings.gate.waitUntilUp(signal);
      const session = await surroundings.openings.pass(() => this.#tryOnce());
      if (session !== undefined) {
        this.#session = session;
        onOpen();
        await session.closed;
        if (signal.aborted) return;
        surroundings.gate.suspect();
        onLost();
        return;
      }
      surroundings.gate.suspect();
      await waitFor(RETRY_MS, signal);
    }
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

  #write(track: number, packet: Buffer): void {
    const { counters } = this.#options.surroundings;
    if (this.#session?.writeRtp(track, packet)) {
      counters.packetsPublished++;
      counters.bytesPublished += packet.length;
    } else counters.packetsDropped++;
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
