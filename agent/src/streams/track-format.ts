/** Tracks in words: MediaMTX's names for states, and an identity that says which legs can be one stream. */
import type { Track } from '../rtsp/wire/track.ts';

/** MediaMTX's names of codecs (internal/defs/api_path_track_codec.go). */
const NAMES: Partial<Record<Track['codec'], string>> = {
  AAC: 'MPEG-4 Audio',
  PCMU: 'G711',
  PCMA: 'G711',
};

export function nameTracks(tracks: readonly Track[]): string[] {
  return tracks.map((track) => {
    if (track.codec === 'other') return track.rtpmap.split('/')[0] ?? 'other';
    return NAMES[track.codec] ?? track.codec;
  });
}

/**
 * Equal for tracks that readers of one can go on with from the other. Parameters of video travel in the stream too
 * and so may differ; those of AAC are in the description alone (RFC 3640 section 4.1).
 */
export function formatOf(tracks: readonly Track[]): string {
  return tracks
    .map((track) => {
      const base = `${track.kind} ${track.codec} ${track.rtpmap.toLowerCase()}`;
      if (track.codec === 'AAC') return `${base} ${readAacFormat(track.fmtp ?? '')}`;
      return track.codec === 'other' ? `${base} ${track.fmtp ?? ''}` : base;
    })
    .join('; ');
}

/** Each server writes the parameters in an order and spelling of its own, and leaves some out. */
function readAacFormat(fmtp: string): string {
  const parameters = fmtp.split(';').map((each) => each.trim().toLowerCase());
  return AAC_PARAMETERS.map((name) => parameters.find((each) => each.startsWith(`${name}=`)) ?? '').join();
}

/** What a receiver reads packets with (RFC 3640 section 4.1). */
const AAC_PARAMETERS = ['config', 'sizelength', 'indexlength', 'indexdeltalength'];
