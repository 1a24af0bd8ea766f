import type { ChildProcess } from 'node:child_process';
import type { VideoCodec } from './camera-settings.ts';
import { end, ended, keepErrors, onLine, startChild } from './child.ts';
import { PICTURE_FILTERS } from './ffmpeg-arguments.ts';
import { compareFrames, type FrameComparison, parseFrame, type Track } from './frames.ts';
import { untilOffered, type Viewer } from './rtsp-probe.ts';
import type { SimulatedCamera } from './simulated-camera.ts';
import { Waiting } from './waiting.ts';

export interface ReaderOptions extends Viewer {
  readonly video: VideoCodec;
  readonly netns?: string | undefined;
}

/** An RTSP viewer: FFmpeg, which tells of each frame as it arrives. It never connects again by itself. */
export class Reader {
  readonly received: Readonly<Record<Track, string[]>> = { v: [], a: [] };
  /** The longest time between two pictures so far, ms. */
  longestGapMs = 0;
  /** Why the connection is over, undefined while it is not. */
  endedBy: string | undefined;
  readonly #process: ChildProcess;
  readonly #waiting = new Waiting();
  #lastPictureMs: number | undefined;

  /** Connects when the stream is offered; resolves with the first picture. */
  static async open(options: ReaderOptions, budgetMs: number): Promise<Reader> {
    await untilOffered(options, budgetMs);
    const reader = new Reader(options);
    await reader.pictures(1, budgetMs);
    return reader;
  }

  private constructor(options: ReaderOptions) {
    this.#process = startChild('ffmpeg', readerArguments(options.video), {
      netns: options.netns,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const errors = keepErrors(this.#process);
    this.#process.stdin?.on('error', () => undefined); // the end of the process is told below
    this.#process.stdin?.end(playlist(options));
    onLine(this.#process, (line) => this.#take(line));
    void ended(this.#process).then((how) => {
      this.endedBy = `${how}: ${errors.join(' ').replaceAll(options.password, '***')}`;
      this.#waiting.fail(new Error(`The reader of ${options.url} ended with ${this.endedBy}`));
    });
  }

  /** Resolves when this many more pictures than now have arrived. */
  async pictures(more: number, budgetMs: number): Promise<void> {
    const goal = this.received.v.length + more;
    await this.#waiting.until(`${more} pictures`, () => this.received.v.length >= goal, budgetMs);
  }

  /** Compares what has arrived so far with what the camera sent. */
  async compare(camera: SimulatedCamera): Promise<Record<Track, FrameComparison>> {
    const received = { v: [...this.received.v], a: [...this.received.a] };
    for (const track of ['v', 'a'] as const) {
      const last = received[track].at(-1);
      if (last !== undefined) await camera.told(track, last);
    }
    return {
      v: compareFrames(camera.sent.v, received.v),
      a: compareFrames(camera.sent.a, received.a),
    };
  }

  async close(): Promise<void> {
    await end(this.#process);
  }

  #take(line: string): void {
    const frame = parseFrame(line);
    if (frame === undefined) return;
    this.received[frame.track].push(frame.hash);
    if (frame.track === 'v') this.#takeTime(performance.now());
    this.#waiting.arrived();
  }

  #takeTime(nowMs: number): void {
    if (this.#lastPictureMs !== undefined) {
      this.longestGapMs = Math.max(this.longestGapMs, nowMs - this.#lastPictureMs);
    }
    this.#lastPictureMs = nowMs;
  }
}

/** The URL with the login comes by standard input, as a concat playlist of one entry: it is in no argument. */
function playlist(options: ReaderOptions): string {
  const url = new URL(options.url);
  url.username = options.user;
  url.password = options.password;
  const settings = {
    rtsp_transport: 'tcp',
    analyzeduration: '500000',
    probesize: '500000',
    fflags: 'nobuffer',
  };
  const lines = Object.entries(settings).map(([key, value]) => `option ${key} ${value}`);
  return ['ffconcat version 1.0', `file '${url}'`, ...lines, ''].join('\n');
}

function readerArguments(video: VideoCodec): string[] {
  return [
    ...['-hide_banner', '-loglevel', 'error', '-fflags', 'nobuffer', '-analyzeduration', '500k'],
    ...['-f', 'concat', '-safe', '0', '-protocol_whitelist', 'file,pipe,tcp,udp,rtp,rtsp', '-i', 'pipe:0'],
    ...['-map', '0', '-c', 'copy', '-bsf:v', PICTURE_FILTERS[video]],
    ...['-f', 'framemd5', '-flush_packets', '1', 'pipe:1'],
  ];
}
