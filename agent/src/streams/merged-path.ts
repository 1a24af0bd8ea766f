/**
 * A path whose stream the agent makes of legs: all of them are merged, and what comes of it is published to the MediaMTX
 * beside it. What happens when is decided in path-machine.ts; this carries it out.
 */
import type { Leg, PathState } from '@cupola/protocol';
import type { FrameRow } from '../rtp/frame-row.ts';
import type { Track } from '../rtsp/wire/track.ts';
import { LegSession } from './leg-session.ts';
import type { PathLeg } from './path-leg.ts';
import { type LiveLeg, type PathCommand, type PathEvent, type PathLife, stepPath } from './path-machine.ts';
import type { SourceTap } from './source-tap.ts';
import { StreamPublisher } from './stream-publisher.ts';
import type { PathSurroundings } from './surroundings.ts';
import { formatOf, nameTracks } from './track-format.ts';

export interface MergedPathOptions {
  readonly path: string;
  readonly surroundings: PathSurroundings;
  /** Whether MediaMTX gets it; otherwise encoders of this pod alone. */
  readonly isPublished: boolean;
  /** What `describe` returns may be another than before. */
  onChange(): void;
}

export class MergedPath {
  readonly #options: MergedPathOptions;
  readonly #legs = new Map<string, PathLeg>();
  /** Ids of legs, in order of preference. */
  #order: readonly string[] = [];
  #life: PathLife = { name: 'waiting' };
  /** Of every life but `waiting`. */
  #publisher: StreamPublisher | undefined;
  #tap: SourceTap | undefined;
  #tracks: readonly Track[] = [];
  #sinceMs: number;
  #closed = false;

  constructor(options: MergedPathOptions) {
    this.#options = options;
    this.#sinceMs = options.surroundings.wallClockMs();
  }

  /** Whether its readers are kept attached although no leg lives. */
  get isHolding(): boolean {
    return this.#life.name === 'holding';
  }

  /** Whether MediaMTX has it, with media or held. */
  get isOpen(): boolean {
    return this.#life.name === 'flowing' || this.#life.name === 'holding';
  }

  /** The legs whose units go out: several are copies of one another. */
  get carrying(): readonly string[] {
    return this.#publisher?.carrying ?? [];
  }

  /** Legs are kept by id; one that is not in the order is not shown. Follow it by `legsChanged`. */
  setOrder(ids: readonly string[]): void {
    this.#order = ids;
  }

  /** A session with the leg's server, which is yet to be opened. `onMedia`: it brought some. */
  makeSession(leg: Leg, onMedia: () => void = () => undefined): LegSession {
    const { addresses, counters, nowMs } = this.#options.surroundings;
    return new LegSession({
      leg,
      nowMs,
      counters,
      lookup: addresses.lookup,
      events: {
        onChange: () => this.legsChanged(),
        onRtp: (track, packets) => {
          onMedia();
          this.input(leg.id, track, packets);
        },
      },
    });
  }

  /** Its events go to `legsChanged` and `input`. */
  open(leg: PathLeg): void {
    this.#legs.set(leg.id, leg);
    leg.start();
  }

  async drop(id: string): Promise<void> {
    const leg = this.#legs.get(id);
    this.#legs.delete(id);
    await leg?.close();
  }

  setTap(tap: SourceTap | undefined): void {
    if (this.#tap !== tap) this.#tap?.setFlowing(false);
    this.#tap = tap;
    this.#publisher?.setTap(tap);
    tap?.setFlowing(this.#isOnline());
  }

  /** At its next key frame this leg takes over, though none is late. */
  goOnWith(leg: string): void {
    this.#publisher?.goOnWith(leg);
  }

  /** Whether what goes out has paused for so long, or for three frame intervals where that is longer. */
  isLate(latenessMs: number): boolean {
    return this.#publisher?.isLate(latenessMs) ?? true;
  }

  /** Packets of a leg, valid during the call only. */
  input(leg: string, track: number, packets: FrameRow): void {
    this.#publisher?.input(leg, track, packets);
  }

  legsChanged(): void {
    if (this.#closed) return;
    this.#publisher?.offer(this.#legs.values());
    this.#step({ type: 'legs', live: this.#live(), nowMs: this.#options.surroundings.nowMs() });
    this.#options.onChange();
  }

  tick(nowMs: number): void {
    for (const leg of this.#legs.values()) leg.tick(nowMs);
    this.#step({ type: 'tick', nowMs });
  }

  describe(): Pick<PathState, 'path' | 'online' | 'sinceMs' | 'tracks'> {
    const online = this.#isOnline();
    const tracks = online ? nameTracks(this.#tracks) : [];
    return { path: this.#options.path, online, sinceMs: this.#sinceMs, tracks };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.setTap(undefined);
    await Promise.all([...[...this.#legs.values()].map((leg) => leg.close()), this.#publisher?.close()]);
  }

  #live(): LiveLeg[] {
    const live: LiveLeg[] = [];
    for (const id of this.#order) {
      const leg = this.#legs.get(id);
      if (leg?.isLive) live.push({ id, format: formatOf(leg.tracks) });
    }
    return live;
  }

  #step(event: PathEvent): void {
    const wasOnline = this.#isOnline();
    const { surroundings, onChange } = this.#options;
    const { life, commands } = stepPath(this.#life, event, surroundings.holdMs());
    this.#life = life;
    for (const command of commands) this.#obey(command);
    if (this.#isOnline() === wasOnline) return;
    this.#sinceMs = surroundings.wallClockMs();
    this.#tap?.setFlowing(!wasOnline);
    onChange();
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
    const { path, surroundings, isPublished } = this.#options;
    const publisher = new StreamPublisher({
      path,
      tracks,
      surroundings,
      isPublished,
      tap: this.#tap,
      legs: this.#order,
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
