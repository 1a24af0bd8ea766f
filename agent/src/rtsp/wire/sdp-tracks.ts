/** The tracks that a session description offers, and why others were passed over. */
import { findAttribute, parseSdp, type SdpMedia } from './sdp.ts';
import { findCodec, type Track } from './track.ts';

export interface SkippedMedia {
  /** Its place among the media lines, from 0. */
  readonly index: number;
  readonly media: string;
  readonly reason: string;
}

export interface StreamDescription {
  readonly tracks: readonly Track[];
  readonly skipped: readonly SkippedMedia[];
  /** The a=control of the whole session. */
  readonly control: string | undefined;
}

/** Payload types that need no a=rtpmap (RFC 3551 tables 4 and 5), those that cameras use. */
const STATIC_RTPMAPS: Readonly<Record<number, string>> = {
  0: 'PCMU/8000',
  3: 'GSM/8000',
  8: 'PCMA/8000',
  9: 'G722/8000',
  10: 'L16/44100/2',
  11: 'L16/44100',
  14: 'MPA/90000',
  26: 'JPEG/90000',
  32: 'MPV/90000',
  33: 'MP2T/90000',
};

/** Throws `WireError` where the text is no session description. */
export function readTracks(text: string): StreamDescription {
  const sdp = parseSdp(text);
  const tracks: Track[] = [];
  const skipped: SkippedMedia[] = [];
  for (const [index, media] of sdp.media.entries()) {
    const track = readTrack(media);
    if (typeof track === 'string') skipped.push({ index, media: media.media, reason: track });
    else tracks.push(track);
  }
  return { tracks, skipped, control: findAttribute(sdp, 'control') };
}

/** The track, or why there is none. */
function readTrack(media: SdpMedia): Track | string {
  if (media.protocol !== 'RTP/AVP' && media.protocol !== 'RTP/AVPF' && media.protocol !== 'RTP/AVP/TCP') {
    return `not plain RTP (${media.protocol.slice(0, 40)})`;
  }
  // ONVIF streaming specification section 5.3: the description of audio towards the camera says sendonly.
  if (findAttribute(media, 'sendonly') !== undefined) return 'a back channel towards the camera';
  // Several payload types of one media are alternatives; the first is what the server prefers.
  const payloadType = Number(media.formats[0]);
  if (!/^\d{1,3}$/.test(media.formats[0] ?? '') || payloadType > 127) return 'no payload type';
  const rtpmap = findForPayloadType(media, 'rtpmap', payloadType) ?? STATIC_RTPMAPS[payloadType];
  if (rtpmap === undefined) return `payload type ${payloadType} without an rtpmap`;
  const [name = '', rate = '', channels] = rtpmap.split('/');
  const clockRate = /^\d{1,9}$/.test(rate) ? Number(rate) : 0;
  if (name === '' || clockRate === 0) return `an rtpmap without a clock rate (${rtpmap.slice(0, 40)})`;
  const fmtp = findForPayloadType(media, 'fmtp', payloadType);
  const kind = media.media === 'video' || media.media === 'audio' ? media.media : 'other';
  return {
    kind,
    codec: kind === 'other' ? 'other' : findCodec(name),
    payloadType,
    clockRate,
    ...(kind === 'audio' && channels && /^\d{1,2}$/.test(channels) ? { channels: Number(channels) } : {}),
    rtpmap,
    ...(fmtp ? { fmtp } : {}),
    control: findAttribute(media, 'control') ?? '',
  };
}

function findForPayloadType(media: SdpMedia, name: string, payloadType: number): string | undefined {
  for (const attribute of media.attributes) {
    if (attribute.name !== name) continue;
    const match = /^(\d{1,3})\s+(.*)$/.exec(attribute.value);
    if (match && Number(match[1]) === payloadType) return match[2]?.trim();
  }
  return undefined;
}
