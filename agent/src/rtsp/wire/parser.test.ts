import { describe, expect, test } from 'vitest';
import { packetsOf } from '../../../test/packet-runs.ts';
import { HeaderList } from './header-list.ts';
import { formatRequest, formatResponse } from './message.ts';
import { type ParserLimits, RtspParser } from './parser.ts';
import { WireError } from './wire-error.ts';

type Item =
  | { request: string; headers: string[][]; body: string }
  | { response: string; headers: string[][]; body: string }
  | { channel: number; payload: string };

interface Case {
  readonly name: string;
  readonly wire: Buffer;
  readonly items: Item[];
}

const FRAME = Buffer.concat([Buffer.from([0x24, 3, 0, 5]), Buffer.from('RTSP/')]);
const OTHER_FRAME = Buffer.from([0x24, 4, 0, 1, 7]);

const CASES: Case[] = [
  {
    name: 'a request without a body',
    wire: Buffer.from('OPTIONS rtsp://h/cam RTSP/1.0\r\nCSeq: 7\r\n\r\n'),
    items: [{ request: 'OPTIONS rtsp://h/cam', headers: [['CSeq', '7']], body: '' }],
  },
  {
    name: 'a response with a body that holds empty lines and a dollar',
    wire: Buffer.from('RTSP/1.0 200 OK\r\nCSeq:1\r\nContent-Length: 9\r\n\r\n\r\n\r\n$\r\n\r\n'),
    items: [
      {
        response: '200 OK',
        headers: [
          ['CSeq', '1'],
          ['Content-Length', '9'],
        ],
        body: '\r\n\r\n$\r\n\r\n',
      },
    ],
  },
  {
    name: 'a response without a reason, repeated and odd headers',
    wire: Buffer.from(
      'RTSP/1.0 401\r\nWWW-Authenticate : Basic realm="a:b"\r\nwww-authenticate:\tDigest x\r\nEmpty:\r\n\r\n',
    ),
    items: [
      {
        response: '401 ',
        headers: [
          ['WWW-Authenticate', 'Basic realm="a:b"'],
          ['www-authenticate', 'Digest x'],
          ['Empty', ''],
        ],
        body: '',
      },
    ],
  },
  { name: 'a frame', wire: FRAME, items: [{ channel: 3, payload: 'RTSP/' }] },
  { name: 'an empty frame', wire: Buffer.from([0x24, 0, 0, 0]), items: [{ channel: 0, payload: '' }] },
  {
    name: 'frames before, between and after messages, and empty lines between',
    wire: Buffer.concat([
      FRAME,
      Buffer.from('\r\nRTSP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n$'),
      FRAME,
      FRAME,
      Buffer.from('GET_PARAMETER * RTSP/1.0\r\n\r\n\r\n'),
      FRAME,
    ]),
    items: [
      { channel: 3, payload: 'RTSP/' },
      { response: '200 OK', headers: [['Content-Length', '1']], body: '$' },
      { channel: 3, payload: 'RTSP/' },
      { channel: 3, payload: 'RTSP/' },
      { request: 'GET_PARAMETER *', headers: [], body: '' },
      { channel: 3, payload: 'RTSP/' },
    ],
  },
];

