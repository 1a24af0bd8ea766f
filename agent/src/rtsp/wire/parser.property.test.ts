import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packetsOf } from '../../../test/packet-runs.ts';
import { PARSER_LIMITS, RtspParser } from './parser.ts';
import { WireError } from './wire-error.ts';

const token = fc.stringMatching(/^[A-Za-z0-9-]{1,12}$/);
const headerValue = fc.stringMatching(/^[\x20-\x7e]{0,30}$/);
const frame = fc
  .tuple(fc.nat(255), fc.uint8Array({ maxLength: 300 }))
  .map(([channel, payload]) =>
    Buffer.concat([Buffer.from([0x24, channel, payload.length >> 8, payload.length & 0xff]), payload]),
  );
const message = fc
  .tuple(
    fc.constantFrom(
      'RTSP/1.0 200 OK',
      'RTSP/1.0 454 Session Not Found',
      'OPTIONS * RTSP/1.0',
      'PLAY rtsp://h/x RTSP/1.0',
    ),
    fc.array(fc.tuple(token, headerValue), { maxLength: 5 }),
    fc.uint8Array({ maxLength: 300 }),
  )
  .map(([start, headers, body]) => {
    const lines = [
      start,
      ...headers.map(([name, value]) => `X-${name}: ${value}`),
      `Content-Length: ${body.length}`,
    ];
    return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
  });
const wellFormed = fc.array(fc.oneof(frame, message), { maxLength: 12 });
const cuts = fc.array(fc.nat(4000), { maxLength: 12 });

/** What comes out, as one text an item; an error's code ends it. */
function parse(wire: Buffer, at: readonly number[]): { items: string[]; mostHeld: number } {
  const items: string[] = [];
  let mostHeld = 0;
  const parser = new RtspParser({
    onRequest: (request) =>
      items.push(`${request.method} ${[...request.headers]} ${request.body.toString('hex')}`),
    onResponse: (response) =>
      items.push(`${response.status} ${[...response.headers]} ${response.body.toString('hex')}`),
    onFrames: (channel, row) =>
      items.push(...packetsOf(row).map((payload) => `${channel} ${payload.toString('hex')}`)),
  });
  const edges = [0, ...at.filter((edge) => edge < wire.length).sort((a, b) => a - b), wire.length];
  try {
    for (const [index, edge] of edges.slice(1).entries()) {
      const chunk = Buffer.from(wire.subarray(edges[index], edge));
      parser.push(chunk);
      chunk.fill(0x24);
      mostHeld = Math.max(mostHeld, parser.heldBytes);
    }
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    items.push(error.code);
  }
  return { items, mostHeld };
}

describe('the parser', () => {
  test('hands over the same, however the bytes are cut', () => {
    fc.assert(
      fc.property(wellFormed, cuts, (parts, at) => {
        const wire = Buffer.concat(parts);
        const whole = parse(wire, []);
        expect(whole.items).toHaveLength(parts.length);
        expect(parse(wire, at).items).toEqual(whole.items);
      }),
      { numRuns: 300 },
    );
  });

  test('takes anything without another error than its own, within its memory, however it is cut', () => {
    const garbage = fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes));
    const endless = fc
      .tuple(
        fc.constantFrom('RTSP/1.0 200 OK\r\n', 'OPTIONS '),
        fc.constantFrom('A: b\r\n', 'x', ' \r\n'),
        fc.nat(9000),
      )
      .map(([start, piece, times]) => Buffer.from(start + piece.repeat(times)));
    const truncated = fc.tuple(message, fc.nat(400)).map(([whole, length]) => whole.subarray(0, length));
    const flipped = fc.tuple(message, fc.nat(400), fc.nat(255)).map(([whole, at, byte]) => {
      const damaged = Buffer.from(whole);
      damaged[at % damaged.length] = byte;
      return damaged;
    });
    const hostile = fc.array(fc.oneof(frame, message, garbage, endless, truncated, flipped), {
      maxLength: 6,
    });
    const mostHeld = PARSER_LIMITS.headBytes + 4 + PARSER_LIMITS.bodyBytes;
    fc.assert(
      fc.property(hostile, cuts, (parts, at) => {
        const wire = Buffer.concat(parts);
        const whole = parse(wire, []);
        const cut = parse(wire, at);
        expect(cut.items).toEqual(whole.items);
        expect(Math.max(whole.mostHeld, cut.mostHeld)).toBeLessThanOrEqual(mostHeld);
      }),
      { numRuns: 500 },
    );
  });
});
