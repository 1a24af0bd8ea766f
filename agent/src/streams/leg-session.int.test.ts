import { expect, it } from 'vitest';
import { RtspPeer } from '../../test/rtsp-peer.ts';
import { answerUntilPlay, RTP } from '../../test/rtsp-peer-play.ts';
import { createCounters } from './counters.ts';
import { LegSession } from './leg-session.ts';

it('ends when it is closed in the moment in which its session begins', async () => {
  await using server = await RtspPeer.listen();
  let closing: Promise<void> | undefined;
  // Media that come with the answer to PLAY are counted before the session is known to have begun.
  const counters = Object.defineProperty(createCounters(), 'legPackets', {
    set: () => {
      closing = leg.close();
    },
    get: () => 0,
  });
  const leg = new LegSession({
    leg: { id: 'primary', url: server.url() },
    nowMs: () => 0,
    lookup: (_host, _options, done) => done(null, '127.0.0.1', 4),
    counters,
    events: { onChange: () => undefined, onRtp: () => undefined },
  });
  leg.start();
  const connection = await server.accept();
  const request = await answerUntilPlay(connection, server.url());
  connection.socket.cork();
  connection.answer(request, '200 OK');
  connection.sendFrame(0, RTP);
  connection.socket.uncork();
  await connection.ended;
  expect(closing).toBeDefined();
  await closing;
  expect(leg.isLive).toBe(false);
});
