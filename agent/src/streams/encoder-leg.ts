/**
 * A leg whose stream an encoder of this pod makes: FFmpeg, which plays its source from the agent and publishes to it, so
 * that readers stay when it is started anew. When it runs is decided in ffmpeg/encoder-life.ts; this carries it out.
 */
import type { EncoderState, LegState } from '@cupola/protocol';
import { buildArguments, type Rendition } from '../ffmpeg/command-line.ts';
import { EncoderGauge, FIGURES_MS } from '../ffmpeg/encoder-figures.ts';
import { type EncoderEvent, type EncoderLife, isStalled, stepEncoder } from '../ffmpeg/encoder-life.ts';
import { EncoderProcess, type ProcessEnd } from '../ffmpeg/encoder-process.ts';
import { type FailureCause, findCause } from '../ffmpeg/failure-cause.ts';
import { limitLaunch } from '../ffmpeg/launcher.ts';
import { readCpuMs } from '../ffmpeg/process-cpu.ts';
import type { Progress } from '../ffmpeg/progress-parser.ts';
import type { FrameRow } from '../rtp/frame-row.ts';
import type { TrackClock } from '../rtp/sender-report.ts';
import type { TakenStream } from '../rtsp/serve/guest.ts';
import type { Invitation, LocalServer } from '../rtsp/serve/local-server.ts';
import type { Track } from '../rtsp/wire/track.ts';
import type { StreamCounters } from './counters.ts';
import { EncoderClock } from './encoder-clock.ts';
import type { LegEvents, PathLeg } from './path-leg.ts';
import type { SourceReader } from './source-reader.ts';
import type { SourceTap } from './source-tap.ts';

const PROGRAM = 'ffmpeg';
/** FFmpeg takes longer than this to start: pictures of the meantime would come late, and all at once. */
const START_UP_MS = 300;
const MAX_MESSAGE_LENGTH = 200;

export interface EncoderLegOptions {
  readonly id: string;
  /** Of the source and of the rendition: they stand in FFmpeg's arguments, for who reads a list of processes. */
  readonly input: string;
  readonly output: string;
  readonly encoding: Rendition['encoding'];
  readonly memoryMiB: number;
  readonly tap: SourceTap;
  readonly server: LocalServer;
  readonly counters: StreamCounters;
  readonly nowMs: () => number;
  readonly events: LegEvents;
}

/** One process, with what it reads. */
interface Run {
  readonly process: EncoderProcess;
  readonly reader: SourceReader;
  readonly invitation: Invitation;
  frames: number;
  /** Pictures that it left out, and that were left out before they reached it. */
  droppedFrames: number;
}

export class EncoderLeg implements PathLeg, TakenStream {
  readonly #options: EncoderLegOptions;
  readonly #gauge = new EncoderGauge();
  readonly #clock: EncoderClock;
  readonly #stopListening: () => void;
  #life: EncoderLife = { name: 'idle' };
  #run: Run | undefined;
  #over: Promise<void> = Promise.resolve();
  #isWanted = false;
  #isClosed = false;
  #tracks: readonly Track[] = [];
  #clocks: (TrackClock | undefined)[] = [];
  #isLive = false;
  #restarts = 0;
  #droppedFrames = 0;
  #error: EncoderState['error'];
  #figuresMs = 0;
  #said = '';

