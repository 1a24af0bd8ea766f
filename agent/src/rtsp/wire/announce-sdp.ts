/** The session description of an ANNOUNCE: the tracks as they were described, with controls of our own. */
import type { Track } from './track.ts';

/** `trackID=<n>`: what MediaMTX and FFmpeg use themselves. */
export function announcedControl(index: number): string {
  return `trackID=${index}`;
}

/** The fmtp goes out word for word: sprop-parameter-sets and `config` are what a reader starts with. */
export function renderAnnounceSdp(tracks: readonly Track[]): string {
  const lines = ['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 0.0.0.0', 't=0 0'];
  for (const [index, track] of tracks.entries()) {
    const media = track.kind === 'other' ? 'application' : track.kind;
    lines.push(`m=${media} 0 RTP/AVP ${track.payloadType}`, `a=rtpmap:${track.payloadType} ${track.rtpmap}`);
    if (track.fmtp !== undefined) lines.push(`a=fmtp:${track.payloadType} ${track.fmtp}`);
    lines.push(`a=control:${announcedControl(index)}`);
  }
  return `${lines.join('\r\n')}\r\n`;
}
