/** libx264 and libx265, set to delay nothing: no lookahead, no frames in flight between threads. */
import type { VideoEncoding } from '@cupola/protocol';
import type { VideoEncoder } from './video-encoder.ts';
import type { PictureSize } from './video-filters.ts';

/** One core encodes about 720p at 30/s as H.264 veryfast with room to spare, in pixels a second. */
const PIXELS_PER_THREAD = 1280 * 720 * 30;

/** Against H.264 veryfast. */
const SPEED_WEIGHTS: Readonly<Record<VideoEncoding['speed'], number>> = {
  ultrafast: 0.5,
  superfast: 0.7,
  veryfast: 1,
  faster: 1.4,
  fast: 1.7,
  medium: 2.3,
};
const H265_WEIGHT = 3;

const MAX_THREADS = 16;

/** Where the profile leaves them open. */
const ASSUMED_FRAMES_PER_SECOND = 25;
const ASSUMED_PROPORTIONS = 16 / 9;

/**
 * As many as keep up, no more: the encoders' own default is one and a half times the node's cores, whatever the
 * container may use of them, each with its buffers.
 */
export function encoderThreads({ codec, speed, ...video }: VideoEncoding): number {
  const width = video.width ?? video.height * ASSUMED_PROPORTIONS;
  const pixelRate = width * video.height * (video.framesPerSecond ?? ASSUMED_FRAMES_PER_SECOND);
  const weight = SPEED_WEIGHTS[speed] * (codec === 'H265' ? H265_WEIGHT : 1);
  return Math.min(Math.max(Math.ceil((pixelRate * weight) / PIXELS_PER_THREAD), 1), MAX_THREADS);
}

export function softwareEncoder(video: VideoEncoding, size: PictureSize, threads: number): VideoEncoder {
  return {
    // One decoder thread: each more would delay by a frame, and one decodes 4K.
    decoding: ['-threads', '1'],
    filters: [`scale=w=${size.width}:h=${size.height}`, 'format=yuv420p'],
    options: video.codec === 'H264' ? x264(video, threads) : x265(video, threads),
  };
}

function x264({ speed, profile }: VideoEncoding, threads: number): string[] {
  const parameters = ['scenecut=0', 'sync-lookahead=0', 'sliced-threads=1'];
  return [
    ...['-c:v', 'libx264', '-preset', speed, '-profile:v', profile === 'Baseline' ? 'baseline' : 'high'],
    ...['-forced-idr', '1', '-rc-lookahead', '0', '-threads', String(threads)],
    ...['-x264-params', parameters.join(':')],
  ];
}

/** Bits are dealt out by the frame, and FFmpeg takes the source's rate for that of the pictures chosen from it. */
function x265({ speed, framesPerSecond }: VideoEncoding, threads: number): string[] {
  const rate = framesPerSecond === undefined ? [] : [`fps=${framesPerSecond}`];
  const own = ['scenecut=0', 'open-gop=0', 'min-keyint=1', `pools=${threads}`, 'log-level=warning'];
  const parameters = [...rate, ...own];
  return [
    ...['-c:v', 'libx265', '-preset', speed, '-tune', 'zerolatency', '-profile:v', 'main'],
    ...['-forced-idr', '1', '-x265-params', parameters.join(':')],
  ];
}
