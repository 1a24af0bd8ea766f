/** A session that plays from a server which the test plays: what most tests of it begin with. */
import { expect } from 'vitest';
import type { FrameRow } from '../src/rtp/frame-row.ts';
import { type PlayOptions, PlaySession } from '../src/rtsp/play-session.ts';
import { RtspError } from '../src/rtsp/rtsp-error.ts';
import { packetsOf } from './packet-runs.ts';
import type { PeerConnection, PeerRequest, RtspPeer } from './rtsp-peer.ts';

export const SDP = [
  'v=0',
  'm=video 0 RTP/AVP 96',
  'a=rtpmap:96 H264/90000',
  'a=control:trackID=0',
  'm=audio 0 RTP/AVP 0',
  'a=control:trackID=1',
  '',
].join('\r\n');
export const SDP_HEADERS = { 'Content-Type': 'application/sdp' };
export const RTP = Buffer.from('80600001000000010000000201020304', 'hex');

export interface Heard {
  readonly rtp: [number, string][];
  readonly rtcp: [number, string][];
}

export function play(url: string, more: Partial<PlayOptions> = {}): { session: PlaySession; heard: Heard } {
  const heard: Heard = { rtp: [], rtcp: [] };
  const session = new PlaySession({
    url,
    events: {
      onRtp: (track, row) => heard.rtp.push(...listPackets(track, row)),
      onRtcp: (track, row) => heard.rtcp.push(...listPackets(track, row)),
    },
    ...more,
  });
  return { session, heard };
}

function listPackets(track: number, row: FrameRow): [number, string][] {
  return packetsOf(row).map((packet) => [track, packet.toString('hex')]);
}

/** Answers all that comes before PLAY; returns the PLAY request, unanswered. */
export async function answerUntilPlay(
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

export async function rejection(promise: Promise<unknown>): Promise<RtspError> {
  const error = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(RtspError);
  return error as RtspError;
}

/** Up to the answer to PLAY. */
export async function startPlaying(peer: RtspPeer, more: Partial<PlayOptions> = {}) {
  const { session, heard } = play(peer.url(), more);
  const started = session.start();
  const connection = await peer.accept();
  connection.answer(await answerUntilPlay(connection, peer.url()), '200 OK');
  await started;
  return { session, heard, connection };
}

/** Looks again after every turn of the event loop that a socket made. */
export async function expectLater(isSo: () => boolean): Promise<void> {
  await expect.poll(isSo, { timeout: 5_000, interval: 5 }).toBe(true);
}
