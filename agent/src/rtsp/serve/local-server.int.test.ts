/** The server on localhost against clients that are not its guests, and one written by hand that is. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { packetsOf } from '../../../test/packet-runs.ts';
import { toTimestamp } from '../../rtp/sequence.ts';
import type { Track } from '../wire/track.ts';
import type { FrameSink } from './guest.ts';
import { type Invitation, LocalServer } from './local-server.ts';

const VIDEO: Track = {
  kind: 'video',
  codec: 'H264',
  payloadType: 96,
  clockRate: 90_000,
  rtpmap: 'H264/90000',
  control: '',
};
const PATH = 'original/plant/north/gate';
const FRAME = Buffer.from([0x24, 0, 0, 2, 7, 8]);
const REPORT = Buffer.from(
  '240100 1c 80c8000600000001ee08c0aa8000000000000007 0000000000000000'.replaceAll(' ', ''),
  'hex',
);

let server: LocalServer;
let sink: FrameSink | undefined;
let heard: string[];
const open: (() => void)[] = [];

beforeEach(async () => {
  server = new LocalServer();
  await server.start();
  sink = undefined;
  heard = [];
});
afterEach(async () => {
  for (const close of open.splice(0)) close();
  await server.close();
});

function invite(pid: number | undefined): Invitation {
  return server.invite({
    pid: () => pid,
    served: {
      tracks: [VIDEO],
      timestamps: [toTimestamp(4_294_967_295)],
      play: (given) => {
        sink = given;
        given.write(FRAME);
      },
    },
    taken: {
      begin: (tracks) => heard.push(`begin ${tracks.map((track) => track.codec)}`),
      onRtp: (track, packets) => {
        for (const packet of packetsOf(packets)) heard.push(`rtp ${track} ${packet.toString('hex')}`);
      },
      onClock: (track, { timestamp }) => heard.push(`clock ${track} ${timestamp}`),
      end: () => heard.push('end'),
    },
  });
}

/** A client that says lines and reads what comes. */
class Client {
  readonly socket: Socket;
  #text = '';
  #cseq = 0;

  constructor(url: string) {
    this.socket = connect(Number(new URL(url).port), '127.0.0.1');
    this.socket.on('data', (chunk) => {
      this.#text += chunk.toString('latin1');
      this.socket.emit('said');
    });
    this.socket.on('error', () => undefined);
    open.push(() => this.socket.destroy());
  }

  /** The answer's first line. */
  async ask(method: string, url: string, body = ''): Promise<string> {
    this.#text = '';
    const length = body === '' ? '' : `Content-Length: ${body.length}\r\n`;
    this.socket.write(`${method} ${url} RTSP/1.0\r\nCSeq: ${++this.#cseq}\r\n${length}\r\n${body}`);
    while (!this.#text.includes('\r\n\r\n')) await once(this.socket, 'said');
    return this.#text.split('\r\n')[0] ?? '';
  }

  get text(): string {
    return this.#text;
  }
}

function startOther(): ChildProcess {
  const child = spawn('sleep', ['60']);
  open.push(() => child.kill('SIGKILL'));
  return child;
}

it('refuses whoever is not the process that was invited, and who was not', async () => {
  const { url } = invite(startOther().pid);
  const foreign = new Client(url(PATH));
  expect(await foreign.ask('OPTIONS', url(PATH))).toBe('RTSP/1.0 403 Forbidden');
  await once(foreign.socket, 'close');
  const lost = new Client(url(PATH));
  expect(await lost.ask('DESCRIBE', url(PATH).replace('/1/', '/2/'))).toBe('RTSP/1.0 403 Forbidden');
  const early = invite(undefined);
  expect(await new Client(url(PATH)).ask('OPTIONS', early.url(PATH))).toBe('RTSP/1.0 403 Forbidden');
});

it('plays what is served to the process that was invited, until it is withdrawn', async () => {
  const { url, withdraw } = invite(process.pid);
  const client = new Client(url(PATH));
  expect(await client.ask('OPTIONS', url(PATH))).toBe('RTSP/1.0 200 OK');
  await client.ask('DESCRIBE', url(PATH));
  expect(client.text).toContain('a=rtpmap:96 H264/90000');
  await client.ask('SETUP', `${url(PATH)}/trackID=0`);
  expect(client.text).toContain('Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n');
  expect(await client.ask('PLAY', url(PATH))).toBe('RTSP/1.0 200 OK');
  expect(client.text).toContain(`RTP-Info: url=${url(PATH)}/trackID=0;rtptime=4294967295\r\n`);
  while (!client.text.endsWith(FRAME.toString('latin1'))) await once(client.socket, 'said');
  expect(sink?.backlogBytes).toBe(0);
  expect(await client.ask('SETUP', `${url(PATH)}/trackID=0`)).toMatch(/455/);
  withdraw();
  await once(client.socket, 'close');
});

it('takes what the process publishes, and tells when it has ended', async () => {
  const { url } = invite(process.pid);
  const client = new Client(url(PATH));
  const sdp = 'v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:streamid=0\r\n';
  expect(await client.ask('ANNOUNCE', url(PATH), sdp)).toMatch(/200/);
  expect(await client.ask('SETUP', `${url(PATH)}/streamid=1`)).toMatch(/455/);
  await client.ask('SETUP', `${url(PATH)}/streamid=0`);
  expect(client.text).toContain('Transport: RTP/AVP/TCP;unicast;interleaved=0-1;mode=record');
  expect(await client.ask('RECORD', url(PATH))).toMatch(/200/);
  client.socket.write(FRAME);
  client.socket.write(Buffer.from([0x24, 1, 0, 1, 9]));
  client.socket.write(REPORT);
  expect(await client.ask('TEARDOWN', url(PATH))).toMatch(/200/);
  await once(client.socket, 'close');
  await expect.poll(() => heard).toEqual(['begin H264', 'rtp 0 0708', 'clock 0 7', 'end']);
});

it('ends a client that sends what is neither', async () => {
  const { url } = invite(process.pid);
  for (const bytes of ['GET / HTTP/1.1\r\n\r\n', '\x00\x01', '$\x00\x00\x02ab']) {
    const client = new Client(url(PATH));
    client.socket.write(bytes);
    await once(client.socket, 'close');
  }
  expect(heard).toEqual([]);
});
