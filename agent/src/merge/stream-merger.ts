/**
 * Makes one stream of several legs.
 *
 *     leg opens --> stands by --(first key frame, nothing goes out)-----------> carries
 *                       |------(its units match what goes out: same encoder)--> carries
 *                       |------(all that carry are late or gone)--------------> carries, from a key frame that went out
 *     carries --(closes; another encoder's pictures begin; its clock jumps)---> closed, stands by
 *
 * Legs that carry bring copies of the same units: the first copy of each goes out, the others are dropped. So the death
 * of one of them needs no detection and costs nothing: `merge`. Legs of another encoding never match and stand by, each
 * with its units since its last key frame, and since the one before until the pictures up to it have gone out: `switch`.
 * Nothing is configured; what a leg brings decides.
 * Time is an argument. Nothing here waits: `tick` must be called when the time that it returned has come.
 */
import type { AccessUnit } from './access-unit.ts';
import { HandOver, PAIR_MS } from './hand-over.ts';
import { type KeptUnit, LegTrack } from './leg-track.ts';
import type { MergerCounters } from './merger-counters.ts';
import { reckonTie } from './reckon-tie.ts';
import { measureSpan, spreadAfter } from './spread-after.ts';
import { type ClockReader, carries, demote, type StreamLeg } from './stream-leg.ts';
import { TrackMerger } from './track-merger.ts';
import { WINDOW_MS } from './track-ties.ts';

/** A leg whose clock leaves what is expected by more than this has begun anew. */
const JUMP_MS = 4_000;
/** Audio comes in bursts (MPEG-TS gathers it); after so long it is taken to be away, while the video still comes. */
const SILENCE_MS = 1_000;

export interface MergerTrack {
  readonly clockRate: number;
  readonly isVideo: boolean;
}

export interface StreamMergerOptions {
  readonly tracks: readonly MergerTrack[];
  /** A leg that carries is late after this, or after three frame intervals where that is longer, ms. */
  readonly latenessMs: number;
  readonly counters: MergerCounters;
  /** Sends a unit. `ticks`: its timestamp, from 0 at the first key frame, never wrapped. */
  readonly send: (track: number, unit: AccessUnit, ticks: number) => void;
  /** Before the first unit of a leg whose encoding may be another than that before; `isFirst`: nothing was before. */
  readonly onSwitch: (leg: number, isFirst: boolean) => void;
}

export class StreamMerger {
  readonly #options: StreamMergerOptions;
  /** By number, in order of preference. */
  readonly #legs: (StreamLeg | undefined)[] = [];
  /** By the numbers of legs that closed and of tracks; void where the output's clock has gone on otherwise since. */
  #delaysMs: (readonly (number | undefined)[] | undefined)[] = [];
  /** The numbers of legs that were seen to be copies of one another, as far as what went out reaches back. */
  readonly #alike = new Set<number>();
  readonly #tracks: readonly TrackMerger[];
  /** The track that decides for the others: the first video, or the first of all. */
  readonly #leadIndex: number;
  readonly #lead: TrackMerger;
  #isStarted = false;
  #isTakingOver = false;
  #handOver: HandOver | undefined;

  constructor(options: StreamMergerOptions) {
    this.#options = options;
    this.#tracks = options.tracks.map((track, index) => this.#makeTrack(track, index));
    const firstVideo = options.tracks.findIndex((track) => track.isVideo);
    this.#leadIndex = Math.max(0, firstVideo);
    const lead = this.#tracks[this.#leadIndex];
    if (lead === undefined) throw new TypeError('a stream of no track');
    this.#lead = lead;
  }

  /** The legs whose units go out, by number: several are copies of one another. */
  get carrying(): number[] {
    return this.#legs.flatMap((leg, number) => (leg?.carries ? [number] : []));
  }

