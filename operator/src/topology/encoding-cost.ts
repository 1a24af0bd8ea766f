/**
 * What an encoder costs, before it has run. Pixels decide: those decoded of the source, and those encoded.
 *
 * Fitted to what was measured on one core of an AMD EPYC with FFmpeg 5.1 (1080p15 of 4 Mbit/s in):
 *
 *     out                           cores
 *     360p10  libx264 veryfast      0.11
 *     720p15  libx264 ultrafast     0.14
 *     720p15  libx264 superfast     0.17
 *     720p15  libx264 veryfast      0.20
 *     720p15  libx265 ultrafast     0.31
 */
import type { Encoding, VideoEncoding } from '@cupola/protocol';

/** As far as it is known; a usual camera where it is not. */
export interface SourceFormat {
  width: number;
  height: number;
  framesPerSecond: number;
  bitrateBps: number;
}

const USUAL_SOURCE: SourceFormat = {
  width: 1920,
  height: 1080,
  framesPerSecond: 25,
  bitrateBps: 4_000_000,
};

export interface EncodingCost {
  cores: number;
  /** In and out of the worker together. */
  networkBps: number;
}

/** Core seconds a million pixels. */
const DECODE = 0.003;
const H264: Readonly<Record<VideoEncoding['speed'], number>> = {
  ultrafast: 0.0035,
  superfast: 0.0057,
  veryfast: 0.0078,
  faster: 0.0105,
  fast: 0.0135,
  medium: 0.018,
};
const H265: Readonly<Record<VideoEncoding['speed'], number>> = {
  ultrafast: 0.0158,
  superfast: 0.02,
  veryfast: 0.034,
  faster: 0.036,
  fast: 0.05,
  medium: 0.072,
};
/** A GPU does the work; FFmpeg moves packets. */
const HARDWARE_CORES = 0.03;
const AUDIO_CORES = 0.005;

/** A worker takes the source from both sides of a factory, and both sides take the rendition from it. */
const SIDES = 2;

export function estimateCost({ video, audio }: Encoding, source: SourceFormat = USUAL_SOURCE): EncodingCost {
  const audioCores = audio.codec === 'AAC' || audio.codec === 'Opus' ? AUDIO_CORES : 0;
  const videoCores =
    video.hardware === undefined
      ? DECODE * megapixels(source) +
        (video.codec === 'H264' ? H264 : H265)[video.speed] * outMegapixels(video, source)
      : HARDWARE_CORES;
  return {
    cores: videoCores + audioCores,
    networkBps: SIDES * (source.bitrateBps + video.bitrateKbps * 1_000),
  };
}

/** A second. */
function megapixels({ width, height, framesPerSecond }: Omit<SourceFormat, 'bitrateBps'>): number {
  return (width * height * framesPerSecond) / 1_000_000;
}

/** Never larger nor faster than the source. */
function outMegapixels(video: VideoEncoding, source: SourceFormat): number {
  const height = Math.min(video.height, source.height);
  const width = video.width ?? (height * source.width) / source.height;
  const framesPerSecond = Math.min(video.framesPerSecond ?? source.framesPerSecond, source.framesPerSecond);
  return megapixels({ width, height, framesPerSecond });
}
