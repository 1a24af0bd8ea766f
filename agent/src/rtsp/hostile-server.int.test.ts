import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RtspPeer } from '../../test/rtsp-peer.ts';
import {
  answerUntilPlay,
  expectLater,
  play,
  RTP,
  SDP,
  SDP_HEADERS,
  startPlaying,
} from '../../test/rtsp-peer-play.ts';
import { RtspError } from './rtsp-error.ts';

test('whatever a hostile server sends: an error, and another session does not notice', async () => {
  await using good = await RtspPeer.listen();
  await using hostile = await RtspPeer.listen();
  const unharmed = await startPlaying(good, { readTimeoutMs: 60_000 });
  let sent = 0;
  const damage = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 2000 }).map((bytes) => Buffer.from(bytes)),
    fc.nat(40_000).map((length) => Buffer.from(`RTSP/1.0 200 OK\r\n${'A: b\r\n'.repeat(length / 6)}`)),
    fc
      .nat(400)
      .map((length) =>
        Buffer.from(`RTSP/1.0 200 OK\r\nContent-Length: 300\r\n\r\n${SDP}`).subarray(0, length),
      ),
    fc.constant(Buffer.from('RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 999999999\r\n\r\n')),
    fc.constant(Buffer.from([0x24, 0, 0xff, 0xff, 1])),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), fc.nat(3), async (parts, after) => {
      const { session } = play(hostile.url());
      const started = session.start();
      started.catch(() => undefined);
      const connection = await hostile.accept();
      if (after === 3) {
        connection.answer(await answerUntilPlay(connection, hostile.url()), '200 OK');
        await started;
      } else {
        if (after > 0) connection.answer(await connection.expect('OPTIONS'), '200 OK');
        if (after > 1) connection.answer(await connection.expect('DESCRIBE'), '200 OK', SDP_HEADERS, SDP);
      }
      for (const part of parts) connection.socket.write(part);
      connection.socket.end();
      expect(await session.closed).toBeInstanceOf(RtspError);
      await connection.ended;
      unharmed.connection.sendFrame(0, RTP);
      sent++;
    }),
    { numRuns: 150 },
  );
  await expectLater(() => unharmed.heard.rtp.length === sent);
  await unharmed.session.close();
  expect(await unharmed.session.closed).toBeUndefined();
});
