/** The foreign programs that view by RTSP over TCP. None is started with a login in its argument list. */
import type { ChildProcess } from 'node:child_process';
import type { VideoCodec } from './camera-settings.ts';
import { startChild } from './child.ts';
import { PICTURE_FILTERS } from './ffmpeg-arguments.ts';
import { type Frame, parseFrame } from './frames.ts';
import { RtspLogin } from './rtsp-login.ts';
import type { Viewer } from './rtsp-probe.ts';

/** Whether pictures are hashed as they were coded, or as they are decoded (video alone), and by whom. */
export type ReaderKind = 'FFmpeg' | 'FFmpeg decoding' | 'GStreamer decoding';

export interface FfmpegViewer extends Viewer {
  readonly netns?: string | undefined;
}

export interface ReaderOptions extends FfmpegViewer {
  readonly video: VideoCodec;
  /** `FFmpeg` where left out; GStreamer decodes H.264 alone. */
  readonly kind?: ReaderKind;
}

export interface ReaderProgram {
  readonly process: ChildProcess;
  /** A line of its standard output; undefined where it tells of no frame. */
  parse(line: string): Frame | undefined;
  /** Ends what serves the program, once that has ended. */
  close(): Promise<void>;
}

export function startReaderProgram(options: ReaderOptions): Promise<ReaderProgram> {
  const { kind = 'FFmpeg' } = options;
  switch (kind) {
    case 'FFmpeg':
      return startFfmpeg(options, copyingOutput(options.video));
    case 'FFmpeg decoding':
      return startFfmpeg(options, DECODING_OUTPUT);
    case 'GStreamer decoding':
      return startGstreamer(options);
  }
}

async function startFfmpeg(options: ReaderOptions, output: readonly string[]): Promise<ReaderProgram> {
  const child = startFfmpegViewer(options, [...output, ...HASHES]);
  return { process: child, parse: parseFrame, close: () => Promise.resolve() };
}

/** @param output what is made of the stream, to `pipe:1` */
export function startFfmpegViewer(viewer: FfmpegViewer, output: readonly string[]): ChildProcess {
  const child = startChild('ffmpeg', [...FFMPEG_INPUT, ...output], {
    netns: viewer.netns,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin?.on('error', () => undefined); // whoever started the program learns of its end
  child.stdin?.end(playlist(viewer));
  return child;
}

/** Its RTSP source takes a login as an argument alone: it reads through a port of this process that adds it. */
async function startGstreamer(options: ReaderOptions): Promise<ReaderProgram> {
  const login = await RtspLogin.start(
    () => options,
    () => undefined,
  );
  const location = `rtsp://127.0.0.1:${login.port}${new URL(options.url).pathname}`;
  const elements = [
    `rtspsrc location=${location} protocols=tcp latency=200`,
    'rtph264depay',
    'h264parse',
    'avdec_h264 max-threads=1',
    'video/x-raw,format=I420',
    'checksumsink hash=md5',
  ];
  const child = startChild('gst-launch-1.0', ['-q', ...elements.join(' ! ').split(' ')]);
  return { process: child, parse: parseChecksum, close: () => login.close() };
}

/** A line of GStreamer's checksumsink: a time and the hash of the picture. */
function parseChecksum(line: string): Frame | undefined {
  const hash = /^\d+:\d\d:\d\d\.\d+ ([0-9a-f]{32})$/.exec(line)?.[1];
  return hash === undefined ? undefined : { track: 'v', hash };
}

/** The URL with the login comes by standard input, as a concat playlist of one entry: it is in no argument. */
function playlist(viewer: Viewer): string {
  const url = new URL(viewer.url);
  url.username = viewer.user;
  url.password = viewer.password;
  const settings = {
    rtsp_transport: 'tcp',
    analyzeduration: '500000',
    probesize: '500000',
    fflags: 'nobuffer',
  };
  const lines = Object.entries(settings).map(([key, value]) => `option ${key} ${value}`);
  return ['ffconcat version 1.0', `file '${url}'`, ...lines, ''].join('\n');
}

const FFMPEG_INPUT = [
  ...['-hide_banner', '-loglevel', 'error', '-fflags', 'nobuffer', '-analyzeduration', '500k'],
  ...['-threads', '1', '-f', 'concat', '-safe', '0'],
  ...['-protocol_whitelist', 'file,pipe,tcp,udp,rtp,rtsp', '-i', 'pipe:0'],
];

const HASHES = ['-f', 'framemd5', '-flush_packets', '1', 'pipe:1'];

/** No picture is left out or repeated to keep a rate, nor scaled to the size of the first. */
const DECODING_OUTPUT = ['-map', '0:v', '-fps_mode', 'passthrough', '-autoscale', '0'];

function copyingOutput(video: VideoCodec): string[] {
  return ['-map', '0', '-c', 'copy', '-bsf:v', PICTURE_FILTERS[video]];
}
