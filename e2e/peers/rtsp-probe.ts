/**
 * A small RTSP viewer that says when a stream can be played, to the millisecond: FFmpeg's own start-up, which
 * varies by more than what is measured, stays out of the figure.
 */
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { RtspFraming, type RtspItem } from './rtsp-framing.ts';

export interface Viewer {
  /** `rtsp://host:port/path`, without a login. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

const RETRY_MS = 40;
/** Longer than MediaMTX delays its answer to a refused login (4 s): who is silent for so long hangs, and is left. */
const PATIENCE_MS = 5_000;

/** Resolves when the server offers the stream to this viewer. */
export async function untilOffered(viewer: Viewer, budgetMs: number): Promise<void> {
  (await connectWhenOffered(viewer, budgetMs)).close();
}

/** Resolves with the time (ms since the epoch) when the viewer has the first packet of an H.264 key frame. */
export async function untilFirstKeyFrame(viewer: Viewer, budgetMs: number): Promise<number> {
  const session = await connectWhenOffered(viewer, budgetMs);
  try {
    return await session.playUntilKeyFrame(budgetMs);
  } finally {
    session.close();
  }
}

/** The status code with which the server answers a DESCRIBE; throws where nothing listens or nobody answers. */
export async function describeStatus(viewer: Viewer, timeoutMs: number): Promise<number> {
  const session = new ProbeSession(viewer);
  try {
    return await session.describe(AbortSignal.timeout(timeoutMs));
  } finally {
    session.close();
  }
}

async function connectWhenOffered(viewer: Viewer, budgetMs: number): Promise<ProbeSession> {
  const signal = AbortSignal.timeout(budgetMs);
  let last = 'no answer';
  while (!signal.aborted) {
    const session = new ProbeSession(viewer);
    try {
      const status = await session.describe(AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]));
      if (status === 200) return session;
      last = `status ${status}`;
    } catch (error) {
      if (!signal.aborted) last = String(error);
    }
    session.close();
    await delay(RETRY_MS);
  }
  throw new Error(`${viewer.url} was not offered within ${budgetMs} ms: ${last}.`);
}

class ProbeSession {
  readonly #viewer: Viewer;
  readonly #socket: Socket;
  readonly #framing = new RtspFraming();
  #take: (item: RtspItem) => void = () => undefined;
  #fail: (error: Error) => void = () => undefined;
  #sequence = 0;
  #track = '';

  constructor(viewer: Viewer) {
    this.#viewer = viewer;
    const url = new URL(viewer.url);
    this.#socket = createConnection({ host: url.hostname, port: Number(url.port), noDelay: true });
    this.#socket.on('data', (chunk) => {
      for (const item of this.#framing.push(chunk)) this.#take(item);
    });
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error('the connection was closed')));
  }

  async describe(signal: AbortSignal): Promise<number> {
    await once(this.#socket, 'connect', { signal });
    const reply = await this.#ask('DESCRIBE', this.#viewer.url, 'Accept: application/sdp', signal);
    this.#track = /^m=video.*?^a=control:(\S+)/ms.exec(reply.body.toString())?.[1] ?? '';
    return Number(reply.head.split(' ')[1]);
  }

  async playUntilKeyFrame(budgetMs: number): Promise<number> {
    const signal = AbortSignal.timeout(budgetMs);
    const url = this.#viewer.url;
    const track = this.#track.startsWith('rtsp:') ? this.#track : `${url}/${this.#track}`;
    const transport = 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1';
    const setup = await this.#ask('SETUP', track, transport, signal);
    const session = /^session: *([^;\r\n]+)/im.exec(setup.head)?.[1] ?? '';
    const keyFrame = this.#next(
      (item) => item.kind === 'frame' && item.channel === 0 && isKeyFrame(item.raw),
      signal,
    );
    this.#write('PLAY', url, `Session: ${session}`);
    await keyFrame;
    return Date.now();
  }

  close(): void {
    this.#fail = () => undefined;
    this.#socket.destroy();
  }

  async #ask(method: string, url: string, header: string, signal: AbortSignal) {
    this.#write(method, url, header);
    const reply = await this.#next((item) => item.kind === 'message', signal);
    if (reply.kind !== 'message') throw new Error('unreachable: only messages were waited for');
    return reply;
  }

  #write(method: string, url: string, header: string): void {
    const login = Buffer.from(`${this.#viewer.user}:${this.#viewer.password}`).toString('base64');
    const lines = [
      `${method} ${url} RTSP/1.0`,
      `CSeq: ${++this.#sequence}`,
      `Authorization: Basic ${login}`,
      header,
    ];
    this.#socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  }

  #next(wanted: (item: RtspItem) => boolean, signal: AbortSignal): Promise<RtspItem> {
    return new Promise((resolve, reject) => {
      this.#take = (item) => wanted(item) && resolve(item);
      this.#fail = reject;
      signal.addEventListener('abort', () => reject(new Error('no answer in time')), { once: true });
    });
  }
}

/** RFC 6184, after 4 bytes of interleaving and an RTP header without extensions, as MediaMTX sends it: a NAL unit of type 5, alone, the first of an FU-A (28), or the parameter sets before it in a STAP-A. */
function isKeyFrame(interleaved: Buffer): boolean {
  const type = interleaved.readUInt8(16) & 0x1f;
  return type === 5 || type === 24 || (type === 28 && (interleaved.readUInt8(17) & 0x9f) === 0x85);
}
