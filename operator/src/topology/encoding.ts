/** A profile with everything decided that it leaves open, as an encoder needs it. */
import type { AudioEncoding, Encoding, VideoEncoding } from '@cupola/protocol';
import { type Profile, type Video, videoSchema } from '../api/profile.ts';

/** Over the length of the buffer. A camera's picture that changes whole needs more than the average for a moment. */
const MAX_BITRATE_FACTOR = 1.5;
const DEFAULT_AUDIO_KBPS = 64;

type EncodingProfile = Pick<Profile, 'preset' | 'video' | 'audio'>;

export function resolveEncoding(profile: EncodingProfile): Encoding {
  return { video: resolveVideo(profile), audio: resolveAudio(profile) };
}

function resolveVideo({ preset, video }: EncodingProfile): VideoEncoding {
  const given: Video = video ?? videoSchema.parse({});
  const maxBitrateKbps = given.maxBitrateKbps ?? Math.round(given.bitrateKbps * MAX_BITRATE_FACTOR);
  return {
    ...given,
    // The only one that all browsers are bound to decode (RFC 7742, section 5).
    profile: preset === 'Web' ? 'Baseline' : 'Main',
    maxBitrateKbps,
    bufferKbits: given.bufferKbits ?? maxBitrateKbps,
  };
}

function resolveAudio({ preset, audio }: EncodingProfile): AudioEncoding {
  const codec = audio?.codec ?? (preset === 'Web' ? 'Opus' : 'Copy');
  if (codec === 'Copy' || codec === 'None') return { codec };
  return { codec, bitrateKbps: audio?.bitrateKbps ?? DEFAULT_AUDIO_KBPS };
}
