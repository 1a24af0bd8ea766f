/** One track of a stream, as its SDP tells it: one payload type, one codec. */
export interface Track {
  readonly kind: 'video' | 'audio' | 'other';
  /** `other`: carried through without being looked into. */
  readonly codec: Codec;
  readonly payloadType: number;
  /** RTP ticks a second. */
  readonly clockRate: number;
  /** Of audio, where the SDP says. */
  readonly channels?: number;
  /** `H264/90000`: the value of a=rtpmap without its payload type. */
  readonly rtpmap: string;
  /** The value of a=fmtp without its payload type, word for word. */
  readonly fmtp?: string;
  /** The value of a=control, resolved by `resolveControl`; empty where there was none. */
  readonly control: string;
}

export type Codec = 'H264' | 'H265' | 'AV1' | 'AAC' | 'Opus' | 'PCMU' | 'PCMA' | 'other';

/** Encoding names of a=rtpmap, in lower case. */
const CODECS: Readonly<Record<string, Codec>> = {
  h264: 'H264',
  h265: 'H265',
  // Some Chinese encoders write the ISO name.
  hevc: 'H265',
  av1: 'AV1',
  'mpeg4-generic': 'AAC',
  opus: 'Opus',
  pcmu: 'PCMU',
  pcma: 'PCMA',
};

export function findCodec(encodingName: string): Codec {
  const key = encodingName.toLowerCase();
  return Object.hasOwn(CODECS, key) ? (CODECS[key] ?? 'other') : 'other';
}
