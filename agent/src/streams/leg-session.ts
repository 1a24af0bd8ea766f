/**
 * One leg of a path, for as long as the plan has it: its session is opened, watched and opened again.
 *
 *     waiting --delay over, word came--> connecting --played--> silent --first packet--> live
 *        ^                                   |                   | ^                      | |
 *        +----------- refused ---------------+                   | +---- no packet 2 s ---+ |
 *        +------------------ session over -----------------------+--------------------------+
 *
 * A silent leg keeps its session (its server may be holding its readers), but is not live.
 */
import type { LookupFunction } from 'node:net';
import type { Leg, LegState } from '@cupola/protocol';
import { type FrameRow, packetBytesOf } from '../rtp/frame-row.ts';
import { PlaySession } from '../rtsp/play-session.ts';
import type { Track } from '../rtsp/wire/track.ts';
import type { StreamCounters } from './counters.ts';
import { legRetryDelayMs } from './leg-retry.ts';
import type { LegEvents, PathLeg } from './path-leg.ts';

/** No packet for this long: the next leg takes over. Longer than the time between two pictures of any camera. */
const LEG_SILENT_MS = 2_000;
/** No packet for this long: the session is given up. */
const SESSION_SILENT_MS = 10_000;

export interface LegOptions {
  readonly leg: Leg;
  readonly events: LegEvents;
  readonly nowMs: () => number;
  readonly lookup: LookupFunction;
  readonly counters: StreamCounters;
}

type State = 'waiting' | 'connecting' | 'silent' | 'live';

export class LegSession implements PathLeg {
  readonly #options: LegOptions;
  readonly #abort = new AbortController();
  #state: State = 'waiting';
  #tracks: readonly Track[] = [];
  #error: string | undefined;
  #lastLiveMs: number | undefined;
  #failures = 0;
  /** Ends the wait between two attempts. */
  #wake: (() => void) | undefined;
  /** The feed's word came while an attempt was under way: it may have been too early by a moment. */
  #hasWord = false;
  #packetsAtLastLook = 0;
  #lastPacketMs = 0;
  #run: Promise<void> = Promise.resolve();
  #packets = 0;

  constructor(options: LegOptions) {
    this.#options = options;
  }

  get id(): string {
    return this.#options.leg.id;
  }

  get isLive(): boolean {
    return this.#state === 'live';
  }

  /** Of the session that is open; empty without one. */
  get tracks(): readonly Track[] {
    return this.#tracks;
  }

  describe(): LegState {
    const { id } = this.#options.leg;
    if (this.isLive) return { id, state: 'live' };
    return this.#error === undefined
      ? { id, state: 'connecting' }
      : { id, state: 'connecting', error: this.#error };
  }

  start(): void {
    this.#run = this.#keepOpen();
  }

  async close(): Promise<void> {
    this.#state = 'waiting';
    this.#abort.abort();
    this.#wake?.();
    await this.#run;
  }

  /** The server has the stream now, somebody says: an attempt is made at once. */
  takeWord(): void {
    this.#hasWord = this.#state === 'connecting';
    this.#wake?.();
  }

  /** To be called several times a second. */
  tick(nowMs: number): void {
    if (this.#state !== 'live' && this.#state !== 'silent') return;
    if (this.#packets !== this.#packetsAtLastLook) {
      this.#packetsAtLastLook = this.#packets;
      this.#lastPacketMs = nowMs;
    } else if (this.#state === 'live' && nowMs - this.#lastPacketMs >= LEG_SILENT_MS) {
      this.#lastLiveMs = this.#lastPacketMs;
      this.#change('silent', `no media for ${LEG_SILENT_MS / 1_000} s`);
    }
  }

  async #keepOpen(): Promise<void> {
    while (!this.#isClosed()) {
      this.#hasWord = false;
      const error = await this.#playOnce();
      if (this.#isClosed()) return;
      if (this.#state === 'live') this.#lastLiveMs = this.#options.nowMs();
      this.#tracks = [];
      this.#failures++;
      this.#change('waiting', error);
      if (!this.#hasWord) await this.#wait();
    }
  }

  /** One session from its opening to its end; resolves with why it ended. */
  async #playOnce(): Promise<string> {
    this.#state = 'connecting';
    const { leg, lookup, counters } = this.#options;
    counters.legAttempts++;
    const session = new PlaySession({
      url: leg.url,
      credential: leg.credential,
      lookup,
      readTimeoutMs: SESSION_SILENT_MS,
      events: { onRtp: (track, packets) => this.#onRtp(track, packets), onRtcp: ignore },
    });
    try {
      this.#tracks = await session.start(this.#abort.signal);
      this.#lastPacketMs = this.#options.nowMs();
      this.#packetsAtLastLook = this.#packets;
      this.#state = 'silent';
      const close = () => void session.close();
      this.#abort.signal.addEventListener('abort', close);
      if (this.#abort.signal.aborted) close();
      const error = await session.closed;
      this.#abort.signal.removeEventListener('abort', close);
      return error?.message ?? 'closed';
    } catch (error) {
      // Also what should not happen is this leg's matter alone: it is tried again, the others go on.
      return error instanceof Error ? error.message : String(error);
    }
  }

  #onRtp(track: number, packets: FrameRow): void {
    const { counters, events } = this.#options;
    this.#packets += packets.count;
    counters.legPackets += packets.count;
    counters.legBytes += packetBytesOf(packets);
    if (this.#state !== 'live') {
      // Packets may come a moment before the tracks of the session are known.
      if (this.#state !== 'silent') return;
      this.#lastPacketMs = this.#options.nowMs();
      this.#failures = 0;
      this.#change('live', undefined);
    }
    events.onRtp(track, packets);
  }

  #change(state: State, error: string | undefined): void {
    const isNew = (this.#state === 'live') !== (state === 'live') || this.#error !== error;
    this.#state = state;
    this.#error = error;
    if (isNew) this.#options.events.onChange();
  }

  #wait(): Promise<void> {
    const delayMs = legRetryDelayMs({
      failures: this.#failures,
      lastLiveMs: this.#lastLiveMs,
      nowMs: this.#options.nowMs(),
    });
    return new Promise((resolve) => {
      const timer = setTimeout(done, delayMs);
      this.#wake = done;
      function done(): void {
        clearTimeout(timer);
        resolve();
      }
    });
  }

  #isClosed(): boolean {
    return this.#abort.signal.aborted;
  }
}

/** Sender reports: the tracks are tied by arrival, and MediaMTX writes reports of its own. */
function ignore(): void {}