const BROKEN: { name: string; wire: string; code: string; limits?: ParserLimits }[] = [
  { name: 'a byte that starts nothing', wire: '\x00', code: 'CUP_RTSP_BAD_MESSAGE' },
  { name: 'a lower-case start', wire: 'rtsp/1.0 200 OK\r\n\r\n', code: 'CUP_RTSP_BAD_MESSAGE' },
  { name: 'another protocol', wire: 'HTTP/1.1 200 OK\r\n\r\n', code: 'CUP_RTSP_BAD_MESSAGE' },
  {
    name: 'a request with a space in its URL',
    wire: 'PLAY a b RTSP/1.0\r\n\r\n',
    code: 'CUP_RTSP_BAD_MESSAGE',
  },
  { name: 'another version', wire: 'RTSP/2.0 200 OK\r\n\r\n', code: 'CUP_RTSP_BAD_MESSAGE' },
  { name: 'a header without a name', wire: 'RTSP/1.0 200 OK\r\n: x\r\n\r\n', code: 'CUP_RTSP_BAD_HEADER' },
  {
    name: 'a header without a colon',
    wire: 'RTSP/1.0 200 OK\r\nCSeq 1\r\n\r\n',
    code: 'CUP_RTSP_BAD_HEADER',
  },
  { name: 'a folded header', wire: 'RTSP/1.0 200 OK\r\nA: b\r\n c\r\n\r\n', code: 'CUP_RTSP_BAD_HEADER' },
  {
    name: 'a length that is no number',
    wire: 'RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n',
    code: 'CUP_RTSP_BAD_HEADER',
  },
  {
    name: 'two lengths',
    wire: 'RTSP/1.0 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    code: 'CUP_RTSP_BAD_HEADER',
  },
  {
    name: 'a body above the limit, before any of it comes',
    wire: 'RTSP/1.0 200 OK\r\nContent-Length: 262145\r\n\r\n',
    code: 'CUP_RTSP_BODY_TOO_LARGE',
  },
  {
    name: 'an endless start line',
    wire: `RTSP/1.0 200 ${'x'.repeat(17_000)}`,
    code: 'CUP_RTSP_HEAD_TOO_LARGE',
  },
  {
    name: 'endless headers',
    wire: `RTSP/1.0 200 OK\r\n${'A: b\r\n'.repeat(129)}\r\n`,
    code: 'CUP_RTSP_TOO_MANY_HEADERS',
  },
];

function collect(limits?: ParserLimits): { items: Item[]; parser: RtspParser } {
  const items: Item[] = [];
  const parser = new RtspParser(
    {
      onRequest: ({ method, url, headers, body }) =>
        items.push({
          request: `${method} ${url}`,
          headers: [...headers].map((pair) => [...pair]),
          body: `${body}`,
        }),
      onResponse: ({ status, reason, headers, body }) =>
        items.push({
          response: `${status} ${reason}`,
          headers: [...headers].map((pair) => [...pair]),
          body: `${body}`,
        }),
      onFrames: (channel, row) =>
        items.push(...packetsOf(row).map((payload) => ({ channel, payload: `${payload}` }))),
    },
    limits,
  );
  return { items, parser };
}

/** Pushes from memory that is overwritten as soon as `push` returns, as a read buffer is. */
function pushClobbered(parser: RtspParser, bytes: Buffer): void {
  const chunk = Buffer.from(bytes);
  parser.push(chunk);
  chunk.fill(0xff);
}

