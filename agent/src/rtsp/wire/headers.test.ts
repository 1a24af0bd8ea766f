import { describe, expect, test } from 'vitest';
import { parseParameters } from './parameters.ts';
import { parseSessionHeader } from './session-header.ts';
import { formatTransport, readTransport } from './transport.ts';
import { WireError } from './wire-error.ts';

describe('Transport', () => {
  const ASKED = { rtp: 2, rtcp: 3 };

  test('asks for interleaved TCP, and names the mode to record only', () => {
    expect(formatTransport(ASKED, 'play')).toBe('RTP/AVP/TCP;unicast;interleaved=2-3');
    expect(formatTransport(ASKED, 'record')).toBe('RTP/AVP/TCP;unicast;interleaved=2-3;mode=record');
  });

  test.each([
    ['RTP/AVP/TCP;unicast;interleaved=2-3', { rtp: 2, rtcp: 3 }],
    ['RTP/AVP/TCP;unicast;interleaved=254-255;ssrc=0A1B2C3D;mode="PLAY"', { rtp: 254, rtcp: 255 }],
    ['rtp/avp/tcp; interleaved = 6', { rtp: 6, rtcp: 7 }],
    ['RTP/AVP/TCP;unicast', ASKED],
    [undefined, ASKED],
  ])('of %s the channels are read', (header, channels) => {
    expect(readTransport(header, ASKED)).toEqual(channels);
  });

  test.each([
    'RTP/AVP;unicast;client_port=5000-5001',
    'RTP/AVP/UDP;unicast',
    'RTP/AVP/TCP;interleaved=255',
    'RTP/AVP/TCP;interleaved=256-257',
    'RTP/AVP/TCP;interleaved=1-1',
    'RTP/AVP/TCP;interleaved=a-b',
    '',
  ])('%j is refused', (header) => {
    expect(() => readTransport(header, ASKED)).toThrow(WireError);
  });
});

describe('Session', () => {
  test.each([
    ['12345678', { id: '12345678', timeoutMs: 60_000 }],
    ['ab.c-d_e+f$ ;timeout=30', { id: 'ab.c-d_e+f$', timeoutMs: 30_000 }],
    ['1; Timeout = 90', { id: '1', timeoutMs: 90_000 }],
    ['1;timeout=0', { id: '1', timeoutMs: 2_000 }],
    ['1;timeout=99999999', { id: '1', timeoutMs: 86_400_000 }],
    ['1;timeout=soon', { id: '1', timeoutMs: 60_000 }],
  ])('%s', (header, session) => {
    expect(parseSessionHeader(header)).toEqual(session);
  });

  test.each(['', ';timeout=60', 'a b', 'x'.repeat(513)])('%j has no identifier', (header) => {
    expect(() => parseSessionHeader(header)).toThrow(WireError);
  });
});

test.each([
  [
    'a=1, B = "x, \\"y\\"" ,c',
    [
      ['a', '1'],
      ['b', 'x, "y"'],
      ['c', undefined],
    ],
  ],
  ['a="never closed, b=1', [['a', 'never closed, b=1']]],
  [' , ,', []],
] as const)('parameters of %j', (text, expected) => {
  expect(parseParameters(text, ',').map(({ name, value }) => [name, value])).toEqual(expected);
});
