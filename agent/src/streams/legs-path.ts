/**
 * A path whose stream the agent makes of one or more legs and publishes to the MediaMTX beside it. What happens when
 * is decided in path-machine.ts; this carries it out. All legs are kept open, one is followed.
 */
import type { Credential, Leg, LegState, PathState } from '@cupola/protocol';
import { FollowLeg } from '../merge/follow-leg.ts';
import { PublishSession } from '../rtsp/publish-session.ts';
import type { Track } from '../rtsp/wire/track.ts';
import type { AddressMemory } from './address-memory.ts';
import type { StreamCounters } from './counters.ts';
import { LegSession } from './leg-session.ts';
import { type LiveLeg, type PathCommand, type PathEvent, type PathLife, stepPath } from './path-machine.ts';
import { diffLegs } from './plan-difference.ts';
import { formatOf, nameTracks } from './track-format.ts';
import type { Turnstile } from './turnstile.ts';

/** After MediaMTX refused a publisher; that it is away altogether is known sooner, see PublishGate. */
const PUBLISH_RETRY_MS = 500;

/** What the paths of a pod share. */
export interface PathSurroundings {
  /** `rtsp://127.0.0.1:port`. */
  readonly mediamtxUrl: string;
  readonly credential: Credential;
  readonly gate: PublishGate;
  readonly openings: Turnstile;
  readonly addresses: AddressMemory;
  readonly counters: StreamCounters;
  /** Monotonic, for durations. */
  readonly nowMs: () => number;
  /** Since the epoch, for states. */
  readonly wallClockMs: () => number;
}

/** Knows when MediaMTX takes publishers. */
export interface PublishGate {
  waitUntilUp(signal: AbortSignal): Promise<void>;
  suspect(): void;
}

export class LegsPath {
  readonly path: string;
  readonly #surroundings: PathSurroundings;
  readonly #onChange: () => void;
  #plan: readonly Leg[];
  #legs = new Map<string, LegSession>();
  #life: PathLife = { name: 'waiting' };
  #publisher: PublishSession | undefined;
  #opening: AbortController | undefined;
  #follower: FollowLeg | undefined;
  #sinceMs: number;
  #closed = false;

  /** `onChange`: what `describe` returns may be another than before. */
  constructor(path: string, legs: readonly Leg[], surroundings: PathSurroundings, onChange: () => void) {
    this.path = path;
    this.#plan = legs;
    this.#surroundings = surroundings;
    this.#onChange = onChange;
    this.#sinceMs = surroundings.wallClockMs();
  }

  get legs(): Iterable<LegSession> {
    return this.#legs.values();
  }

  get isOnline(): boolean {
    return this.#life.name === 'flowing';
  }

