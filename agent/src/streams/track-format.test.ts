import { expect, it } from 'vitest';
import type { Track } from '../rtsp/wire/track.ts';
import { formatOf, nameTracks } from './track-format.ts';

const video: Track = {
  kind: 'video',
  codec: 'H264',
  payloadType: 96,
  clockRate: 90_000,
  rtpmap: 'H264/90000',
  fmtp: 'packetization-mode=1; sprop-parameter-sets=Z0,aM',
  control: 'trackID=0',
};
const audio: Track = {
  kind: 'audio',
  codec: 'AAC',
  payloadType: 97,
  clockRate: 48_000,
  channels: 2,
  rtpmap: 'mpeg4-generic/48000/2',
  fmtp: 'config=1190',
  control: 'trackID=1',
};

it("names codecs in MediaMTX's words", () => {
  const alaw: Track = { ...audio, codec: 'PCMA', rtpmap: 'PCMA/8000' };
  const other: Track = { ...video, codec: 'other', rtpmap: 'JPEG/90000' };
  expect(nameTracks([video, audio, alaw, other])).toEqual(['H264', 'MPEG-4 Audio', 'G711', 'JPEG']);
});

it('takes legs for one stream where a reader could not tell them apart', () => {
  const format = formatOf([video, audio]);
  const moved = {
    ...video,
    payloadType: 100,
    control: 'x',
    fmtp: 'packetization-mode=1',
    rtpmap: 'h264/90000',
  };
  expect(formatOf([moved, audio])).toBe(format);
  expect(formatOf([video])).not.toBe(format);
  expect(formatOf([audio, video])).not.toBe(format);
  expect(formatOf([video, { ...audio, fmtp: 'config=1210' }])).not.toBe(format);
});