  constructor(options: EncoderLegOptions) {
    this.#options = options;
    this.#clock = new EncoderClock(options.nowMs());
    this.#stopListening = options.tap.listen({
      onChange: () => this.#want(),
      onPicture: () => this.#clock.notePicture(),
    });
  }

  get id(): string {
    return this.#options.id;
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  get tracks(): readonly Track[] {
    return this.#tracks;
  }

  /** FFmpeg sends its tracks in the order of their times, and not at these times. */
  clockOf(track: number): TrackClock | undefined {
    return this.#clocks[track];
  }

  describe(): LegState {
    return { id: this.id, state: this.#isLive ? 'live' : 'connecting' };
  }

  describeEncoder(): EncoderState {
    const { speed, tooSlow, framesPerSecond, cores } = this.#gauge.figures;
    const isEncoding = this.#life.name === 'encoding';
    const { problem } = this.#options.tap;
    return {
      state: problem === undefined ? this.#nameState() : 'stalled',
      ...(isEncoding && speed !== undefined && { speed }),
      tooSlow: isEncoding && tooSlow,
      ...(isEncoding && framesPerSecond !== undefined && { framesPerSecond }),
      ...(isEncoding && cores !== undefined && { cores }),
      droppedFrames: coarse(this.#droppedFrames),
      restarts: this.#restarts,
      ...(this.#error && { error: this.#error }),
      ...(problem && { error: { cause: 'SourceUndecodable', message: problem } }),
    };
  }

  /** It runs once it is wanted. */
  start(): void {
    this.#want();
  }

  /** Whether this pod is to encode; that the source is there is seen to here. */
  setWanted(isWanted: boolean): void {
    this.#isWanted = isWanted;
    this.#want();
  }

  /** Resolves when the process is gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopListening();
    this.#want();
    await this.#over;
  }

  tick(nowMs: number): void {
    this.#clock.tick(nowMs, this.#life.name === 'starting' || this.#life.name === 'encoding');
    this.#step({ type: 'tick', nowMs: this.#clock.nowMs });
    if (this.#run !== undefined && nowMs - this.#figuresMs >= FIGURES_MS) {
      this.#figuresMs = nowMs;
      void this.#measure(this.#run);
    }
    this.#say();
  }

  // --- what the process publishes

  begin(tracks: readonly Track[]): void {
    this.#tracks = tracks;
  }

  onRtp(track: number, packets: FrameRow): void {
    if (!this.#isLive) {
      this.#isLive = true;
      this.#options.events.onChange();
    }
    this.#options.events.onRtp(track, packets);
  }

  onClock(track: number, clock: TrackClock): void {
    this.#clocks[track] = clock;
  }

  end(): void {
    this.#tracks = [];
    this.#clocks = [];
    if (!this.#isLive) return;
    this.#isLive = false;
    this.#options.events.onChange();
  }

  // --- the process

  #want(): void {
    const { tap } = this.#options;
    // One that runs needs no key frame to begin with.
    const hasSource = this.#run === undefined ? tap.isReady : tap.isFed(this.#run.reader);
    const isWanted = this.#isWanted && !this.#isClosed && hasSource;
    this.#step({ type: 'wanted', isWanted, nowMs: this.#clock.nowMs });
  }

  #step(event: EncoderEvent): void {
    const { life, command } = stepEncoder(this.#life, event);
    this.#life = life;
    if (command === 'start') this.#start();
    else if (command === 'kill') this.#kill(life);
    this.#say();
  }

  #start(): void {
    const { tap, server, input, output, encoding, memoryMiB } = this.#options;
    const reader = tap.open(encoding.audio.codec !== 'None');
    if (reader === undefined) {
      this.#step({ type: 'ended', cause: 'SourceEnded', nowMs: this.#clock.nowMs });
      return;
    }
    let run: Run | undefined;
    const invitation = server.invite({ served: reader, taken: this, pid: () => run?.process.pid });
    const rendition = {
      inputUrl: invitation.url(input),
      outputUrl: invitation.url(output),
      encoding,
      skipMs: Math.round(reader.ageMs) + START_UP_MS,
    };
    const process = new EncoderProcess({
      launch: limitLaunch(PROGRAM, buildArguments(rendition), { memoryMiB }),
      onProgress: (progress) => this.#noteProgress(progress),
    });
    run = { process, reader, invitation, frames: 0, droppedFrames: 0 };
    this.#run = run;
    this.#gauge.reset();
    this.#figuresMs = this.#options.nowMs();
    this.#over = this.#finish(run);
  }

  /** What is no more wanted may end what it has begun; what hung may not. */
  #kill(life: EncoderLife): void {
    if (life.name === 'killing' && life.next === 'idle') this.#run?.process.end();
    else this.#run?.process.kill();
  }

  async #finish(run: Run): Promise<void> {
    const end = await run.process.ended;
    run.invitation.withdraw();
    this.#options.tap.close(run.reader);
    this.#run = undefined;
    this.end();
    // Another may be wanted, and needs a key frame to begin with, which this one did not.
    if (this.#life.name === 'killing') this.#want();
    const wasHung = this.#life.name === 'killing' && typeof this.#life.next === 'object';
    const cause = findCause({ ...end, wasHung, hasEncoded: run.frames > 0 });
    this.#step({ type: 'ended', cause, nowMs: this.#clock.nowMs });
    if (this.#life.name === 'waiting') this.#noteFailure(this.#life.last.cause, end);
  }

  #noteFailure(cause: FailureCause, end: ProcessEnd): void {
    this.#restarts += 1;
    this.#options.counters.encoderFailures += 1;
    this.#error = { cause, message: findMessage(end) };
    this.#say();
  }

  #noteProgress(progress: Progress): void {
    const run = this.#run;
    if (run === undefined) return;
    run.frames = progress.frames;
    const droppedFrames = progress.droppedFrames + run.reader.droppedPictures;
    this.#droppedFrames += droppedFrames - run.droppedFrames;
    this.#options.counters.encoderDroppedFrames += droppedFrames - run.droppedFrames;
    run.droppedFrames = droppedFrames;
    this.#gauge.noteProgress(progress, this.#options.tap.mediaMs, this.#options.nowMs());
    this.#step({ type: 'progress', frames: progress.frames, nowMs: this.#clock.nowMs });
  }

  async #measure(run: Run): Promise<void> {
    const cpuMs = await readCpuMs(run.process.pid ?? 0);
    if (cpuMs !== undefined && run === this.#run) {
      this.#gauge.noteUse(run.frames, cpuMs, this.#options.nowMs());
    }
  }

  #nameState(): EncoderState['state'] {
    if (isStalled(this.#life)) return 'stalled';
    switch (this.#life.name) {
      case 'waiting':
        return 'failed';
      case 'killing':
        return this.#life.next === 'idle' ? 'idle' : 'starting';
      default:
        return this.#life.name;
    }
  }

  #say(): void {
    if (this.#isClosed) return;
    const text = JSON.stringify(this.describeEncoder());
    if (text === this.#said) return;
    this.#said = text;
    this.#options.events.onChange();
  }
}

/** The last thing that FFmpeg called an error; it names no credential, since it knows none. */
function findMessage({ errors, exitCode, signal }: ProcessEnd): string {
  const line = errors.findLast((each) => /\[(error|fatal|panic)\]/.test(each)) ?? errors.at(-1);
  return (line ?? `it ended with ${signal ?? `exit code ${exitCode}`}`).slice(0, MAX_MESSAGE_LENGTH);
}

/** Two digits: a number that grows says so a few times and not at each step. */
function coarse(count: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(count, 1))) - 1);
  return Math.floor(count / step) * step;
}
