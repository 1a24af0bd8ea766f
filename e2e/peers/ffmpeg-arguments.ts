/**
 * The argument lists of a camera's FFmpeg processes. None carries a credential: RTMP and SRT logins come from a
 * preset file (`-fpre`), which Debian's FFmpeg 5.1 applies to protocol options too; RTSP has no such option and
 * goes through `RtspLogin`.
 */
import { join } from 'node:path';
import type { AudioCodec, CameraSettings, PushTarget, VideoCodec } from './camera-settings.ts';
import { FRAMES_PER_SECOND } from './camera-settings.ts';
import { numberedPictureSource } from './numbered-picture.ts';

const QUIET = ['-hide_banner', '-loglevel', 'error', '-nostdin'];

/** Keeps the pictures' own NAL units and drops parameter sets, delimiters and SEI, which servers may repack. */
export const PICTURE_FILTERS: Record<VideoCodec, string> = {
  H264: 'h264_mp4toannexb,filter_units=pass_types=1-5',
  H265: 'hevc_mp4toannexb,filter_units=pass_types=0-31',
};

const VIDEO_ENCODERS: Record<VideoCodec, (gop: number) => string[]> = {
  H264: (gop) => [
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-profile:v', 'baseline'],
    ...['-threads', '1', '-x264-params', `sliced-threads=0:keyint=${gop}:min-keyint=${gop}:scenecut=0`],
  ],
  H265: (gop) => [
    ...['-c:v', 'libx265', '-preset', 'ultrafast', '-tune', 'zerolatency'],
    '-x265-params',
    `log-level=error:pools=1:frame-threads=1:bframes=0:keyint=${gop}:min-keyint=${gop}:scenecut=0`,
  ],
};

/** Opus and G.711 in 20 ms frames, as cameras packetize them. */
const AUDIO_ENCODERS: Record<AudioCodec, string[]> = {
  AAC: ['-c:a', 'aac', '-ar', '48000', '-b:a', '64k'],
  Opus: ['-c:a', 'libopus', '-ar', '48000', '-b:a', '48k', '-frame_duration', '20'],
  PCMA: ['-c:a', 'pcm_alaw', '-ar', '8000', '-af', 'asetnsamples=n=160'],
};

/** The file, in the camera's folder, that keeps an encoding of numbered pictures. */
export function encodingFile(folder: string, encoder: number): string {
  return join(folder, `encoding-${encoder}.h264`);
}

/**
 * One encoder: a moving picture with the name, the clock and the frame's number, or numbered pictures, to the
 * camera's own RTSP server at `localUrls[0]`; before that, the hash of each frame to standard output in FFmpeg's
 * framemd5 format. A second encoder codes the same pictures in another way, to `localUrls[1]`.
 */
export function encoderArguments(
  settings: CameraSettings,
  localUrls: readonly string[],
  folder: string,
): string[] {
  const picture =
    settings.numbered === undefined ? labelledPicture(settings) : numberedPictureSource(FRAMES_PER_SECOND);
  const sound = 'aevalsrc=0.3*sin(2*PI*t*(300+40*mod(t\\,20))):sample_rate=48000';
  return [
    ...QUIET,
    ...['-re', '-f', 'lavfi', '-i', picture],
    ...(settings.audio === undefined ? [] : ['-re', '-f', 'lavfi', '-i', sound]),
    ...['-map', '0:v', ...VIDEO_ENCODERS[settings.video](settings.gop), '-b:v', '400k'],
    ...(settings.audio === undefined ? [] : ['-map', '1:a', '-ac', '1', ...AUDIO_ENCODERS[settings.audio]]),
    ...tee([
      `[f=framemd5:flush_packets=1:bsfs/v=${PICTURE_FILTERS[settings.video]}]pipe\\:1`,
      ...(settings.numbered === undefined ? [] : [keptEncoding(folder, 0)]),
      published(localUrls[0]),
    ]),
    ...(settings.numbered?.encoders === 2 ? secondEncoder(settings, localUrls[1], folder) : []),
  ];
}

function labelledPicture(settings: CameraSettings): string {
  const text = `${settings.name} %{localtime\\:%T} %{frame_num}`;
  const size = settings.video === 'H264' ? '480x270' : '320x180';
  const label = `drawtext=font=DejaVu Sans Mono:text='${text}':x=8:y=8:fontsize=20:fontcolor=white:box=1:boxcolor=black`;
  return `testsrc2=size=${size}:rate=${FRAMES_PER_SECOND},${label},format=yuv420p`;
}

/** The later `-preset` rules: other tools of the codec, and other parameter sets. */
function secondEncoder(settings: CameraSettings, localUrl: string | undefined, folder: string): string[] {
  const encoder = [...VIDEO_ENCODERS.H264(settings.gop), '-preset', 'veryfast', '-b:v', '700k'];
  return ['-map', '0:v', ...encoder, ...tee([keptEncoding(folder, 1), published(localUrl)])];
}

function tee(outputs: readonly string[]): string[] {
  return ['-flags', '+global_header', '-f', 'tee', outputs.join('|')];
}

function keptEncoding(folder: string, encoder: number): string {
  return `[f=h264:flush_packets=1:bsfs/v=dump_extra=freq=keyframe]${encodingFile(folder, encoder)}`;
}

function published(localUrl: string | undefined): string {
  return `[f=rtsp:rtsp_transport=tcp:pkt_size=1200]${localUrl}`;
}

/** How a copying pusher is started: what it is told openly, and what it reads from the preset file. */
export interface PusherCommand {
  readonly arguments: string[];
  readonly preset: string;
}

/** Pushes the stream at `localUrl` to the target; `rtspLogin` is the port of the RtspLogin for an RTSP target. */
export function pusherCommand(
  target: PushTarget,
  localUrl: string,
  presetFile: string,
  rtspLogin: number,
): PusherCommand {
  const url = new URL(target.url);
  const path = url.pathname.slice(1);
  const input = ['-rtsp_transport', 'tcp', '-analyzeduration', '500k', '-probesize', '500k', '-i', localUrl];
  const start = [
    ...QUIET,
    ...['-progress', 'pipe:1', '-stats_period', '0.5'],
    '-fflags',
    'nobuffer',
    ...input,
  ];
  const copy = [...start, '-map', '0', '-c', 'copy'];
  switch (url.protocol) {
    case 'rtsp:': {
      const output = ['-f', 'rtsp', '-rtsp_transport', 'tcp', `rtsp://127.0.0.1:${rtspLogin}/${path}`];
      return { arguments: [...copy, ...output], preset: '' };
    }
    case 'rtmp:': {
      const app = path.slice(0, path.lastIndexOf('/'));
      const login = new URLSearchParams({ user: target.user, pass: target.password });
      const stream = `${path.slice(app.length + 1)}?${login}`;
      return {
        arguments: [...copy, '-fpre', presetFile, '-f', 'flv', `rtmp://${url.host}/${app}`],
        preset: `rtmp_app=${app}\nrtmp_playpath=${stream}\n`,
      };
    }
    case 'srt:': {
      const streamId = url.searchParams.get('streamid');
      if (streamId === null) throw new Error(`The SRT target ${target.url} lacks a streamid.`);
      return {
        arguments: [...copy, '-fpre', presetFile, '-f', 'mpegts', `srt://${url.host}`],
        preset: `srt_streamid=${streamId}:${target.user}:${target.password}\n`,
      };
    }
    default:
      throw new Error(`A camera cannot push to ${target.url}: rtsp, rtmp and srt are known.`);
  }
}
