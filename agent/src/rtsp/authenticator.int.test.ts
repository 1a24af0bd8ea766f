import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type PeerRequest, RtspPeer } from '../../test/rtsp-peer.ts';
import { play, rejection, SDP, SDP_HEADERS } from '../../test/rtsp-peer-play.ts';

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
