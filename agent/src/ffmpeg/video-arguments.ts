import type { VideoEncoding } from '@cupola/protocol';
import { hardwareEncoder } from './hardware-encoder.ts';
import { encoderThreads, softwareEncoder } from './software-encoder.ts';
import type { VideoEncoder } from './video-encoder.ts';
import { chooseFrames, pictureSize } from './video-filters.ts';

/** RTP's clock for video: FFmpeg would otherwise round timestamps to what it takes for the frame rate. */
const TIME_BASE = '1:90000';

/** Where nobody says otherwise. In frames where the rate is not known: 10 s at 25/s. */
const MAX_KEY_FRAME_SECONDS = 10;
const MAX_KEY_FRAME_FRAMES = 250;

export function decoderArguments(video: VideoEncoding): string[] {
  return [...encoderOf(video).decoding];
}

/**
 * Frames keep the source's timestamps, and each of the source's key frames is a key frame (`-force_key_frames source`
 * and `chooseFrames`). Others follow `-g` frames after the last one, counted from that: so two encoders that have seen
 * one key frame of the source cut at the same pictures, whenever each of them started.
 *
 * No B-frames in any rendition: they delay live pictures, and WebRTC does not carry them.
 */
export function videoArguments(video: VideoEncoding, skipMs: number): string[] {
  const { filters, options } = encoderOf(video);
  const chain = [
    ...(video.framesPerSecond === undefined ? [] : [chooseFrames(video.framesPerSecond)]),
    ...(skipMs === 0 ? [] : [`trim=start=${skipMs / 1_000}`]),
    ...filters,
  ];
  return [
    ...['-map', '0:v:0', '-vf', chain.join(',')],
    ...['-fps_mode', 'passthrough', '-enc_time_base', TIME_BASE],
    ...['-force_key_frames', 'source', '-g', String(keyFrameInterval(video)), '-bf', '0'],
    ...['-b:v', `${video.bitrateKbps}k`, '-maxrate', `${video.maxBitrateKbps}k`],
    ...['-bufsize', `${video.bufferKbits}k`],
    ...options,
  ];
}

/** In frames. */
function keyFrameInterval({
  framesPerSecond,
  keyFrameSeconds = MAX_KEY_FRAME_SECONDS,
}: VideoEncoding): number {
  return framesPerSecond === undefined ? MAX_KEY_FRAME_FRAMES : framesPerSecond * keyFrameSeconds;
}

function encoderOf(video: VideoEncoding): VideoEncoder {
  if (video.hardware !== undefined) return hardwareEncoder(video, video.hardware, pictureSize(video));
  return softwareEncoder(video, pictureSize(video), encoderThreads(video));
}