  /** What waits, and what the legs that stand by keep, bytes. */
  get heldBytes(): number {
    let bytes = 0;
    for (const track of this.#tracks) bytes += track.waitingBytes;
    for (const leg of this.#legs) for (const track of leg?.tracks ?? []) bytes += track.keptBytes;
    return bytes;
  }

  /** Before this, the legs that are open only stand by. */
  start(nowMs: number): void {
    this.#isStarted = true;
    this.#settle(nowMs);
  }

  /** At its next key frame this leg takes over, though those that carry are not late. */
  goOnWith(leg: number, nowMs: number): void {
    if (this.#handOver?.next === leg) return;
    this.#callOff(nowMs);
    const next = this.#legs[leg];
    if (next?.carries === false) this.#handOver = new HandOver(leg, next);
  }

  /** Whether the legs that carry have brought nothing for so long, or for three frame intervals where that is longer. */
  isLate(nowMs: number, latenessMs: number): boolean {
    const patienceMs = Math.max(latenessMs, 3 * this.#lead.intervalMs);
    return !this.#legs.some((leg) => leg?.carries && nowMs - leg.lead.lastAtMs < patienceMs);
  }

  open(leg: number, clockOf: ClockReader = () => undefined): void {
    const delaysMs = this.#delaysMs[leg];
    const tracks = this.#options.tracks.map((track, at) => new LegTrack(track.isVideo, delaysMs?.[at]));
    const lead = tracks[this.#leadIndex];
    if (lead !== undefined) this.#legs[leg] = { tracks, lead, clockOf, carries: false, sinceMs: undefined };
  }

  close(leg: number, nowMs: number): void {
    this.#delaysMs[leg] = this.#legs[leg]?.tracks.map((track) => track.delayMs);
    for (const track of this.#legs[leg]?.tracks ?? []) track.forgetKept();
    this.#legs[leg] = undefined;
    if (this.#handOver?.next === leg) this.#callOff(nowMs);
    this.#settle(nowMs);
  }

  /** A complete unit of a leg, which is kept or rewritten from here on. */
  unit(number: number, track: number, unit: AccessUnit, nowMs: number): void {
    const leg = this.#legs[number];
    const legTrack = leg?.tracks[track];
    if (leg === undefined || legTrack === undefined) return;
    leg.sinceMs ??= nowMs;
    if (unit.isAfterSwitch) this.#estrange(leg);
    else if (this.#hasJumped(legTrack, track, unit, nowMs)) {
      demote(leg);
      for (const each of leg.tracks) each.beginAnew();
    }
    const arrival = legTrack.note(unit, nowMs);
    if (leg.carries) this.#carry(leg, track, arrival, nowMs);
    else {
      this.#keep(leg, legTrack, arrival);
      if (legTrack === leg.lead) this.#standBy(leg, number, unit, nowMs);
    }
    this.#settle(nowMs, unit.isAfterSwitch ? number : undefined);
  }

  /** A unit of the lead track of a leg that does not carry. */
  #standBy(leg: StreamLeg, number: number, unit: AccessUnit, nowMs: number): void {
    this.#joinIfKnown(leg, unit, nowMs);
    const handOver = this.#handOver;
    if (handOver?.next !== number || leg.carries || !unit.key || !this.#isStarted) return;
    if (handOver.takeKeyOfNext(this.#legs.filter(carries), nowMs)) this.#handOverTo(leg, number, nowMs);
  }

  #keep(leg: StreamLeg, legTrack: LegTrack, arrival: KeptUnit): void {
    legTrack.keep(arrival);
    if (!legTrack.keepsMoreThanGop) return;
    legTrack.forgetBefore(legTrack === leg.lead ? this.#findShownMs() : Number.POSITIVE_INFINITY);
  }

  /** What any leg brought by then has been shown, whichever of them did. */
  #findShownMs(): number {
    const { output } = this.#lead;
    return output.started ? output.reachedMs - PAIR_MS : Number.POSITIVE_INFINITY;
  }

  /** Does what is due. Returns when to call again, ms of the same clock; `Infinity` where only units change anything. */
  tick(nowMs: number): number {
    this.#settle(nowMs);
    return this.findDueMs(nowMs);
  }

  /** When to call `tick` next, as it returns it; what is due now has been done by whatever was called last. */
  findDueMs(nowMs: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const track of this.#tracks) next = Math.min(next, track.dueMs);
    next = Math.min(next, this.#handOver?.dueMs ?? next);
    if (!this.#legs.some((leg) => leg?.carries === false && leg.lead.hasKept)) return next;
    let lastAtMs = Number.NEGATIVE_INFINITY;
    for (const leg of this.#legs) if (leg?.carries) lastAtMs = Math.max(lastAtMs, leg.lead.lastAtMs);
    const lateMs = lastAtMs + this.#latenessMs();
    return lateMs > nowMs ? Math.min(next, lateMs) : next;
  }

  #makeTrack(track: MergerTrack, index: number): TrackMerger {
    return new TrackMerger({
      ...track,
      counters: this.#options.counters,
      carriers: () => this.#legs.flatMap((leg) => (leg?.carries ? (leg.tracks[index] ?? []) : [])),
      send: (unit, ticks, nowMs) => {
        this.#options.send(index, unit, ticks);
        if (index !== this.#leadIndex) this.#tieThoseAhead(index, unit, nowMs);
        else if (!this.#isTakingOver) this.#joinThoseAhead(unit, nowMs);
      },
    });
  }

  #latenessMs(): number {
    return Math.max(this.#options.latenessMs, 3 * this.#lead.intervalMs);
  }

  /** `beginning`: a leg that has brought the first of its pictures alone; another that is there goes on more smoothly. */
  #settle(nowMs: number, beginning?: number): void {
    this.#settleHandOver(nowMs);
    for (const track of this.#tracks) track.release(nowMs);
    if (!this.#isStarted) return;
    if (!this.isLate(nowMs, this.#options.latenessMs)) return;
    const latenessMs = this.#latenessMs();
    const isCarried = this.#legs.some((leg) => leg?.carries);
    const mayGoOn = (leg: StreamLeg | undefined, number: number) =>
      leg?.carries === false &&
      leg.lead.hasKept &&
      nowMs - leg.lead.lastAtMs < latenessMs &&
      !(isCarried && this.#isJustBack(leg, number, nowMs));
    const other = this.#legs.findIndex((leg, number) => number !== beginning && mayGoOn(leg, number));
    const number = other < 0 && beginning !== undefined ? beginning : other;
    const leg = this.#legs[number];
    if (leg === undefined || !mayGoOn(leg, number)) return;
    leg.lead.forgetBefore(this.#findShownMs());
    this.#takeOver(leg, number, nowMs);
  }

  /**
   * Whether a copy of what carries has just come back. It may be ahead of the leg that is late and still has the units
   * in between: that one ends, or brings them, and is not left for it before they can have come.
   */
  #isJustBack({ sinceMs }: StreamLeg, number: number, nowMs: number): boolean {
    return this.#alike.has(number) && sinceMs !== undefined && nowMs - sinceMs < WINDOW_MS;
  }

  // --- joining legs that carry already

  /** A unit came of a leg that stands by, level with what went out or behind it. */
  #joinIfKnown(leg: StreamLeg, unit: AccessUnit, nowMs: number): void {
    const position = this.#lead.ties.findInOutput(leg.lead, unit);
    if (position === undefined) return;
    const { history } = this.#lead.output;
    const ticks = history.ticksAt(position);
    leg.lead.tie = { offset: ticks - unit.ticks, exact: true };
    leg.lead.hint = position + 1;
    leg.lead.lagMs = Math.max(0, nowMs - history.atMsAt(position));
    leg.lead.forgetKept();
    this.#join(leg, [], nowMs);
  }

  /** A unit went out: a leg that stands by may have brought it before, and newer ones since. */
  #joinThoseAhead(unit: AccessUnit, nowMs: number): void {
    for (const leg of this.#legs) {
      if (leg === undefined || leg.carries) continue;
      const position = this.#lead.ties.findNewestIn(leg.lead, unit);
      if (position === undefined) continue;
      const newer = this.#lead.ties.tieAhead(leg.lead, position);
      const { history } = this.#lead.output;
      const aheadMs = Math.max(0, history.atMsAt(history.end - 1) - leg.lead.history.atMsAt(position));
      for (const carrier of this.#legs) {
        if (carrier?.carries) for (const track of carrier.tracks) track.lagMs += aheadMs;
      }
      this.#join(leg, newer, nowMs);
    }
  }

  /** Audio went out: a leg that carries may have brought it before, and not have been tied exactly yet. */
  #tieThoseAhead(track: number, unit: AccessUnit, nowMs: number): void {
    const merger = this.#tracks[track];
    for (const leg of this.#legs) {
      const legTrack = leg?.tracks[track];
      if (merger === undefined || !leg?.carries || legTrack?.tie?.exact !== false) continue;
      const position = merger.ties.findNewestIn(legTrack, unit);
      if (position === undefined) continue;
      for (const each of merger.ties.tieAhead(legTrack, position)) this.#place(leg, track, each, nowMs);
    }
  }

  /** The leg's lead track is tied: it carries from now on, its other tracks with it. */
  #join(leg: StreamLeg, leadUnits: readonly KeptUnit[], nowMs: number): void {
    const number = this.#legs.indexOf(leg);
    // A copy has nothing to be handed over to it.
    if (this.#handOver?.next === number) this.#callOff(nowMs);
    leg.carries = true;
    this.#alike.add(number);
    for (const [track, legTrack] of leg.tracks.entries()) {
      const kept = legTrack === leg.lead ? leadUnits : legTrack.takeKept();
      for (const each of kept) this.#place(leg, track, each, nowMs);
    }
  }

  // --- taking over

  /**
   * The output goes on with this leg alone, with all that it kept. Its newest unit stands where the clock is now;
   * units that lie before what went out are spread over the time since, so that the clock does not drift.
   */
  #takeOver(leg: StreamLeg, number: number, nowMs: number): void {
    if (this.#goesOn(leg, nowMs)) return;
    this.#endHandOver(number, nowMs);
    for (const track of this.#tracks) track.releaseAll(nowMs);
    if (leg.carries) return; // What went out just now showed it to be a copy.
    for (const other of this.#legs) if (other?.carries) demote(other);
    this.#forgetWhenDifferent(number);
    const { output } = this.#lead;
    if (output.started) this.#options.counters.switches += 1;
    this.#options.onSwitch(number, !output.started);
    const kept = leg.lead.takeKept();
    const span = measureSpan(kept);
    const sinceLastTicks = Math.max(output.intervalTicks, this.#lead.toTicks(nowMs - output.lastAtMs));
    const newestTicks = output.started ? output.maxTicks + sinceLastTicks : span.last - span.first;
    const offset = newestTicks - span.last;
    leg.lead.tie = { offset, exact: true };
    leg.carries = true;
    const place = spreadAfter(output.started ? output.maxTicks : undefined, {
      ...span,
      offset,
      count: kept.length,
    });
    // A leg that has more of the same joins behind all of it, or what follows would go out twice.
    this.#isTakingOver = true;
    for (const { unit } of kept) {
      this.#lead.sendAt({ unit, ticks: place(unit.ticks), arrivedMs: nowMs, isAfterLoss: true }, nowMs);
    }
    this.#isTakingOver = false;
    leg.lead.hint = output.history.end;
    const newest = kept.at(-1);
    if (newest !== undefined) this.#joinThoseAhead(newest.unit, nowMs);
    for (const [track, legTrack] of leg.tracks.entries()) {
      if (legTrack !== leg.lead) this.#goOnWithTrack(leg, legTrack, track, nowMs);
    }
  }

  /** The sound of a leg that took over, from where that of those before ended. */
  #goOnWithTrack(leg: StreamLeg, legTrack: LegTrack, track: number, nowMs: number): void {
    this.#reckonTie(leg, track);
    const { tie } = legTrack;
    if (tie !== undefined) tie.exact = true;
    const heardTicks = this.#tracks[track]?.output.maxTicks ?? Number.NEGATIVE_INFINITY;
    for (const each of legTrack.takeKept()) {
      if (tie !== undefined && each.unit.ticks + tie.offset <= heardTicks) each.unit.packets.recycle();
      else this.#place(leg, track, each, nowMs);
    }
  }

  /** What went out before tells nothing of a leg that never brought the same; and the clock goes on otherwise for all. */
  #forgetWhenDifferent(number: number): void {
    for (const leg of this.#legs) for (const track of leg?.tracks ?? []) track.delayMs = undefined;
    this.#delaysMs = [];
    if (!this.#alike.has(number)) {
      this.#alike.clear();
      for (const track of this.#tracks) track.output.beginAnew();
    }
    this.#alike.add(number);
  }

  /** A leg that was seen to bring a unit that went out or waits is no other encoding: nothing is sent a second time. */
  #goesOn(leg: StreamLeg, nowMs: number): boolean {
    if (!this.#lead.ties.tieWeakly(leg.lead)) return false;
    this.#join(leg, leg.lead.takeKept(), nowMs);
    return true;
  }

  // --- handing over

  #settleHandOver(nowMs: number): void {
    const handOver = this.#handOver;
    if (handOver === undefined || nowMs < handOver.dueMs) return;
    const leg = this.#legs[handOver.next];
    if (handOver.isNextReady && leg !== undefined) this.#handOverTo(leg, handOver.next, nowMs);
    else for (const { leg, arrival } of handOver.beginAnew()) this.#placeHeld(leg, arrival, nowMs);
  }

  /** From its last key frame on: what those that carry brought before that is shown. */
  #handOverTo(leg: StreamLeg, number: number, nowMs: number): void {
    leg.lead.forgetBefore(Number.POSITIVE_INFINITY);
    this.#takeOver(leg, number, nowMs);
  }

  /** What was held for a leg that takes over now is not shown twice. */
  #endHandOver(number: number, nowMs: number): void {
    if (this.#handOver?.next === number) {
      for (const { arrival } of this.#handOver.beginAnew()) arrival.unit.packets.recycle();
    }
    this.#callOff(nowMs);
  }

  #callOff(nowMs: number): void {
    const held = this.#handOver?.beginAnew() ?? [];
    this.#handOver = undefined;
    for (const { leg, arrival } of held) this.#placeHeld(leg, arrival, nowMs);
  }

  #placeHeld(leg: StreamLeg, arrival: KeptUnit, nowMs: number): void {
    if (leg.carries) this.#place(leg, this.#leadIndex, arrival, nowMs);
    else arrival.unit.packets.recycle();
  }

  // --- carrying

  #carry(leg: StreamLeg, track: number, arrival: KeptUnit, nowMs: number): void {
    const handOver = track === this.#leadIndex ? this.#handOver : undefined;
    const taking = handOver?.takeCarried({ leg, arrival }, nowMs) ?? 'goes-out';
    if (taking === 'goes-out') this.#place(leg, track, arrival, nowMs);
    if (taking !== 'gives-way') return;
    const next = this.#legs[handOver?.next ?? -1];
    arrival.unit.packets.recycle();
    if (handOver !== undefined && next !== undefined) this.#handOverTo(next, handOver.next, nowMs);
  }

  #hasJumped(legTrack: LegTrack, track: number, unit: AccessUnit, nowMs: number): boolean {
    const newest = legTrack.history.end - 1;
    const clockRate = this.#options.tracks[track]?.clockRate;
    if (newest < 0 || clockRate === undefined) return false;
    const stepMs = ((unit.ticks - legTrack.history.ticksAt(newest)) * 1_000) / clockRate;
    return stepMs < -JUMP_MS || stepMs > nowMs - legTrack.lastAtMs + JUMP_MS;
  }

  #place(leg: StreamLeg, track: number, arrival: KeptUnit, nowMs: number): void {
    const legTrack = leg.tracks[track];
    const merger = this.#tracks[track];
    if (legTrack === undefined || merger === undefined) return;
    if (legTrack.tie === undefined) this.#reckonTie(leg, track);
    if (legTrack.tie === undefined) return;
    if (legTrack.tie.exact || merger.ties.tieExactly(legTrack, arrival.unit)) {
      this.#placeTied(leg, legTrack, merger, arrival, nowMs);
      return;
    }
    this.#keep(leg, legTrack, arrival);
    if (!this.#maySendUntied(leg, track, nowMs)) return;
    if (!merger.ties.tieWeakly(legTrack)) legTrack.tie.exact = true;
    for (const each of legTrack.takeKept()) this.#placeTied(leg, legTrack, merger, each, nowMs);
  }

  #placeTied(
    leg: StreamLeg,
    legTrack: LegTrack,
    merger: TrackMerger,
    arrival: KeptUnit,
    nowMs: number,
  ): void {
    if (merger.place({ ...arrival, leg: legTrack }, nowMs) !== 'conflict') return;
    if (legTrack === leg.lead) this.#estrange(leg);
    else if (legTrack.tie !== undefined) legTrack.tie.exact = false;
  }

  /** The leg brings another encoding. What it brought before is no sign that it brings ours. */
  #estrange(leg: StreamLeg): void {
    demote(leg);
    this.#alike.delete(this.#legs.indexOf(leg));
    for (const track of leg.tracks) track.forget();
  }

  /** Ties a track by the lead track's tie. */
  #reckonTie(leg: StreamLeg, track: number): void {
    const legTrack = leg.tracks[track];
    const clockRate = this.#tracks[track]?.output.clockRate;
    if (legTrack === undefined || clockRate === undefined) return;
    const lead = {
      track: leg.lead,
      clock: leg.clockOf(this.#leadIndex),
      clockRate: this.#lead.output.clockRate,
    };
    legTrack.tie = reckonTie(lead, { track: legTrack, clock: leg.clockOf(track), clockRate }) ?? legTrack.tie;
  }

  /** Audio that never matches (its server packs it otherwise) goes out while no leg that matches brings any. */
  #maySendUntied(leg: StreamLeg, track: number, nowMs: number): boolean {
    const latenessMs = this.#latenessMs();
    return this.#legs.every((other) => {
      const otherTrack = other?.tracks[track];
      if (other === leg || !other?.carries || otherTrack?.tie?.exact !== true) return true;
      return nowMs - other.lead.lastAtMs >= latenessMs || nowMs - otherTrack.lastAtMs >= SILENCE_MS;
    });
  }
}
