import { describe, expect, test } from 'vitest';
import { type PeerConnection, RtspPeer } from '../../test/rtsp-peer.ts';
import {
  answerUntilPlay,
  expectLater,
  play,
  RTP,
  SDP,
  SDP_HEADERS,
  startPlaying,
} from '../../test/rtsp-peer-play.ts';

describe('a stream is played', () => {
  test('from the first request to TEARDOWN', async () => {
    await using peer = await RtspPeer.listen();
    const { session, heard } = play(peer.url());
    const started = session.start();
    const connection = await peer.accept();
    const request = await answerUntilPlay(connection, peer.url());
    expect(request.headers).toMatchObject({ session: 'S1', range: 'npt=0.000-' });
    // Some servers send before they answer, and on channels that nobody asked for.
    connection.sendFrame(0, RTP);
    connection.sendFrame(9, RTP);
    connection.answer(request, '200 OK');
    const tracks = await started;
    expect(tracks.map(({ codec }) => codec)).toEqual(['H264', 'PCMU']);
    connection.sendFrame(2, Buffer.from([1]));
    connection.sendFrame(3, Buffer.from([2]));
    connection.socket.write('OPTIONS * RTSP/1.0\r\nCSeq: 77\r\n\r\nANNOUNCE * RTSP/1.0\r\nCSeq: 78\r\n\r\n');
    await expectText(connection, 'RTSP/1.0 200 OK\r\nUser-Agent: Cupola\r\nCSeq: 77\r\n\r\n');
    await expectText(connection, 'RTSP/1.0 501 Not Implemented\r\nUser-Agent: Cupola\r\nCSeq: 78\r\n\r\n');
    expect(heard).toEqual({
      rtp: [
        [0, RTP.toString('hex')],
        [1, '01'],
      ],
      rtcp: [[1, '02']],
    });
    const closed = session.close();
    const teardown = await connection.expect('TEARDOWN', `${peer.url()}/`);
    expect(teardown.headers.session).toBe('S1');
    await Promise.all([closed, session.close(), connection.ended]);
    expect(await session.closed).toBeUndefined();
  });

  test('on the channels that the server prefers', async () => {
    await using peer = await RtspPeer.listen();
    const { session, heard } = play(peer.url());
    const started = session.start();
    const connection = await peer.accept();
    connection.answer(await connection.expect('OPTIONS'), '501 Not Implemented');
    connection.answer(await connection.expect('DESCRIBE'), '200 OK', SDP_HEADERS, SDP);
    for (const channels of ['10-11', '20-21']) {
      const setup = await connection.expect('SETUP');
      const Transport = `RTP/AVP/TCP;unicast;interleaved=${channels};ssrc=01020304`;
      connection.answer(setup, '200 OK', { Transport, Session: 'S' });
    }
    connection.answer(await connection.expect('PLAY', peer.url()), '200 OK');
    await started;
    connection.sendFrame(20, RTP);
    await expectLater(() => heard.rtp.length > 0);
    expect(heard.rtp).toEqual([[1, RTP.toString('hex')]]);
    await session.close();
  });

  test.each([
    [{ Public: 'OPTIONS, DESCRIBE, GET_PARAMETER' }, 'GET_PARAMETER'],
    [{ Public: 'OPTIONS, DESCRIBE' }, 'OPTIONS'],
  ])('and kept alive: a server with %j is asked %s, and need not answer', async (options, method) => {
    await using peer = await RtspPeer.listen();
    const { session } = play(peer.url(), { requestTimeoutMs: 1_000 });
    const started = session.start();
    const connection = await peer.accept();
    connection.answer(await answerUntilPlay(connection, peer.url(), 'S1;timeout=2', options), '200 OK');
    await started;
    const first = await connection.expect(method, `${peer.url()}/`);
    expect(first.headers.session).toBe('S1');
    connection.answer(await connection.expect(method), '454 Session Not Found');
    expect(await session.closed).toMatchObject({ code: 'CUP_RTSP_CLOSED', attempt: method });
  });
});

describe('a session that runs ends', () => {
  test('when media stop coming, though RTCP goes on', async () => {
    await using peer = await RtspPeer.listen();
    const { session, connection } = await startPlaying(peer, { readTimeoutMs: 200 });
    const reports = setInterval(() => connection.sendFrame(1, RTP), 20);
    expect(await session.closed).toMatchObject({ code: 'CUP_RTSP_SILENT' });
    clearInterval(reports);
    await connection.ended;
  });

  test('when the server closes, and when it resets', async () => {
    await using peer = await RtspPeer.listen();
    const first = await startPlaying(peer);
    first.connection.socket.end();
    expect(await first.session.closed).toMatchObject({ code: 'CUP_RTSP_CLOSED' });
    const second = await startPlaying(peer);
    second.connection.socket.resetAndDestroy();
    expect(await second.session.closed).toMatchObject({ code: 'CUP_RTSP_CLOSED' });
  });

  test('when what takes the packets throws', async () => {
    await using peer = await RtspPeer.listen();
    const thrown = new Error('full');
    const events = {
      onRtp: () => {
        throw thrown;
      },
      onRtcp: () => undefined,
    };
    const { session, connection } = await startPlaying(peer, { events });
    connection.sendFrame(0, RTP);
    expect(await session.closed).toMatchObject({ code: 'CUP_RTSP_CONSUMER', cause: thrown });
  });

  test('when the server asks for ever without reading the answers', async () => {
    await using peer = await RtspPeer.listen();
    const { session, connection } = await startPlaying(peer);
    connection.socket.pause();
    const questions = Buffer.from('OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n'.repeat(2000));
    const pour = () => {
      while (!connection.socket.destroyed && connection.socket.write(questions));
    };
    connection.socket.on('drain', pour);
    pour();
    expect(await session.closed).toMatchObject({ code: 'CUP_RTSP_PROTOCOL' });
    connection.socket.destroy();
  });
});

async function expectText(connection: PeerConnection, text: string): Promise<void> {
  expect(await connection.read(Buffer.byteLength(text))).toEqual(Buffer.from(text));
}
