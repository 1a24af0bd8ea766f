/**
 * A small RTSP viewer of one H.264 stream over TCP, many of which fit into one process: it tells of each picture
 * from the first key picture on, to the fraction of a millisecond, and has no start-up of its own, so what it waits for is the server.
 */
import { createConnection, type Socket } from 'node:net';
import { H264Pictures } from './h264-pictures.ts';
import { RtspFraming, type RtspItem } from './rtsp-framing.ts';
import type { Viewer } from './rtsp-probe.ts';

export interface PlayerHandlers {
  /** `hash` is as a simulated camera tells it. */
  readonly onPicture: (hash: string) => void;
  /** Once, whatever ended it; nothing follows. */
  readonly onEnd: (reason: string) => void;
}

/** Servers forget who says nothing for a minute (RFC 2326, section 12.37), though he reads. */
const KEEP_ALIVE_MS = 20_000;

/** DESCRIBE -> SETUP of the video track -> PLAY; each follows the answer to the one before. GET_PARAMETER now and then. */
export class RtspPlayer {
  readonly #viewer: Viewer;
  readonly #handlers: PlayerHandlers;
  readonly #socket: Socket;
  readonly #framing = new RtspFraming();
  readonly #pictures = new H264Pictures();
  readonly #silence: NodeJS.Timeout;
  #keepAlive: NodeJS.Timeout | undefined;
  #sequence = 0;
  #isOver = false;

  /** Connects at once. @param silenceMs ends the connection when no picture comes for so long */
  constructor(viewer: Viewer, silenceMs: number, handlers: PlayerHandlers) {
    this.#viewer = viewer;
    this.#handlers = handlers;
    this.#silence = setTimeout(() => this.#end(`no picture for ${silenceMs} ms`), silenceMs);
    const url = new URL(viewer.url);
    this.#socket = createConnection({ host: url.hostname, port: Number(url.port), noDelay: true });
    this.#socket.on('connect', () => this.#ask('DESCRIBE', viewer.url, 'Accept: application/sdp'));
    this.#socket.on('data', (chunk) => {
      for (const item of this.#framing.push(chunk)) this.#take(item);
    });
    this.#socket.on('error', (error) => this.#end(error.message));
    this.#socket.on('close', () => this.#end('closed by the server'));
  }

  /** Ends it without telling. */
  close(): void {
    this.#isOver = true;
    clearTimeout(this.#silence);
    clearInterval(this.#keepAlive);
    this.#socket.destroy();
  }

  #end(reason: string): void {
    if (this.#isOver) return;
    this.close();
    this.#handlers.onEnd(reason);
  }

  #take(item: RtspItem): void {
    if (this.#isOver) return;
    if (item.kind === 'message') this.#takeAnswer(item.head, item.body);
    else if (item.channel === 0) this.#takePacket(item.raw.subarray(4));
  }

  #takePacket(rtp: Buffer): void {
    const hash = this.#pictures.push(rtp);
    if (hash === undefined) return;
    this.#silence.refresh();
    this.#handlers.onPicture(hash);
  }

  #takeAnswer(head: string, body: Buffer): void {
    const status = head.split(' ')[1];
    const { url } = this.#viewer;
    const step = /^cseq: *(\d+)/im.exec(head)?.[1];
    if (status !== '200') {
      this.#end(`status ${status}`);
    } else if (step === '1') {
      const track = /^m=video.*?^a=control:(\S+)/ms.exec(body.toString())?.[1] ?? '';
      const target = track.startsWith('rtsp:') ? track : `${url}/${track}`;
      this.#ask('SETUP', target, 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1');
    } else if (step === '2') {
      const session = `Session: ${/^session: *([^;\r\n]+)/im.exec(head)?.[1] ?? ''}`;
      this.#ask('PLAY', url, session);
      this.#keepAlive = setInterval(() => this.#ask('GET_PARAMETER', url, session), KEEP_ALIVE_MS);
    }
  }

  #ask(method: string, url: string, header: string): void {
    const login = Buffer.from(`${this.#viewer.user}:${this.#viewer.password}`).toString('base64');
    const lines = [
      `${method} ${url} RTSP/1.0`,
      `CSeq: ${++this.#sequence}`,
      `Authorization: Basic ${login}`,
      header,
    ];
    this.#socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  }
}
