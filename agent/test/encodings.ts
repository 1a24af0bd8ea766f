/** Encodings as plans have them, each with what the test is about. */
import type { AudioEncoding, Encoding, VideoEncoding } from '@cupola/protocol';

const VIDEO: VideoEncoding = {
  codec: 'H264',
  profile: 'Main',
  speed: 'veryfast',
  height: 720,
  bitrateKbps: 1500,
  maxBitrateKbps: 2250,
  bufferKbits: 2250,
};

export function buildEncoding(
  video: Partial<VideoEncoding> = {},
  audio: AudioEncoding = { codec: 'Copy' },
): Encoding {
  return { video: { ...VIDEO, ...video }, audio };
}
