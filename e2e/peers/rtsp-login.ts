import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import type { PushTarget } from './camera-settings.ts';
import { RtspFraming, type RtspItem } from './rtsp-framing.ts';

/** A server that takes nothing for this long, with as much waiting for it as a socket holds, is given up. */
const STUCK_MS = 3_000;

/**
 * A port on localhost that carries an RTSP publisher to its real server and adds the login to each request, so
 * that FFmpeg, which takes an RTSP login from the URL alone, has none in its argument list.
 */
export class RtspLogin {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** `onRecording` is called when the server has accepted a RECORD: the camera is on air from then on. */
  static async start(target: () => PushTarget, onRecording: () => void): Promise<RtspLogin> {
    const server = createServer({ noDelay: true });
    const login = new RtspLogin(server);
    server.on('connection', (client) => login.#carry(client, target, onRecording));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return login;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #carry(client: Socket, currentTarget: () => PushTarget, onRecording: () => void): void {
    const target = currentTarget();
    const url = new URL(target.url);
    const server = createConnection({ host: url.hostname, port: Number(url.port), noDelay: true });
    let stuck: NodeJS.Timeout | undefined;
    const send = delayed(
      () => currentTarget().delayMs ?? 0,
      (bytes) => {
        if (!server.write(bytes)) stuck ??= setTimeout(() => server.destroy(), STUCK_MS);
      },
    );
    server.on('drain', () => {
      clearTimeout(stuck);
      stuck = undefined;
    });
    server.on('close', () => clearTimeout(stuck));
    const authorization = `Basic ${Buffer.from(`${target.user}:${target.password}`).toString('base64')}`;
    const requests = new RtspFraming();
    const replies = new RtspFraming();
    let recordSequence: string | undefined;
    client.on('data', (chunk) => {
      for (const item of requests.push(chunk)) {
        if (item.kind === 'message' && item.head.startsWith('RECORD '))
          recordSequence = sequenceOf(item.head);
        send(item.kind === 'message' ? withHeader(item, `Authorization: ${authorization}`) : item.raw);
      }
    });
    server.on('data', (chunk) => {
      client.write(chunk);
      if (recordSequence === undefined) return;
      for (const item of replies.push(chunk)) {
        if (item.kind !== 'message' || sequenceOf(item.head) !== recordSequence) continue;
        if (item.head.startsWith('RTSP/1.0 200')) onRecording();
      }
    });
    this.#tie(client, server);
    this.#tie(server, client);
  }

  #tie(socket: Socket, other: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#sockets.delete(socket);
      other.destroy();
    });
  }
}

/** Writes each piece after the delay of that moment, and never before an earlier piece. */
function delayed(delayMs: () => number, write: (bytes: Buffer) => void): (bytes: Buffer) => void {
  const underWay: Buffer[] = [];
  let dueMs = 0;
  return (bytes) => {
    const nowMs = performance.now();
    dueMs = Math.max(dueMs, nowMs + delayMs());
    if (dueMs <= nowMs && underWay.length === 0) {
      write(bytes);
      return;
    }
    underWay.push(bytes);
    setTimeout(() => write(underWay.shift() ?? Buffer.alloc(0)), dueMs - nowMs);
  };
}

function withHeader(message: RtspItem & { kind: 'message' }, header: string): Buffer {
  const [first = '', ...rest] = message.head.split('\r\n');
  return Buffer.concat([Buffer.from(`${[first, header, ...rest].join('\r\n')}\r\n\r\n`), message.body]);
}

function sequenceOf(head: string): string | undefined {
  return /^cseq: *(\d+)/im.exec(head)?.[1];
}
