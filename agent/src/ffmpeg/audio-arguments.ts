import type { AudioEncoding } from '@cupola/protocol';

const ENCODERS = { AAC: 'aac', Opus: 'libopus' } as const;

/** A source without audio is no error: the `?` of the map. */
const FIRST_AUDIO = ['-map', '0:a:0?'];

/** Samples that are missing are filled, so that sound stays with the picture after a loss. */
const FILL_GAPS = 'aresample=async=1';

export function audioArguments(audio: AudioEncoding): string[] {
  switch (audio.codec) {
    case 'None':
      return ['-an'];
    case 'Copy':
      return [...FIRST_AUDIO, '-c:a', 'copy'];
    case 'AAC':
    case 'Opus':
      return [
        ...FIRST_AUDIO,
        ...['-c:a', ENCODERS[audio.codec], '-b:a', `${audio.bitrateKbps}k`],
        // WebRTC's clock for Opus; cameras' 8 kHz is below what AAC players expect.
        ...['-af', FILL_GAPS, '-ar', '48000'],
      ];
  }
}
