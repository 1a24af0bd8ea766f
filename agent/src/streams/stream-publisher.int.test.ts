import { afterEach, expect, it, vi } from 'vitest';
import { packetsIn, rowOf } from '../../test/packet-runs.ts';
import { RtspPeer } from '../../test/rtsp-peer.ts';
import { LocalServer } from '../rtsp/serve/local-server.ts';
import type { Track } from '../rtsp/wire/track.ts';
import { AddressMemory } from './address-memory.ts';
import { createCounters } from './counters.ts';
import type { PathLeg } from './path-leg.ts';
import { SourceTap } from './source-tap.ts';
import { StreamPublisher } from './stream-publisher.ts';
import { Turnstile } from './turnstile.ts';

const VIDEO: Track = {
  kind: 'video',
  codec: 'H264',
  payloadType: 96,
  clockRate: 90_000,
  rtpmap: 'H264/90000',
  control: '',
};

afterEach(() => {
  vi.useRealTimers();
});

function legNamed(id: string): PathLeg {
  return {
    id,
    isLive: true,
    tracks: [VIDEO],
    describe: () => ({ id, state: 'live' }),
    start: () => undefined,
    close: () => Promise.resolve(),
    tick: () => undefined,
  };
}

/** A key frame in one packet. */
function keyFrame(sequence: number, content: number): Buffer {
  const packet = Buffer.alloc(16, content);
  packet.writeUInt16BE(0x80e0, 0);
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(sequence * 3_600, 4);
  packet.writeUInt8(0x65, 12);
  return packet;
}

it('feeds the encoders nothing more when MediaMTX was lost: another publisher does', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  await using mediamtx = await RtspPeer.listen();
  let nowMs = 0;
  const fed: number[] = [];
  const tap = new SourceTap();
  vi.spyOn(tap, 'packets').mockImplementation((_, run) => {
    fed.push(...packetsIn(run as never).map((packet) => packet.at(-1) ?? 0));
  });
  const opened = Promise.withResolvers<void>();
  const lost = Promise.withResolvers<void>();
  const publisher = new StreamPublisher({
    path: 'gate',
    tracks: [VIDEO],
    legs: ['first', 'second'],
    isPublished: true,
    tap,
    surroundings: {
      mediamtxUrl: mediamtx.url('').replace(/\/$/, ''),
      credential: { user: 'agent', password: 'secret' },
      gate: { waitUntilUp: () => Promise.resolve(), suspect: () => undefined },
      openings: new Turnstile(1),
      addresses: new AddressMemory(() => nowMs),
      encoders: new LocalServer(),
      counters: createCounters(),
      nowMs: () => nowMs,
      wallClockMs: () => nowMs,
      holdMs: () => 0,
    },
    onOpen: opened.resolve,
    onLost: lost.resolve,
  });
  publisher.offer([legNamed('first'), legNamed('second')]);
  publisher.start();
  const server = await mediamtx.accept();
  for (const method of ['ANNOUNCE', 'SETUP', 'RECORD']) server.answer(await server.expect(method), '200 OK');
  await opened.promise;
  const bring = (leg: string, sequence: number, content: number) => {
    nowMs += 10;
    publisher.input(leg, 0, rowOf(keyFrame(sequence, content)));
  };
  bring('first', 1, 11);
  bring('first', 2, 12);
  bring('second', 1, 21);
  expect(fed).toEqual([11, 12]);
  expect(vi.getTimerCount()).toBe(1);
  server.socket.destroy();
  await lost.promise;
  expect(vi.getTimerCount()).toBe(0);
});
