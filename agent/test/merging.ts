/** Legs played to a merger on a clock of the test's own. */
import type { AccessUnit } from '../src/merge/access-unit.ts';
import { MemoryPool } from '../src/merge/memory-pool.ts';
import { createMergerCounters } from '../src/merge/merger-counters.ts';
import { PacketRun } from '../src/merge/packet-run.ts';
import { StreamMerger } from '../src/merge/stream-merger.ts';

/** 25 frames a second of a 90 kHz clock. */
export const FRAME_TICKS = 3_600;
export const FRAME_MS = 40;

const POOL = new MemoryPool();

/** A unit without packets; `identity` tells it from others, also in what went out. */
export function makeUnit(fields: Partial<AccessUnit> & Pick<AccessUnit, 'identity' | 'ticks'>): AccessUnit {
  return {
    packets: new PacketRun(POOL),
    key: false,
    bytes: 500,
    isAfterLoss: false,
    isAfterSwitch: false,
    ...fields,
  };
}

/** Random numbers that a seed repeats: 0 to `below` - 1. */
export function makeRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export interface SentUnit {
  readonly track: number;
  readonly unit: AccessUnit;
  readonly ticks: number;
  readonly atMs: number;
}

/** What happens at a time; in order of time, and of scheduling where times are equal. */
export class MergerTimeline {
  readonly sent: SentUnit[] = [];
  readonly counters = createMergerCounters();
  readonly merger: StreamMerger;
  readonly #events: { readonly atMs: number; readonly happen: (nowMs: number) => void }[] = [];
  #nowMs = 0;
  /** The next picture that goes out is of another encoder, and marked so. */
  #isSwitch = false;

  constructor(tracks: readonly { readonly clockRate: number; readonly isVideo: boolean }[]) {
    this.merger = new StreamMerger({
      tracks,
      latenessMs: 200,
      counters: this.counters,
      send: (track, unit, ticks) => {
        const isAfterSwitch = unit.isAfterSwitch || (track === 0 && this.#isSwitch);
        if (track === 0) this.#isSwitch = false;
        this.sent.push({ track, unit: { ...unit, isAfterSwitch }, ticks, atMs: this.#nowMs });
      },
      onSwitch: (_leg, isFirst) => {
        this.#isSwitch = !isFirst;
      },
    });
    this.merger.start(0);
  }

  at(atMs: number, happen: (nowMs: number) => void): void {
    this.#events.push({ atMs, happen });
  }

  open(atMs: number, leg: number): void {
    this.at(atMs, () => this.merger.open(leg));
  }

  close(atMs: number, leg: number): void {
    this.at(atMs, (nowMs) => this.merger.close(leg, nowMs));
  }

  unit(atMs: number, leg: number, unit: AccessUnit, track = 0): void {
    this.at(atMs, (nowMs) => this.merger.unit(leg, track, unit, nowMs));
  }

  /** Plays all of it, asking the merger whenever it wants to be asked. */
  play(): void {
    this.#events.sort((one, other) => one.atMs - other.atMs);
    let dueMs = Number.POSITIVE_INFINITY;
    for (const { atMs, happen } of this.#events) {
      while (dueMs < atMs) dueMs = this.#ask(dueMs);
      this.#nowMs = atMs;
      happen(atMs);
      dueMs = this.merger.tick(atMs);
    }
    while (dueMs < Number.POSITIVE_INFINITY) dueMs = this.#ask(dueMs);
  }

  #ask(nowMs: number): number {
    this.#nowMs = nowMs;
    const dueMs = this.merger.tick(nowMs);
    if (dueMs <= nowMs) throw new Error(`asked at ${nowMs}, the merger wants to be asked again at ${dueMs}`);
    return dueMs;
  }
}
