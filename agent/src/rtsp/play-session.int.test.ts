import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PeerConnection, type PeerRequest, RtspPeer } from '../../test/rtsp-peer.ts';
import { type PlayOptions, PlaySession } from './play-session.ts';
import { RtspError } from './rtsp-error.ts';

const SDP = [
  'v=0',
  'm=video 0 RTP/AVP 96',
  'a=rtpmap:96 H264/90000',
  'a=control:trackID=0',
  'm=audio 0 RTP/AVP 0',
  'a=control:trackID=1',
  '',
].join('\r\n');
const SDP_HEADERS = { 'Content-Type': 'application/sdp' };
const RTP = Buffer.from('80600001000000010000000201020304', 'hex');

interface Heard {
  readonly rtp: [number, string][];
  readonly rtcp: [number, string][];
}

function play(url: string, more: Partial<PlayOptions> = {}): { session: PlaySession; heard: Heard } {
  const heard: Heard = { rtp: [], rtcp: [] };
  const session = new PlaySession({
    url,
    events: {
      onRtp: (track, packet) => heard.rtp.push([track, packet.toString('hex')]),
      onRtcp: (track, packet) => heard.rtcp.push([track, packet.toString('hex')]),
    },
    ...more,
  });
  return { session, heard };
}

/** Answers all that comes before PLAY; returns the PLAY request, unanswered. */
async function answerUntilPlay(
  peer: PeerConnection,
  url: string,
  session = 'S1;timeout=60',
  options: Record<string, string> = {},
): Promise<PeerRequest> {
  peer.answer(await peer.expect('OPTIONS', url), '200 OK', options);
  peer.answer(
    await peer.expect('DESCRIBE', url),
    '200 OK',
    { ...SDP_HEADERS, 'Content-Base': `${url}/` },
    SDP,
  );
  for (const [index, transport] of ['0-1', '2-3'].entries()) {
    const setup = await peer.expect('SETUP', `${url}/trackID=${index}`);
    expect(setup.headers.transport).toBe(`RTP/AVP/TCP;unicast;interleaved=${transport}`);
    peer.answer(setup, '200 OK', { Transport: setup.headers.transport ?? '', Session: session });
  }
  return peer.expect('PLAY', `${url}/`);
}

async function rejection(promise: Promise<unknown>): Promise<RtspError> {
  const error = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(RtspError);
  return error as RtspError;
}

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
    connection.answer(request, '200 OK', { 'RTP-Info': `url=${peer.url()}/trackID=0;seq=1;rtptime=2` });
    const tracks = await started;
    expect(tracks.map(({ codec }) => codec)).toEqual(['H264', 'PCMU']);
    expect(session.startPositions).toEqual([{ url: `${peer.url()}/trackID=0`, sequence: 1, rtpTime: 2 }]);
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
    expect(session.strayFrames).toBe(1);
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
    const { session } = play(peer.url(), { requestTimeoutMs: 500 });
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