describe('what arrives is handed over', () => {
  for (const { name, wire, items } of CASES) {
    test(`${name}: whole, byte by byte and split anywhere in three`, () => {
      const whole = collect();
      pushClobbered(whole.parser, wire);
      expect(whole.items).toEqual(items);
      expect(whole.parser.heldBytes).toBe(0);

      const single = collect();
      for (const byte of wire) pushClobbered(single.parser, Buffer.from([byte]));
      expect(single.items).toEqual(items);

      for (let first = 0; first <= wire.length; first++) {
        for (let second = first; second <= wire.length; second++) {
          const split = collect();
          pushClobbered(split.parser, wire.subarray(0, first));
          pushClobbered(split.parser, wire.subarray(first, second));
          pushClobbered(split.parser, wire.subarray(second));
          if (JSON.stringify(split.items) !== JSON.stringify(items)) {
            expect({ first, second, items: split.items }).toEqual({ first, second, items });
          }
        }
      }
    });

    test(`${name}: nothing of its last item comes out while a byte is missing`, () => {
      const { items: got, parser } = collect();
      const trailing = wire.toString('latin1').endsWith('\r\n\r\n\r\n') ? 2 : 0;
      pushClobbered(parser, wire.subarray(0, wire.length - 1 - trailing));
      expect(got).toEqual(items.slice(0, -1));
    });
  }

  test('a frame of the greatest length, in two chunks', () => {
    const lengths: number[] = [];
    const parser = new RtspParser({
      onRequest: () => undefined,
      onResponse: () => undefined,
      onFrames: (_channel, row) => lengths.push(...packetsOf(row).map((payload) => payload.length)),
    });
    const wire = Buffer.concat([Buffer.from([0x24, 0, 0xff, 0xff]), Buffer.alloc(0xffff)]);
    pushClobbered(parser, wire.subarray(0, 3));
    pushClobbered(parser, wire.subarray(3));
    expect(lengths).toEqual([0xffff]);
  });

  test('frames of one channel come in a row, as far as they are whole', () => {
    const rows: [number, number][] = [];
    const parser = new RtspParser({
      onRequest: () => undefined,
      onResponse: () => undefined,
      onFrames: (channel, { count }) => rows.push([channel, count]),
    });
    const wire = Buffer.concat([FRAME, FRAME, FRAME, OTHER_FRAME, FRAME, FRAME]);
    pushClobbered(parser, wire.subarray(0, -1));
    pushClobbered(parser, wire.subarray(-1));
    expect(rows).toEqual([
      [3, 3],
      [4, 1],
      [3, 1],
      [3, 1],
    ]);
  });

  test('a view is of the chunk itself, and is lost with it', () => {
    let view: Buffer | undefined;
    const parser = new RtspParser({
      onRequest: () => undefined,
      onResponse: () => undefined,
      onFrames: (_channel, row) => {
        view = packetsOf(row)[0];
      },
    });
    pushClobbered(parser, FRAME);
    expect(view).toEqual(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff]));
  });

  test('a stop from within an event ends it, whatever else the chunk holds', () => {
    const channels: number[] = [];
    const parser = new RtspParser({
      onRequest: () => undefined,
      onResponse: () => undefined,
      onFrames: (channel) => {
        channels.push(channel);
        parser.stop();
      },
    });
    parser.push(Buffer.concat([FRAME, FRAME, OTHER_FRAME, Buffer.from([0])]));
    parser.push(FRAME);
    expect(channels).toEqual([3]);
  });
});

describe('what breaks the protocol or a limit is an error', () => {
  for (const { name, wire, code, limits } of BROKEN) {
    test(`${name}: whole and byte by byte`, () => {
      const bytes = Buffer.from(wire, 'latin1');
      const whole = collect(limits);
      expect(catchCode(() => pushClobbered(whole.parser, bytes))).toBe(code);
      const single = collect(limits);
      expect(
        catchCode(() => {
          for (const byte of bytes) pushClobbered(single.parser, Buffer.from([byte]));
        }),
      ).toBe(code);
      expect(single.items).toEqual([]);
      expect(single.parser.heldBytes).toBe(0);
    });
  }

  test('nothing is read after it', () => {
    const { items, parser } = collect();
    expect(() => parser.push(Buffer.from([0]))).toThrow(WireError);
    parser.push(FRAME);
    expect(items).toEqual([]);
  });
});

describe('messages are formatted', () => {
  test('and parsed back to what they were', () => {
    const { items, parser } = collect();
    const headers = HeaderList.of({ CSeq: '2', Realm: 'caf\xe9' });
    parser.push(formatRequest({ method: 'ANNOUNCE', url: 'rtsp://h/cam', headers }, 'v=0\r\n'));
    parser.push(formatResponse({ status: 404, reason: 'Not Found', headers: HeaderList.of({}) }));
    expect(items).toEqual([
      {
        request: 'ANNOUNCE rtsp://h/cam',
        headers: [
          ['CSeq', '2'],
          ['Realm', 'caf\xe9'],
          ['Content-Length', '5'],
        ],
        body: 'v=0\r\n',
      },
      { response: '404 Not Found', headers: [], body: '' },
    ]);
  });

  test('but not with a line end that a peer smuggled in, whose text is not repeated', () => {
    const headers = HeaderList.of({ Session: 'secret\r\nX: y' });
    expect(() => formatRequest({ method: 'PLAY', url: 'rtsp://h/cam', headers })).toThrow(
      /^a header may hold no line end or NUL: "Session"$/,
    );
    expect(() => formatRequest({ method: 'PLAY', url: 'rtsp://h/ x', headers: new HeaderList() })).toThrow(
      WireError,
    );
  });
});

function catchCode(action: () => void): string | undefined {
  try {
    action();
  } catch (error) {
    return error instanceof WireError ? error.code : String(error);
  }
  return undefined;
}