  start(): void {
    for (const leg of this.#plan) this.#openLeg(leg);
  }

  /** Opens and closes what changed; the others, and if possible the readers, notice nothing. */
  alter(legs: readonly Leg[]): void {
    const difference = diffLegs(this.#plan, legs);
    this.#plan = legs;
    for (const id of difference.closed) {
      void this.#legs.get(id)?.close();
      this.#legs.delete(id);
    }
    for (const leg of difference.opened) this.#openLeg(leg);
    this.#legsChanged();
  }

  /** The workload serves this leg's stream now. */
  takeWord(leg: string): void {
    this.#legs.get(leg)?.takeWord();
  }

  tick(nowMs: number): void {
    for (const leg of this.#legs.values()) leg.tick(nowMs);
    this.#step({ type: 'tick', nowMs });
  }

  describe(): PathState {
    const legs = this.#plan
      .map((leg) => this.#legs.get(leg.id)?.describe())
      .filter((state) => state !== undefined);
    return {
      path: this.path,
      online: this.isOnline,
      sinceMs: this.#sinceMs,
      tracks: this.#life.name === 'flowing' ? nameTracks(this.#tracksOf(this.#life.leg.id)) : [],
      legs: legs satisfies LegState[],
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#opening?.abort();
    await Promise.all([...[...this.#legs.values()].map((leg) => leg.close()), this.#publisher?.close()]);
  }

  #openLeg(leg: Leg): void {
    const { addresses, counters, nowMs } = this.#surroundings;
    const session = new LegSession({
      leg,
      nowMs,
      counters,
      lookup: addresses.lookup,
      events: {
        onChange: () => this.#legsChanged(),
        onRtp: (track, packet) => this.#onRtp(leg.id, track, packet),
        onRtcp: () => undefined,
      },
    });
    this.#legs.set(leg.id, session);
    session.start();
  }

  #legsChanged(): void {
    if (this.#closed) return;
    this.#step({ type: 'legs', live: this.#live(), nowMs: this.#surroundings.nowMs() });
    this.#onChange();
  }

  #live(): LiveLeg[] {
    const live: LiveLeg[] = [];
    for (const { id } of this.#plan) {
      const leg = this.#legs.get(id);
      if (leg?.isLive) live.push({ id, format: formatOf(leg.tracks) });
    }
    return live;
  }

  #step(event: PathEvent): void {
    const wasOnline = this.isOnline;
    const { life, commands } = stepPath(this.#life, event);
    this.#life = life;
    for (const command of commands) this.#obey(command);
    if (this.isOnline !== wasOnline) {
      this.#sinceMs = this.#surroundings.wallClockMs();
      this.#onChange();
    }
  }

  #obey(command: PathCommand): void {
    switch (command.do) {
      case 'open':
        this.#stopPublishing();
        this.#opening = new AbortController();
        void this.#publish(this.#tracksOf(command.leg), this.#opening.signal);
        return;
      case 'follow':
        this.#follower?.follow(command.leg, this.#tracksOf(command.leg));
        return;
      case 'close':
        this.#stopPublishing();
    }
  }

  #stopPublishing(): void {
    this.#opening?.abort();
    void this.#publisher?.close();
    this.#publisher = undefined;
    this.#follower = undefined;
  }

  /** Opens the publisher, trying until it is open or `signal` aborts. */
  async #publish(tracks: readonly Track[], signal: AbortSignal): Promise<void> {
    const { gate, openings } = this.#surroundings;
    while (!signal.aborted) {
      await gate.waitUntilUp(signal);
      const publisher = await openings.pass(() => this.#openPublisher(tracks, signal));
      if (signal.aborted) {
        void publisher?.close();
      } else if (publisher === undefined) {
        gate.suspect();
        await waitFor(PUBLISH_RETRY_MS, signal);
      } else {
        this.#published(publisher, tracks);
        return;
      }
    }
  }

  async #openPublisher(tracks: readonly Track[], signal: AbortSignal): Promise<PublishSession | undefined> {
    if (signal.aborted) return undefined;
    const { mediamtxUrl, credential, counters } = this.#surroundings;
    counters.publisherOpenings++;
    const publisher = new PublishSession({ url: `${mediamtxUrl}/${this.path}`, credential, tracks });
    try {
      await publisher.start(signal);
      return publisher;
    } catch {
      return undefined; // MediaMTX is going, or was not quite there: asked again by the caller.
    }
  }

  #published(publisher: PublishSession, tracks: readonly Track[]): void {
    this.#publisher = publisher;
    const { counters } = this.#surroundings;
    this.#follower = new FollowLeg(tracks, (track, packet) => {
      if (publisher.writeRtp(track, packet)) {
        counters.packetsPublished++;
        counters.bytesPublished += packet.length;
      } else counters.packetsDropped++;
    });
    void publisher.closed.then(() => this.#publisherLost(publisher));
    this.#step({ type: 'published' });
  }

  #publisherLost(publisher: PublishSession): void {
    if (this.#publisher !== publisher || this.#closed) return; // Closed on purpose.
    this.#publisher = undefined;
    this.#follower = undefined;
    this.#surroundings.gate.suspect();
    this.#step({ type: 'publisher-lost', live: this.#live() });
  }

  #onRtp(leg: string, track: number, packet: Buffer): void {
    if (this.#life.name === 'flowing' && this.#life.leg.id === leg) this.#follower?.take(leg, track, packet);
  }

  #tracksOf(leg: string): readonly Track[] {
    return this.#legs.get(leg)?.tracks ?? [];
  }
}

function waitFor(ms: number, signal: AbortSignal): Promise<void> {
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