describe('authentication', () => {
  const credential = { user: 'viewer', password: 'pass word' };
  const md5 = (text: string) => createHash('md5').update(text).digest('hex');
  function digest(request: PeerRequest, nonce: string): string {
    const asked = md5(`${request.method}:${request.url}`);
    return md5(`${md5(`viewer:cam:pass word`)}:${nonce}:${asked}`);
  }
  const demand = (nonce: string, more = '') => ({
    'WWW-Authenticate': `Digest realm="cam", nonce="${nonce}"${more}`,
  });

  test('by digest: asked once, then given with every request, and again for a stale nonce', async () => {
    await using peer = await RtspPeer.listen();
    const { session } = play(peer.url(), { credential });
    const started = session.start();
    const connection = await peer.accept();
    const options = await connection.expect('OPTIONS');
    expect(options.headers.authorization).toBeUndefined();
    connection.answer(options, '200 OK');
    const bare = await connection.expect('DESCRIBE');
    expect(bare.headers.authorization).toBeUndefined();
    connection.answer(bare, '401 Unauthorized', demand('n1'));
    const described = await connection.expect('DESCRIBE');
    expect(described.headers.authorization).toContain(`response="${digest(described, 'n1')}"`);
    connection.answer(described, '200 OK', SDP_HEADERS, SDP);
    const stale = await connection.expect('SETUP');
    expect(stale.headers.authorization).toContain(`response="${digest(stale, 'n1')}"`);
    connection.answer(stale, '401 Unauthorized', demand('n2', ', stale=TRUE'));
    for (let index = 0; index < 2; index++) {
      const setup = await connection.expect('SETUP');
      expect(setup.headers.authorization).toContain(`response="${digest(setup, 'n2')}"`);
      connection.answer(setup, '200 OK', { Session: 'S' });
    }
    connection.answer(await connection.expect('PLAY'), '200 OK');
    await started;
    await session.close();
  });

  test.each([
    ['the same nonce again', 'n1'],
    ['a new nonce each time', 'n2'],
  ])('refused with %s is tried once and no more', async (_name, nonce) => {
    await using peer = await RtspPeer.listen();
    const { session } = play(peer.url(), { credential });
    const failed = rejection(session.start());
    const connection = await peer.accept();
    connection.answer(await connection.expect('OPTIONS'), '401 Unauthorized', demand('n1'));
    connection.answer(await connection.expect('OPTIONS'), '401 Unauthorized', demand(nonce));
    await connection.ended;
    expect(await failed).toMatchObject({ code: 'CUP_RTSP_UNAUTHORIZED', status: 401 });
    expect(await session.closed).toMatchObject({ code: 'CUP_RTSP_UNAUTHORIZED' });
  });

  test('is not given to another host that the first one names', async () => {
    await using peer = await RtspPeer.listen();
    const { session } = play(peer.url(), { credential });
    const failed = rejection(session.start());
    const first = await peer.accept();
    first.answer(await first.expect('OPTIONS'), '200 OK');
    const elsewhere = peer.url('/other').replace('127.0.0.1', 'localhost');
    first.answer(await first.expect('DESCRIBE'), '302 Found', { Location: elsewhere });
    const second = await peer.accept();
    second.answer(await second.expect('OPTIONS', elsewhere), '200 OK');
    second.answer(await second.expect('DESCRIBE'), '401 Unauthorized', {
      'WWW-Authenticate': 'Basic realm="x"',
    });
    await second.ended;
    expect((await failed).code).toBe('CUP_RTSP_UNAUTHORIZED');
  });
});

