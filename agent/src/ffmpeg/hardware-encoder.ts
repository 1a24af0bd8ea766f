/** The encoders of GPUs, with pictures decoded, scaled and encoded without leaving the GPU. */
import type { VideoEncoding } from '@cupola/protocol';
import type { VideoEncoder } from './video-encoder.ts';
import type { PictureSize } from './video-filters.ts';

type Hardware = NonNullable<VideoEncoding['hardware']>;

/** The one that a device plugin puts into a container that asked for one. */
const RENDER_NODE = '/dev/dri/renderD128';

/** https://docs.nvidia.com/video-technologies/video-codec-sdk: p1 is the fastest. */
const NVENC_PRESETS: Readonly<Record<VideoEncoding['speed'], string>> = {
  ultrafast: 'p1',
  superfast: 'p2',
  veryfast: 'p3',
  faster: 'p4',
  fast: 'p5',
  medium: 'p6',
};

/** QSV knows none faster than veryfast. */
const QSV_PRESETS: Readonly<Record<VideoEncoding['speed'], string>> = {
  ultrafast: 'veryfast',
  superfast: 'veryfast',
  veryfast: 'veryfast',
  faster: 'faster',
  fast: 'fast',
  medium: 'medium',
};

const CODEC_NAMES = { H264: 'h264', H265: 'hevc' } as const;

export function hardwareEncoder(video: VideoEncoding, hardware: Hardware, size: PictureSize): VideoEncoder {
  switch (hardware) {
    case 'NVENC':
      return nvenc(video, size);
    case 'VAAPI':
      return vaapi(video, size);
    case 'QSV':
      return qsv(video, size);
  }
}

function nvenc(video: VideoEncoding, { width, height }: PictureSize): VideoEncoder {
  const own = ['-tune', 'll', '-rc', 'vbr', '-forced-idr', '1', '-no-scenecut', '1', '-zerolatency', '1'];
  return {
    decoding: ['-hwaccel', 'cuda', '-hwaccel_output_format', 'cuda'],
    filters: [`scale_cuda=w=${width}:h=${height}:format=yuv420p`],
    options: [
      ...['-c:v', `${CODEC_NAMES[video.codec]}_nvenc`, '-preset', NVENC_PRESETS[video.speed]],
      ...profileArguments(video, 'baseline'),
      ...own,
    ],
  };
}

function vaapi(video: VideoEncoding, size: PictureSize): VideoEncoder {
  return {
    decoding: ['-hwaccel', 'vaapi', '-hwaccel_device', RENDER_NODE, '-hwaccel_output_format', 'vaapi'],
    filters: [scaleOnVaapi(size)],
    options: [
      ...['-c:v', `${CODEC_NAMES[video.codec]}_vaapi`, ...profileArguments(video, 'constrained_baseline')],
      ...['-rc_mode', 'VBR', '-async_depth', '1'],
    ],
  };
}

/**
 * Decoded by VAAPI and handed to QSV on the same GPU: QSV's own decoders must be named by the source's codec, which
 * is not known here. https://trac.ffmpeg.org/wiki/Hardware/QuickSync
 */
function qsv(video: VideoEncoding, size: PictureSize): VideoEncoder {
  return {
    decoding: [
      ...['-init_hw_device', `vaapi=va:${RENDER_NODE}`],
      ...['-hwaccel', 'vaapi', '-hwaccel_device', 'va', '-hwaccel_output_format', 'vaapi'],
    ],
    filters: [scaleOnVaapi(size), 'hwmap=derive_device=qsv', 'format=qsv'],
    options: [
      ...['-c:v', `${CODEC_NAMES[video.codec]}_qsv`, '-preset', QSV_PRESETS[video.speed]],
      ...profileArguments(video, 'baseline'),
      ...['-forced_idr', '1', '-async_depth', '1'],
    ],
  };
}

function scaleOnVaapi({ width, height }: PictureSize): string {
  return `scale_vaapi=w=${width}:h=${height}:format=nv12`;
}

function profileArguments({ codec, profile }: VideoEncoding, baseline: string): string[] {
  if (codec === 'H265') return ['-profile:v', 'main'];
  return ['-profile:v', profile === 'Baseline' ? baseline : 'high'];
}
