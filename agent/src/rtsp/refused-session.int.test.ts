import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { type PeerConnection, RtspPeer } from '../../test/rtsp-peer.ts';
import { play, rejection, SDP, SDP_HEADERS } from '../../test/rtsp-peer-play.ts';
import type { PlayOptions } from './play-session.ts';

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
    const failed = rejection(play(peer.url(), { requestTimeoutMs: 300 }).session.start());
    const connection = await peer.accept();
    await connection.expect('OPTIONS');
    await connection.ended;
    expect(await failed).toMatchObject({ code: 'CUP_RTSP_REQUEST_TIMEOUT', attempt: 'OPTIONS' });
  });

  test('frames instead of answers, until the handshake is over', async () => {
    await using peer = await RtspPeer.listen();
    const { session } = play(peer.url(), { handshakeTimeoutMs: 500 });
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

/** The connection that asks for this URL; earlier ones that were cancelled are passed over. */
async function acceptUrl(peer: RtspPeer, url: string): Promise<PeerConnection> {
  for (;;) {
    const connection = await peer.accept();
    const asked = await connection.expect('OPTIONS').catch(() => undefined);
    if (asked?.url === url) return connection;
  }
}