describe('a session that cannot be is told apart', () => {
  test.each([
    ['404 Not Found', {}, '', 'CUP_RTSP_NOT_FOUND'],
    ['403 Forbidden', {}, '', 'CUP_RTSP_UNAUTHORIZED'],
    ['401 Unauthorized', {}, '', 'CUP_RTSP_UNAUTHORIZED'],
    ['503 Service Unavailable', {}, '', 'CUP_RTSP_STATUS'],
    ['301 Moved', {}, '', 'CUP_RTSP_REDIRECT'],
    ['301 Moved', { Location: 'rtsp://user:secret@h/' }, '', 'CUP_RTSP_BAD_URL'],
    ['200 OK', {}, 'v=0\r\n', 'CUP_RTSP_PROTOCOL'],
    ['200 OK', {}, 'm=video 0 RTP/SAVP 96\r\n', 'CUP_RTSP_NO_TRACKS'],
    ['200 OK', { 'Content-Base': 'rtsp://h/ x' }, SDP, 'CUP_RTSP_PROTOCOL'],
  ])('DESCRIBE answered %s %j', async (status, headers, body, code) => {
    await using peer = await RtspPeer.listen();
    const { session } = play(peer.url());
    const failed = rejection(session.start());
    const connection = await peer.accept();
    connection.answer(await connection.expect('OPTIONS'), '200 OK');
    connection.answer(await connection.expect('DESCRIBE'), status, headers, body);
    await connection.ended;
    const error = await failed;
    expect(error.code).toBe(code);
    expect(error.message).not.toContain('secret');
  });

  test('redirected for ever', async () => {
    await using peer = await RtspPeer.listen();
    const failed = rejection(play(peer.url()).session.start());
    for (let hop = 0; hop < 4; hop++) {
      const connection = await peer.accept();
      connection.answer(await connection.expect('OPTIONS'), '200 OK');
      connection.answer(await connection.expect('DESCRIBE'), '302 Found', { Location: peer.url(`/${hop}`) });
    }
    expect((await failed).code).toBe('CUP_RTSP_REDIRECT');
  });

  test.each([
    ['RTP/AVP;unicast;client_port=1-2', 'CUP_RTSP_PROTOCOL'],
    ['RTP/AVP/TCP;interleaved=0-1', 'CUP_RTSP_PROTOCOL'],
  ])('SETUP answered twice with %s', async (Transport, code) => {
    await using peer = await RtspPeer.listen();
    const failed = rejection(play(peer.url()).session.start());
    const connection = await peer.accept();
    connection.answer(await connection.expect('OPTIONS'), '200 OK');
    connection.answer(await connection.expect('DESCRIBE'), '200 OK', SDP_HEADERS, SDP);
    connection.answer(await connection.expect('SETUP'), '200 OK', { Transport, Session: 'S' });
    if (Transport.includes('TCP')) {
      connection.answer(await connection.expect('SETUP'), '200 OK', { Transport, Session: 'S' });
    }
    await connection.ended;
    expect((await failed).code).toBe(code);
  });

  test('no listener', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    const error = await rejection(play(`rtsp://127.0.0.1:${port}/cam`).session.start());
    expect(error.code).toBe('CUP_RTSP_UNREACHABLE');
  });

  test('no such name', async () => {
    const lookup: PlayOptions['lookup'] = (_host, _options, done) => done(new Error('no such name'), '', 0);
    const error = await rejection(play('rtsp://camera/x', { lookup }).session.start());
    expect(error).toMatchObject({
      code: 'CUP_RTSP_UNREACHABLE',
      message: expect.stringContaining('no such name'),
    });
  });

  test('no answer', async () => {
    await using peer = await RtspPeer.listen();
    const failed = rejection(play(peer.url(), { requestTimeoutMs: 50 }).session.start());
    const connection = await peer.accept();
    await connection.expect('OPTIONS');
    await connection.ended;
    expect(await failed).toMatchObject({ code: 'CUP_RTSP_REQUEST_TIMEOUT', attempt: 'OPTIONS' });
  });

  test('frames instead of answers, until the handshake is over', async () => {
    await using peer = await RtspPeer.listen();
    const { session } = play(peer.url(), { handshakeTimeoutMs: 100 });
    const failed = rejection(session.start());
    const connection = await peer.accept();
    const flood = Buffer.alloc(60_000, Buffer.from([0x24, 0, 0, 1, 0x80]));
    const pour = () => {
      while (!connection.socket.destroyed && connection.socket.write(flood));
    };
    connection.socket.on('drain', pour);
    pour();
    await connection.ended;
    expect((await failed).code).toBe('CUP_RTSP_REQUEST_TIMEOUT');
  });

  test('cancelled, before and while', async () => {
    await using peer = await RtspPeer.listen();
    expect((await rejection(play(peer.url()).session.start(AbortSignal.abort()))).code).toBe(
      'CUP_RTSP_ABORTED',
    );
    const controller = new AbortController();
    const failed = rejection(play(peer.url('/2')).session.start(controller.signal));
    const connection = await acceptUrl(peer, peer.url('/2'));
    controller.abort();
    await connection.ended;
    expect((await failed).code).toBe('CUP_RTSP_ABORTED');
  });

  test('closed while it starts, and before', async () => {
    await using peer = await RtspPeer.listen();
    const { session } = play(peer.url());
    const failed = rejection(session.start());
    const connection = await peer.accept();
    await session.close();
    await connection.ended;
    expect((await failed).code).toBe('CUP_RTSP_ABORTED');
    expect(await session.closed).toBeUndefined();
    const never = play(peer.url()).session;
    await never.close();
    expect(await never.closed).toBeUndefined();
    expect((await rejection(never.start())).code).toBe('CUP_RTSP_ABORTED');
  });
});

describe('a session that runs ends', () => {
  async function startPlaying(peer: RtspPeer, more: Partial<PlayOptions> = {}) {
    const { session, heard } = play(peer.url(), more);
    const started = session.start();
    const connection = await peer.accept();
    connection.answer(await answerUntilPlay(connection, peer.url()), '200 OK');
    await started;
    return { session, heard, connection };
  }

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
        const { session } = play(hostile.url(), {
          requestTimeoutMs: 200,
          handshakeTimeoutMs: 400,
          readTimeoutMs: 200,
        });
        const started = session.start();
        started.catch(() => undefined);
        const connection = await hostile.accept();
        connection.socket.on('data', () => undefined);
        if (after > 0) connection.answer(await connection.expect('OPTIONS'), '200 OK');
        if (after > 1) connection.answer(await connection.expect('DESCRIBE'), '200 OK', SDP_HEADERS, SDP);
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
});

async function expectText(connection: PeerConnection, text: string): Promise<void> {
  expect(await connection.read(Buffer.byteLength(text))).toEqual(Buffer.from(text));
}

/** The connection that asks for this URL; earlier ones that were cancelled are passed over. */
async function acceptUrl(peer: RtspPeer, url: string): Promise<PeerConnection> {
  for (;;) {
    const connection = await peer.accept();
    const asked = await connection.expect('OPTIONS').catch(() => undefined);
    if (asked?.url === url) return connection;
  }
}

/** Looks again after every turn of the event loop that a socket made. */
async function expectLater(isSo: () => boolean): Promise<void> {
  await expect.poll(isSo, { timeout: 5_000, interval: 5 }).toBe(true);
}
