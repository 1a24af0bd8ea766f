import type { TrackClock } from '../rtp/sender-report.ts';
import { ticksBetween, toTimestamp } from '../rtp/sequence.ts';
import type { AccessUnit } from './access-unit.ts';
import { UnitHistory } from './unit-history.ts';

/** A leg that stands by keeps at most this much video; past it, since its last key frame alone, or nothing until the next. */
const MAX_KEPT_BYTES = 16 * 1024 * 1024;
/** Audio units that such a leg keeps: some 3 s. */
const MAX_KEPT_AUDIO = 256;
/** A leg that brings no key frame for so long is begun without one: some cameras refresh their picture bit by bit. */
const KEY_FRAME_PATIENCE_MS = 20_000;

/** Of what a leg's delay differs from the one known, a unit teaches so much; units within less time teach less. */
const DELAY_SHARE = 1 / 16;
const DELAY_MS = 640;

/** How long a leg that lost a unit is taken to lose others. */
const DISTRUST_MS = 60_000;

/** A unit that a leg brought and may keep, with its position in the leg's history. */
export interface KeptUnit {
  readonly unit: AccessUnit;
  readonly position: number;
  readonly arrivedMs: number;
}

/** How a leg's clock stands to the output's: `output ticks = leg ticks + offset`. */
export interface Tie {
  offset: number;
  /** Set by a match of units, or by being the leg that the output began with; else reckoned from the video's. */
  exact: boolean;
}

/** Which ticks of a track's clock stand for which moment of one that all tracks of the leg share. */
export interface Anchor {
  readonly ticks: number;
  readonly atMs: number;
}

/** One track as one leg brings it. */
export class LegTrack {
  history = new UnitHistory();
  tie: Tie | undefined;
  /**
   * Where this leg stands in what went out and what waits to: behind the unit that it brought last, as a position in
   * the output's history that may lie past its end. 0: not known yet.
   */
  hint = 0;
  /** Whether units between the last at `hint` and the next were not kept, while the leg stood by. */
  isAfterHole = false;
  /** How long after the first copy this leg's come, ms: the worst of late, slowly forgotten. */
  lagMs = 0;
  /** From the output's clock to the arrival here, ms: tells where a leg that comes back stands. */
  delayMs: number | undefined;
  /** Where its last unit stands on the output's clock, while it is tied. */
  placedTicks: number | undefined;
  /** Units in a row that no other leg brought, though others are past them. */
  strangers = 0;
  lastAtMs = Number.NEGATIVE_INFINITY;
  /** The first unit and when it came: ties the track's clock to those of the leg's other tracks. */
  anchor: Anchor | undefined;
  /** When its last key frame came, and when the one before, ms. */
  keyAtMs: number | undefined;
  keyBeforeAtMs: number | undefined;
  #learntAtMs = Number.NEGATIVE_INFINITY;
  /** Until when its units are taken to miss some before them, ms. */
  #distrustedUntilMs = Number.NEGATIVE_INFINITY;
  readonly #isVideo: boolean;
  #kept: KeptUnit[] = [];
  #keptBytes = 0;
  /** The last key frame among what is kept of video. */
  #keptKey: KeptUnit | undefined;

  /** `delayMs`: of the same leg when it was open before. */
  constructor(isVideo: boolean, delayMs?: number) {
    this.#isVideo = isVideo;
    this.delayMs = delayMs;
  }

  get keptBytes(): number {
    return this.#keptBytes;
  }

  get hasKept(): boolean {
    return this.#kept.length > 0;
  }

  /** Whether it keeps video from before its last key frame. */
  get keepsMoreThanGop(): boolean {
    return this.#keptKey !== undefined && this.#keptKey !== this.#kept[0];
  }

  /** Notes that a unit came, whatever becomes of it; gives it with its position. */
  note(unit: AccessUnit, nowMs: number): KeptUnit {
    this.anchor ??= { ticks: unit.ticks, atMs: nowMs };
    this.history.add(unit.identity, unit.ticks, nowMs, unit.isAfterLoss);
    this.lastAtMs = nowMs;
    const position = this.history.end - 1;
    const isNextSlice = this.history.stepTo(position) === 0;
    if (unit.key && !isNextSlice) [this.keyBeforeAtMs, this.keyAtMs] = [this.keyAtMs, nowMs];
    return { unit, position, arrivedMs: nowMs };
  }

