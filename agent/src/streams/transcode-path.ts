/**
 * A path that an encoder of this pod makes of another. On a standby worker it is the first worker's rendition that goes
 * out, played from there, so that who reads here is attached and in step before anything fails; when nothing comes from
 * there any more, while the source does, the encoder is started, and takes over from its first picture on.
 *
 *                 first worker late, source there                 first worker back for 5 s
 *     relaying -----------------------------------> encoding --------------------------------> handing over --carried--+
 *         ^                                                                                                             |
 *         +-------------------------------------------------------------------------------------------------------------+
 */
import type { PathState, Source } from '@cupola/protocol';
import { EncoderLeg } from './encoder-leg.ts';
import type { LegSession } from './leg-session.ts';
import { MergedPath } from './merged-path.ts';
import type { PathLeg } from './path-leg.ts';
import type { SourceTap } from './source-tap.ts';
import type { PathSurroundings } from './surroundings.ts';

export type TranscodeSource = Extract<Source, { from: 'transcode' }>;

/** Nothing from the first worker for so long, or for three of its frame intervals: a standby's encoder is started. */
const STANDBY_LATENESS_MS = 400;
/** What a first worker has to bring something, when the plan is new. */
const FIRST_START_MS = 3_000;
/** A first worker that is back is believed in after so long. */
const BACK_MS = 5_000;
/** Longer than between two pictures of any rendition: what pauses for so long has not come back. */
const PAUSE_MS = 1_500;
/** The longest time between key frames that a profile may ask for. */
const MAX_GOP_MS = 10_000;
/** A leg that replaces another carries within this, or cannot: its tracks are others. */
const HAND_OVER_MS = 2_000;

export class TranscodePath {
  readonly #path: string;
  readonly #surroundings: PathSurroundings;
  readonly #merged: MergedPath;
  #source: TranscodeSource;
  #tap: SourceTap;
  #encoder: EncoderLeg;
  #encoders = 1;
  /** The same rendition at the worker for which this one stands by. */
  #first: LegSession | undefined;
  /** Since when it brings something without a pause, while this worker stands in. */
  #backMs: number | undefined;
  /** When it brought something last; before, when it was opened. */
  #firstHeardMs: number;
  #hasFirstCarried = false;
  /** Whether the encoder is to run though this worker stands by. */
  #isStandingIn = false;
  #stopListening: () => void;
  /** Replaced by the encoder, and closed when that carries. */
  #retiring: PathLeg[] = [];
  /** Since when the encoder that replaces them brings something. */
  #replacedMs: number | undefined;

  constructor(
    path: string,
    source: TranscodeSource,
    tap: SourceTap,
    surroundings: PathSurroundings,
    onChange: () => void,
  ) {
    this.#path = path;
    this.#source = source;
    this.#tap = tap;
    this.#surroundings = surroundings;
    this.#firstHeardMs = surroundings.nowMs();
    this.#merged = new MergedPath({ path, surroundings, isPublished: true, onChange });
    this.#encoder = this.#makeEncoder();
    this.#stopListening = this.#listen();
  }

  /** As of MergedPath. */
  get isHolding(): boolean {
    return this.#merged.isHolding;
  }

  start(): void {
    this.#openFirst();
    this.#setOrder();
    this.#merged.open(this.#encoder);
    this.#decide();
  }

  /** What replaces something is up before that goes. */
  alter(source: TranscodeSource, tap: SourceTap): void {
    const was = this.#source;
    const isOther =
      this.#tap !== tap ||
      was.memoryMiB !== source.memoryMiB ||
      JSON.stringify(was.encoding) !== JSON.stringify(source.encoding);
    const hasOtherFirst = JSON.stringify(was.standbyFor) !== JSON.stringify(source.standbyFor);
    this.#source = source;
    if (isOther) this.#replaceEncoder(tap);
    if (hasOtherFirst) this.#replaceFirst();
    this.#setOrder();
    this.#merged.legsChanged();
    this.#decide();
  }

