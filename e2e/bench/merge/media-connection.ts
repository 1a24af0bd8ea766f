/** One RTSP session over TCP of the bench's own: asks for a stream or announces one, and then hands over raw bytes. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { CLIP_SDP } from './clip.ts';

const RETRY_MS = 100;
const BUDGET_MS = 60_000;

/** All connections of a process read into these bytes: they are used up during the callback. */
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * Plays the stream at `url`, as soon as it is there. `take` gets what arrives, the answer to PLAY first: views, valid
 * during the call only.
 */
export async function playStream(url: string, take: (bytes: Buffer) => void): Promise<Socket> {
  const endMs = performance.now() + BUDGET_MS;
  for (;;) {
    const connection = await MediaConnection.open(url);
    const answer = await connection.ask('DESCRIBE', url, ['Accept: application/sdp']);
    if (answer.startsWith('RTSP/1.0 200')) {
      const control = /^m=video.*?^a=control:(\S+)/ms.exec(answer)?.[1] ?? '';
      await connection.demand('SETUP', control.startsWith('rtsp:') ? control : `${url}/${control}`, [
        'Transport: RTP/AVP/TCP;unicast;interleaved=0-1',
      ]);
      return connection.play(`${url}/`, take);
    }
    connection.socket.destroy();
    if (performance.now() > endMs) throw new Error(`${url} is not there: ${answer.split('\r\n', 1)[0]}`);
    await delay(RETRY_MS);
  }
}

/** Announces the clip at `url`; interleaved frames may then be written to the socket. */
export async function publishStream(url: string): Promise<Socket> {
  const connection = await MediaConnection.open(url);
  const length = `Content-Length: ${CLIP_SDP.length}`;
  await connection.demand('ANNOUNCE', url, ['Content-Type: application/sdp', length], CLIP_SDP);
  await connection.demand('SETUP', `${url}/trackID=0`, [
    'Transport: RTP/AVP/TCP;unicast;interleaved=0-1;mode=record',
  ]);
  await connection.demand('RECORD', url, []);
  return connection.socket;
}

class MediaConnection {
  readonly socket: Socket;
  #sequence = 0;
  #session = '';
  #take: (bytes: Buffer) => void = () => undefined;

  private constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.socket = connect({
      host: hostname,
      port: Number(port),
      noDelay: true,
      onread: {
        buffer: READ_BUFFER,
        callback: (length) => {
          this.#take(READ_BUFFER.subarray(0, length));
          return true;
        },
      },
    });
  }

  static async open(url: string): Promise<MediaConnection> {
    const connection = new MediaConnection(url);
    await once(connection.socket, 'connect');
    return connection;
  }

  /** Resolves with the answer, headers and body. */
  ask(method: string, url: string, headers: readonly string[], body = ''): Promise<string> {
    const answer = new Promise<string>((resolve) => {
      let text = '';
      this.#take = (bytes) => {
        text += bytes.toString('latin1');
        const headEnd = text.indexOf('\r\n\r\n');
        const length = Number(/^content-length: *(\d+)/im.exec(text)?.[1] ?? 0);
        if (headEnd >= 0 && text.length >= headEnd + 4 + length) resolve(text);
      };
    });
    this.#write(method, url, headers, body);
    return answer;
  }

  async demand(method: string, url: string, headers: readonly string[], body = ''): Promise<void> {
    const answer = await this.ask(method, url, headers, body);
    if (!answer.startsWith('RTSP/1.0 200'))
      throw new Error(`${method} ${url}: ${answer.split('\r\n', 1)[0]}`);
    this.#session ||= /^session: *([^;\r\n]+)/im.exec(answer)?.[1] ?? '';
  }

  /** Resolves when the first bytes come. */
  play(url: string, take: (bytes: Buffer) => void): Promise<Socket> {
    return new Promise((resolve) => {
      this.#take = (bytes) => {
        this.#take = take;
        take(bytes);
        resolve(this.socket);
      };
      this.#write('PLAY', url, []);
    });
  }

  #write(method: string, url: string, headers: readonly string[], body = ''): void {
    const session = this.#session === '' ? [] : [`Session: ${this.#session}`];
    const lines = [`${method} ${url} RTSP/1.0`, `CSeq: ${++this.#sequence}`, ...session, ...headers];
    this.socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
  }
}