  /**
   * Keeps a unit while the leg stands by, or its audio is not tied: video from a key frame on (`forgetBefore` says which),
   * audio for some seconds.
   */
  keep(arrival: KeptUnit): void {
    const { unit } = arrival;
    if (!(this.#isVideo ? this.#makeRoomForPicture(unit) : this.#makeRoomForSound(unit))) return;
    unit.packets.hold();
    this.#kept.push(arrival);
    this.#keptBytes += unit.bytes;
    if (this.#isVideo && unit.key) this.#keptKey = arrival;
  }

  /** Of video keeps no more than what came since the newest key frame that came at `atMs` or before. */
  forgetBefore(atMs: number): void {
    if (!this.keepsMoreThanGop) return;
    let first = this.#kept.findLastIndex(({ unit, arrivedMs }) => unit.key && arrivedMs <= atMs);
    // Slices that are each marked as a picture are each a key frame too.
    while (first > 0 && this.#kept[first - 1]?.unit.ticks === this.#kept[first]?.unit.ticks) first -= 1;
    for (const { unit } of this.#kept.splice(0, Math.max(0, first))) this.#recycle(unit);
  }

  /** Gives what was kept after this position, and keeps nothing longer. */
  takeKept(after = Number.NEGATIVE_INFINITY): KeptUnit[] {
    const taken = this.#kept.filter(({ position }) => position > after);
    this.#kept = this.#kept.filter(({ position }) => position <= after);
    this.forgetKept();
    return taken;
  }

  /** No one else knows them: their memory is given back. */
  forgetKept(): void {
    for (const { unit } of this.#kept) unit.packets.recycle();
    this.#kept = [];
    this.#keptBytes = 0;
    this.#keptKey = undefined;
  }

  /** False where it is not to be kept. */
  #makeRoomForPicture(unit: AccessUnit): boolean {
    if (!unit.key && !this.hasKept && !this.#isOutOfPatience()) return false;
    const isFull = () => this.#keptBytes + unit.bytes > MAX_KEPT_BYTES;
    if (isFull()) this.forgetBefore(Number.POSITIVE_INFINITY);
    if (!isFull()) return true;
    this.forgetKept();
    return unit.key;
  }

  #makeRoomForSound(unit: AccessUnit): boolean {
    const isFull = () => this.#kept.length >= MAX_KEPT_AUDIO || this.#keptBytes + unit.bytes > MAX_KEPT_BYTES;
    while (isFull()) {
      const oldest = this.#kept.shift();
      if (oldest === undefined) break;
      this.#recycle(oldest.unit);
    }
    return true;
  }

  #recycle(unit: AccessUnit): void {
    unit.packets.recycle();
    this.#keptBytes -= unit.bytes;
  }

  /** Whether it was open before, and opened again later than `sinceMs`. */
  isBackSince(sinceMs: number): boolean {
    return this.delayMs !== undefined && this.anchor !== undefined && this.anchor.atMs > sinceMs;
  }

  /** The anchor that the sender gives; undefined before the first unit. */
  anchorAt({ timestamp, atMs }: TrackClock): Anchor | undefined {
    if (this.history.end === 0) return undefined;
    const ticks = this.history.ticksAt(this.history.end - 1);
    return { ticks: ticks + ticksBetween(toTimestamp(ticks), timestamp), atMs };
  }

  /** Slowly, since single units come late, and little by those that a stall held back: they all come at once. */
  learnDelay(delayMs: number, arrivedMs: number): void {
    const share = Math.min(DELAY_SHARE, (arrivedMs - this.#learntAtMs) / DELAY_MS);
    this.#learntAtMs = arrivedMs;
    this.delayMs = this.delayMs === undefined ? delayMs : this.delayMs + (delayMs - this.delayMs) * share;
  }

  /** How much later than of `other` its units usually come, ms; 0 while that is not known. */
  behindMs(other: LegTrack): number {
    return this.delayMs === undefined || other.delayMs === undefined ? 0 : this.delayMs - other.delayMs;
  }

  /** It lacked a unit that another leg brought: what it brings first waits until the others have come as far. */
  distrust(nowMs: number): void {
    this.#distrustedUntilMs = nowMs + DISTRUST_MS;
  }

  isDistrusted(nowMs: number): boolean {
    return nowMs < this.#distrustedUntilMs;
  }

  /** What it brings is another encoding from now on: what came before tells nothing of it. Its clock goes on. */
  forget(): void {
    this.history = new UnitHistory();
    this.forgetKept();
  }

  /** Its clock is another too, and where its tracks stand to one another. */
  beginAnew(): void {
    this.anchor = undefined;
    this.forget();
  }

  untie(): void {
    this.tie = undefined;
    this.hint = 0;
    this.placedTicks = undefined;
    this.isAfterHole = false;
    this.strangers = 0;
  }

  #isOutOfPatience(): boolean {
    if (this.anchor === undefined) return false;
    return this.lastAtMs - (this.keyAtMs ?? this.anchor.atMs) >= KEY_FRAME_PATIENCE_MS;
  }
}