  /** The first worker has the rendition now. */
  takeWord(leg: string): void {
    if (this.#first?.id === leg) this.#first.takeWord();
  }

  tick(nowMs: number): void {
    this.#merged.tick(nowMs);
    this.#hasFirstCarried ||= this.#merged.carrying.includes(this.#first?.id ?? '');
    if (this.#isStandingIn) this.#seekReturn(nowMs);
    if (this.#retiring.length > 0) this.#seekRetirement(nowMs);
    this.#decide();
  }

  describe(): PathState {
    return {
      ...this.#merged.describe(),
      ...(this.#first && { legs: [this.#first.describe()] }),
      encoder: this.#encoder.describeEncoder(),
    };
  }

  /** FFmpeg ends what it has begun, and is gone when this resolves. */
  close(): Promise<void> {
    this.#stopListening();
    return this.#merged.close();
  }

  // --- standing by

  #decide(): void {
    this.#encoder.setWanted(this.#source.standbyFor === undefined || this.#isStandingIn);
  }

  /** A picture of the source came: the first worker must have brought one too. */
  #watchFirst(): void {
    if (this.#source.standbyFor === undefined || this.#isStandingIn || !this.#isFirstLate()) return;
    this.#isStandingIn = true;
    this.#backMs = undefined;
    this.#decide();
  }

  #isFirstLate(): boolean {
    const quietMs = this.#surroundings.nowMs() - this.#firstHeardMs;
    if (!this.#hasFirstCarried) return quietMs >= FIRST_START_MS;
    // A connection that has ended needs no patience.
    if (this.#first?.isLive === false) return true;
    return quietMs >= STANDBY_LATENESS_MS && this.#merged.isLate(STANDBY_LATENESS_MS);
  }

  #seekReturn(nowMs: number): void {
    const first = this.#first;
    if (first === undefined) return;
    if (!first.isLive || nowMs - this.#firstHeardMs >= PAUSE_MS) this.#backMs = undefined;
    else this.#backMs ??= nowMs;
    const backForMs = this.#backMs === undefined ? 0 : nowMs - this.#backMs;
    if (backForMs < BACK_MS) return;
    const { carrying } = this.#merged;
    const isCarried = carrying.includes(first.id) || !carrying.includes(this.#encoder.id);
    // One whose tracks are others is never carried beside ours.
    if (isCarried || backForMs >= BACK_MS + MAX_GOP_MS) this.#isStandingIn = false;
    else this.#merged.goOnWith(first.id);
  }

  // --- legs

  #setOrder(): void {
    const legs = [...this.#retiring, this.#first, this.#encoder];
    this.#merged.setOrder(legs.flatMap((leg) => leg?.id ?? []));
  }

  #makeEncoder(): EncoderLeg {
    const id = `encoder-${this.#encoders++}`;
    const { encoding, memoryMiB, input } = this.#source;
    const { encoders, counters, nowMs } = this.#surroundings;
    const encoder: EncoderLeg = new EncoderLeg({
      id,
      input,
      output: this.#path,
      encoding,
      memoryMiB,
      tap: this.#tap,
      server: encoders,
      counters,
      nowMs,
      events: {
        onChange: () => this.#encoderChanged(encoder),
        onRtp: (track, packets) => this.#merged.input(id, track, packets),
      },
    });
    return encoder;
  }

  #encoderChanged(encoder: EncoderLeg): void {
    this.#merged.legsChanged();
    if (encoder !== this.#encoder || this.#retiring.length === 0) return;
    if (!encoder.isLive) this.#replacedMs = undefined;
    else if (this.#replacedMs === undefined) {
      this.#replacedMs = this.#surroundings.nowMs();
      this.#merged.goOnWith(encoder.id);
    }
  }

  #openFirst(): void {
    const leg = this.#source.standbyFor;
    this.#firstHeardMs = this.#surroundings.nowMs();
    this.#hasFirstCarried = false;
    if (leg === undefined) return;
    this.#first = this.#merged.makeSession(leg, () => {
      this.#firstHeardMs = this.#surroundings.nowMs();
    });
    this.#merged.open(this.#first);
  }

  #listen(): () => void {
    return this.#tap.listen({ onChange: () => undefined, onPicture: () => this.#watchFirst() });
  }

  // --- replacing

  #replaceEncoder(tap: SourceTap): void {
    this.#stopListening();
    this.#tap = tap;
    this.#stopListening = this.#listen();
    this.#retire(this.#encoder);
    this.#encoder = this.#makeEncoder();
    this.#merged.open(this.#encoder);
  }

  #replaceFirst(): void {
    const before = this.#first;
    const isStandby = this.#source.standbyFor !== undefined;
    this.#first = undefined;
    // A standby that becomes the first goes on with what it relays until its encoder is there.
    if (before !== undefined && !isStandby) this.#retire(before);
    else if (before !== undefined) void this.#merged.drop(before.id);
    // Whoever was the first hands over when the new one is there.
    this.#isStandingIn = isStandby && (before === undefined || this.#isStandingIn);
    this.#backMs = undefined;
    this.#openFirst();
  }

  #retire(leg: PathLeg): void {
    if (!leg.isLive) {
      void this.#merged.drop(leg.id);
      return;
    }
    this.#retiring.push(leg);
    this.#replacedMs = undefined;
  }

  #seekRetirement(nowMs: number): void {
    const isCarried = this.#merged.carrying.includes(this.#encoder.id);
    const isOver = this.#replacedMs !== undefined && nowMs - this.#replacedMs >= HAND_OVER_MS;
    const isGone = !this.#retiring.some((leg) => leg.isLive);
    if (!isCarried && !isOver && !isGone) return;
    for (const leg of this.#retiring.splice(0)) void this.#merged.drop(leg.id);
    this.#setOrder();
    this.#merged.legsChanged();
  }
}
