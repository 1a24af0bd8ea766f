import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderAnnounceSdp } from './announce-sdp.ts';
import { readTracks } from './sdp-tracks.ts';
import type { Track } from './track.ts';
import { WireError } from './wire-error.ts';

const HEAD = 'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n';

/** One media section, and the track that it is; `back` where it is rendered otherwise. */
const TRACKS: { name: string; media: string; track: Track; back?: string }[] = [
  {
    name: 'H.264 with its parameter sets',
    media:
      'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n' +
      'a=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z0LADdoFB+wEQAAAAwBAAAAMo8UKqA==,aM4PyA==\r\na=control:trackID=0\r\n',
    track: {
      kind: 'video',
      codec: 'H264',
      payloadType: 96,
      clockRate: 90000,
      rtpmap: 'H264/90000',
      fmtp: 'packetization-mode=1; sprop-parameter-sets=Z0LADdoFB+wEQAAAAwBAAAAMo8UKqA==,aM4PyA==',
      control: 'trackID=0',
    },
  },
  {
    name: 'H.265',
    media:
      'm=video 0 RTP/AVP 97\r\na=rtpmap:97 H265/90000\r\na=fmtp:97 sprop-vps=QAE=; sprop-sps=QgE=; sprop-pps=RAE=\r\na=control:trackID=0\r\n',
    track: {
      kind: 'video',
      codec: 'H265',
      payloadType: 97,
      clockRate: 90000,
      rtpmap: 'H265/90000',
      fmtp: 'sprop-vps=QAE=; sprop-sps=QgE=; sprop-pps=RAE=',
      control: 'trackID=0',
    },
  },
  {
    name: 'AV1',
    media: 'm=video 0 RTP/AVP 98\r\na=rtpmap:98 AV1/90000\r\na=control:trackID=0\r\n',
    track: {
      kind: 'video',
      codec: 'AV1',
      payloadType: 98,
      clockRate: 90000,
      rtpmap: 'AV1/90000',
      control: 'trackID=0',
    },
  },
  {
    name: 'AAC',
    media:
      'm=audio 0 RTP/AVP 99\r\na=rtpmap:99 mpeg4-generic/48000/2\r\na=fmtp:99 streamtype=5;mode=AAC-hbr;config=1190\r\na=control:trackID=0\r\n',
    track: {
      kind: 'audio',
      codec: 'AAC',
      payloadType: 99,
      clockRate: 48000,
      channels: 2,
      rtpmap: 'mpeg4-generic/48000/2',
      fmtp: 'streamtype=5;mode=AAC-hbr;config=1190',
      control: 'trackID=0',
    },
  },
  {
    name: 'Opus in the case that RFC 7587 writes',
    media:
      'm=audio 0 RTP/AVP 111\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 sprop-stereo=1\r\na=control:trackID=0\r\n',
    track: {
      kind: 'audio',
      codec: 'Opus',
      payloadType: 111,
      clockRate: 48000,
      channels: 2,
      rtpmap: 'opus/48000/2',
      fmtp: 'sprop-stereo=1',
      control: 'trackID=0',
    },
  },
  {
    name: 'G.711 by its static payload type alone',
    media: 'm=audio 0 RTP/AVP 0\r\na=control:trackID=0\r\n',
    track: {
      kind: 'audio',
      codec: 'PCMU',
      payloadType: 0,
      clockRate: 8000,
      rtpmap: 'PCMU/8000',
      control: 'trackID=0',
    },
    back: 'm=audio 0 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=control:trackID=0\r\n',
  },
  {
    name: 'the first of several payload types, other attributes left out, a port that is not 0',
    media:
      'm=audio 5004 RTP/AVP 8 101\r\nb=AS:64\r\na=rtpmap:101 telephone-event/8000\r\na=rtpmap:8 PCMA/8000/1\r\na=recvonly\r\na=control:rtsp://h/a\r\n',
    track: {
      kind: 'audio',
      codec: 'PCMA',
      payloadType: 8,
      clockRate: 8000,
      channels: 1,
      rtpmap: 'PCMA/8000/1',
      control: 'rtsp://h/a',
    },
    back: 'm=audio 0 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000/1\r\na=control:trackID=0\r\n',
  },
  {
    name: 'ONVIF metadata, as it is',
    media: 'm=application 0 RTP/AVP 107\r\na=rtpmap:107 vnd.onvif.metadata/90000\r\na=control:trackID=0\r\n',
    track: {
      kind: 'other',
      codec: 'other',
      payloadType: 107,
      clockRate: 90000,
      rtpmap: 'vnd.onvif.metadata/90000',
      control: 'trackID=0',
    },
  },
  {
    name: 'an unknown codec, named like a property of every object',
    media: 'm=video 0 RTP/AVP 100\r\na=rtpmap:100 constructor/90000\r\na=control:trackID=0\r\n',
    track: {
      kind: 'video',
      codec: 'other',
      payloadType: 100,
      clockRate: 90000,
      rtpmap: 'constructor/90000',
      control: 'trackID=0',
    },
  },
];

