import { describe, expect, test } from 'vitest';
import { makeRun } from '../../test/packet-runs.ts';
import { type PeerConnection, RtspPeer } from '../../test/rtsp-peer.ts';
import { type PublishOptions, PublishSession } from './publish-session.ts';
import { RtspError } from './rtsp-error.ts';
import type { Track } from './wire/track.ts';

const TRACKS: Track[] = [
  {
    kind: 'video',
    codec: 'H264',
    payloadType: 96,
    clockRate: 90000,
    rtpmap: 'H264/90000',
    fmtp: 'packetization-mode=1; sprop-parameter-sets=Z0LADQ==,aM4PyA==',
    control: 'rtsp://elsewhere/a',
  },
  { kind: 'audio', codec: 'PCMA', payloadType: 8, clockRate: 8000, rtpmap: 'PCMA/8000', control: '' },
];

async function startPublishing(
  peer: RtspPeer,
  more: Partial<PublishOptions> = {},
): Promise<{ session: PublishSession; connection: PeerConnection }> {
  const session = new PublishSession({ url: peer.url(), tracks: TRACKS, ...more });
  const started = session.start();
  const connection = await peer.accept();
  const announce = await connection.expect('ANNOUNCE', peer.url());
  expect(announce.headers['content-type']).toBe('application/sdp');
  expect(announce.body.split('\r\n').slice(5)).toEqual([
    'm=video 0 RTP/AVP 96',
    'a=rtpmap:96 H264/90000',
    'a=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z0LADQ==,aM4PyA==',
    'a=control:trackID=0',
    'm=audio 0 RTP/AVP 8',
    'a=rtpmap:8 PCMA/8000',
    'a=control:trackID=1',
    '',
  ]);
  connection.answer(announce, '200 OK');
  for (const [index, channels] of ['0-1', '2-3'].entries()) {
    const setup = await connection.expect('SETUP', `${peer.url()}/trackID=${index}`);
    const Transport = `RTP/AVP/TCP;unicast;interleaved=${channels};mode=record`;
    expect(setup.headers.transport).toBe(Transport);
    connection.answer(setup, '200 OK', { Transport, Session: 'P1;timeout=60' });
  }
  const record = await connection.expect('RECORD', peer.url());
  expect(record.headers.session).toBe('P1');
  expect(session.write(0, makeRun(Buffer.from('early')))).toBe(false);
  connection.answer(record, '200 OK');
  await started;
  return { session, connection };
}

describe('a stream is published', () => {
  test('from ANNOUNCE to TEARDOWN, the packets in order', async () => {
    await using peer = await RtspPeer.listen();
    const { session, connection } = await startPublishing(peer);
    expect(session.write(0, makeRun(Buffer.from('one'), Buffer.from('after')))).toBe(true);
    const other = makeRun(Buffer.from('other'));
    expect(session.write(1, other)).toBe(true);
    // What was written is the server's: the memory may be used again.
    other.recycle();
    makeRun(Buffer.alloc(5, 0xff));
    expect([
      await connection.expectFrame(),
      await connection.expectFrame(),
      await connection.expectFrame(),
    ]).toEqual([
      { channel: 0, payload: Buffer.from('one') },
      { channel: 0, payload: Buffer.from('after') },
      { channel: 2, payload: Buffer.from('other') },
    ]);
    session.write(0, makeRun(Buffer.from('last')));
    const closed = session.close();
    expect(await connection.expectFrame()).toEqual({ channel: 0, payload: Buffer.from('last') });
    const teardown = await connection.expect('TEARDOWN', peer.url());
    expect(teardown.headers.session).toBe('P1');
    await closed;
    expect(await session.closed).toBeUndefined();
    expect(session.write(0, makeRun(Buffer.from('late')))).toBe(false);
  });

  test('with others in the same turn, each on its own connection', async () => {
    await using peer = await RtspPeer.listen();
    const one = await startPublishing(peer);
    const other = await startPublishing(peer);
    for (let count = 0; count < 4; count++) {
      one.session.write(0, makeRun(Buffer.from(`one ${count}`)));
      other.session.write(0, makeRun(Buffer.from(`other ${count}`)));
    }
    for (let count = 0; count < 4; count++) {
      expect((await one.connection.expectFrame()).payload.toString()).toBe(`one ${count}`);
      expect((await other.connection.expectFrame()).payload.toString()).toBe(`other ${count}`);
    }
    await Promise.all([one.session.close(), other.session.close()]);
  });

  test('and held by OPTIONS while there is nothing to publish', async () => {
    await using peer = await RtspPeer.listen();
    const { session, connection } = await startPublishing(peer, { requestTimeoutMs: 1_000 });
    const first = await connection.expect('OPTIONS', peer.url());
    expect(first.headers.session).toBe('P1');
    connection.answer(first, '200 OK');
    await connection.expect('OPTIONS');
    expect(await session.closed).toMatchObject({ code: 'CUP_RTSP_REQUEST_TIMEOUT', attempt: 'OPTIONS' });
  });
});

describe('a server that is behind', () => {
  const packet = Buffer.alloc(60_000, 7);

  test('loses whole packets above the backlog, and gets the others whole when it goes on', async () => {
    await using peer = await RtspPeer.listen();
    const { session, connection } = await startPublishing(peer, { maxBacklogBytes: 1_000_000 });
    connection.socket.pause();
    let written = 0;
    for (let isTaken = true; isTaken; ) {
      packet.writeUInt32BE(written);
      const run = makeRun(packet);
      isTaken = session.write(0, run);
      if (isTaken) written++;
      run.recycle();
      await new Promise((resolve) => setImmediate(resolve));
    }
    connection.socket.resume();
    for (let count = 0; count < written; count++) {
      const { payload } = await connection.expectFrame();
      expect(payload.length).toBe(packet.length);
      expect(payload.readUInt32BE()).toBe(count);
      expect(payload.subarray(4).equals(packet.subarray(4))).toBe(true);
    }
    expect(session.write(0, makeRun(Buffer.from('again')))).toBe(true);
    expect((await connection.expectFrame()).payload.toString()).toBe('again');
    await session.close();
  });

  test('for the write time-out is given up', async () => {
    await using peer = await RtspPeer.listen();
    const { session, connection } = await startPublishing(peer, { writeTimeoutMs: 200 });
    connection.socket.pause();
    while (session.write(0, makeRun(packet))) await new Promise((resolve) => setImmediate(resolve));
    expect(await session.closed).toMatchObject({ code: 'CUP_RTSP_STALLED' });
    connection.socket.destroy();
  });
});

test.each([
  ['ANNOUNCE', '400 Bad Request', 'CUP_RTSP_STATUS'],
  ['ANNOUNCE', '401 Unauthorized', 'CUP_RTSP_UNAUTHORIZED'],
  ['RECORD', '404 Not Found', 'CUP_RTSP_NOT_FOUND'],
])('%s answered %s is told apart', async (method, status, code) => {
  await using peer = await RtspPeer.listen();
  const session = new PublishSession({ url: peer.url(), tracks: TRACKS.slice(1) });
  const started = session.start();
  started.catch(() => undefined);
  const connection = await peer.accept();
  for (const step of ['ANNOUNCE', 'SETUP', 'RECORD']) {
    const request = await connection.expect(step);
    connection.answer(request, step === method ? status : '200 OK', { Session: 'S' });
    if (step === method) break;
  }
  await connection.ended;
  await expect(started).rejects.toBeInstanceOf(RtspError);
  expect(await session.closed).toMatchObject({ code, attempt: method });
});
