/**
 * A path whose stream the agent makes of one or more legs and publishes to the MediaMTX beside it. What happens when
 * is decided in path-machine.ts; this carries it out. All legs are kept open and merged.
 */
import type { Leg, PathState } from '@cupola/protocol';
import type { Track } from '../rtsp/wire/track.ts';
import { LegSession } from './leg-session.ts';
import { type LiveLeg, type PathCommand, type PathEvent, type PathLife, stepPath } from './path-machine.ts';
import { diffLegs } from './plan-difference.ts';
import { StreamPublisher } from './stream-publisher.ts';
import type { PathSurroundings } from './surroundings.ts';
import { formatOf, nameTracks } from './track-format.ts';

export class LegsPath {
  readonly path: string;
  readonly #surroundings: PathSurroundings;
  readonly #onChange: () => void;
  readonly #legs = new Map<string, LegSession>();
  #plan: readonly Leg[];
  #life: PathLife = { name: 'waiting' };
  /** Of every life but `waiting`. */
  #publisher: StreamPublisher | undefined;
  #tracks: readonly Track[] = [];
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

  /** Whether its readers are kept attached although no leg lives. */
  get isHolding(): boolean {
    return this.#life.name === 'holding';
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

  /** The leg's server has the stream now. */
  takeWord(leg: string): void {
    this.#legs.get(leg)?.takeWord();
  }

  tick(nowMs: number): void {
    for (const leg of this.#legs.values()) leg.tick(nowMs);
    this.#step({ type: 'tick', nowMs });
  }

  describe(): PathState {
    const isOnline = this.#isOnline();
    return {
      path: this.path,
      online: isOnline,
      sinceMs: this.#sinceMs,
      tracks: isOnline ? nameTracks(this.#tracks) : [],
      legs: this.#plan
        .map((leg) => this.#legs.get(leg.id)?.describe())
        .filter((state) => state !== undefined),
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
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
        onRtp: (track, packets) => this.#publisher?.input(leg.id, track, packets),
      },
    });
    this.#legs.set(leg.id, session);
    session.start();
  }

  #legsChanged(): void {
    if (this.#closed) return;
    this.#publisher?.offer(this.#legs.values());
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
    const wasOnline = this.#isOnline();
    const { life, commands } = stepPath(this.#life, event, this.#surroundings.holdMs());
    this.#life = life;
    for (const command of commands) this.#obey(command);
    if (this.#isOnline() === wasOnline) return;
    this.#sinceMs = this.#surroundings.wallClockMs();
    this.#onChange();
  }

  #obey(command: PathCommand): void {
    switch (command.do) {
      case 'open':
        this.#publish(this.#legs.get(command.leg)?.tracks ?? []);
        return;
      case 'close':
        void this.#publisher?.close();
        this.#publisher = undefined;
    }
  }

  #publish(tracks: readonly Track[]): void {
    void this.#publisher?.close();
    this.#tracks = tracks;
    const publisher = new StreamPublisher({
      path: this.path,
      tracks,
      surroundings: this.#surroundings,
      legs: this.#plan.map((leg) => leg.id),
      onOpen: () => this.#step({ type: 'published' }),
      onLost: () => {
        if (this.#closed) return;
        this.#publisher = undefined;
        this.#step({ type: 'publisher-lost', live: this.#live() });
      },
    });
    this.#publisher = publisher;
    publisher.offer(this.#legs.values());
    publisher.start();
  }

  #isOnline(): boolean {
    return this.#life.name === 'flowing';
  }
}