describe('a track', () => {
  for (const { name, media, track, back } of TRACKS) {
    test(`${name}: read, and announced as it was`, () => {
      expect(readTracks(HEAD + media)).toEqual({ tracks: [track], skipped: [], control: undefined });
      expect(renderAnnounceSdp([track])).toBe(HEAD + (back ?? media));
    });
  }

  test('with bare line feeds, blanks and lines that are none', () => {
    const text =
      'v=0\nnonsense\n\na=control:*\nm=VIDEO  0  rtp/avp  96 \na=RTPMAP: 96  H264/90000\na=bad\x01line\n';
    expect(readTracks(text)).toEqual({
      tracks: [
        {
          kind: 'video',
          codec: 'H264',
          payloadType: 96,
          clockRate: 90000,
          rtpmap: 'H264/90000',
          control: '',
        },
      ],
      skipped: [],
      control: '*',
    });
  });
});

test('media that cannot be carried are skipped, and it is said why', () => {
  const media = [
    'm=video 0 RTP/SAVP 96\r\na=rtpmap:96 H264/90000',
    'm=audio 0 RTP/AVP 0\r\na=sendonly',
    'm=video 0 RTP/AVP',
    'm=video 0 RTP/AVP 128',
    'm=video 0 RTP/AVP 96',
    'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264',
    'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/0',
    'm=audio 0 RTP/AVP 8',
  ];
  const { tracks, skipped } = readTracks(`${HEAD}${media.join('\r\n')}\r\n`);
  expect(tracks).toHaveLength(1);
  expect(skipped).toEqual([
    { index: 0, media: 'video', reason: 'not plain RTP (RTP/SAVP)' },
    { index: 1, media: 'audio', reason: 'a back channel towards the camera' },
    { index: 2, media: 'video', reason: 'no payload type' },
    { index: 3, media: 'video', reason: 'no payload type' },
    { index: 4, media: 'video', reason: 'payload type 96 without an rtpmap' },
    { index: 5, media: 'video', reason: 'an rtpmap without a clock rate (H264)' },
    { index: 6, media: 'video', reason: 'an rtpmap without a clock rate (H264/0)' },
  ]);
});

test.each([
  ['no media', HEAD],
  ['nothing', ''],
  ['33 media', `${HEAD}${'m=audio 0 RTP/AVP 0\r\n'.repeat(33)}`],
])('%s is an error', (_name, text) => {
  expect(() => readTracks(text)).toThrow(WireError);
});

test('whatever is described, what is announced of it is read back the same', () => {
  const line = fc.oneof(
    fc.constantFrom(...TRACKS.flatMap(({ media }) => media.split('\r\n'))),
    fc.string({ maxLength: 40 }).map((text) => `a=${text}`),
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc
      .tuple(fc.constantFrom('video', 'audio', 'x'), fc.nat(140))
      .map(([kind, type]) => `m=${kind} 0 RTP/AVP ${type}`),
    fc
      .tuple(fc.nat(140), fc.string({ maxLength: 20 }))
      .map(([type, text]) => `a=rtpmap:${type} ${text}/90000`),
    fc.tuple(fc.nat(140), fc.string({ maxLength: 20 })).map(([type, text]) => `a=fmtp:${type} ${text}`),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
      let tracks: readonly Track[];
      try {
        ({ tracks } = readTracks(lines.join('\r\n')));
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
        return;
      }
      if (tracks.length === 0) return;
      const again = readTracks(renderAnnounceSdp(tracks)).tracks;
      expect(again).toEqual(tracks.map((track, index) => ({ ...track, control: `trackID=${index}` })));
    }),
    { numRuns: 500 },
  );
});
