/**
 * An RTSP server that the test plays itself, on a real socket: each request is awaited and asserted, each
 * answer written. It shares no code with what it tests.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

export interface PeerRequest {
  readonly method: string;
  readonly url: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface PeerFrame {
  readonly channel: number;
  readonly payload: Buffer;
}

export class RtspPeer {
  readonly #server: Server;
  readonly #accepted: PeerConnection[] = [];
  readonly #arrivals: (() => void)[] = [];

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#accepted.push(new PeerConnection(socket));
      this.#arrivals.shift()?.();
    });
  }

  static async listen(): Promise<RtspPeer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new RtspPeer(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  url(path = '/cam'): string {
    return `rtsp://127.0.0.1:${this.port}${path}`;
  }

  /** The next connection. */
  async accept(): Promise<PeerConnection> {
    while (this.#accepted.length === 0) await new Promise<void>((resolve) => this.#arrivals.push(resolve));
    return this.#accepted.shift() as PeerConnection;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#accepted) connection.socket.destroy();
    this.#server.close();
  }
}

export class PeerConnection {
  readonly socket: Socket;
  /** Resolves when the client has closed. */
  readonly ended: Promise<void>;
  #received = Buffer.alloc(0);
  #over = false;
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    socket.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      socket.once('close', () => {
        this.#over = true;
        this.#wake();
        resolve();
      });
    });
  }

  /** The next thing from the client must be this request. */
  async expect(method: string, url?: string): Promise<PeerRequest> {
    const head = await this.#take((received) => {
      const end = received.indexOf('\r\n\r\n');
      return end < 0 ? undefined : end + 4;
    });
    const [start = '', ...lines] = head.toString('latin1').trimEnd().split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    );
    const body = await this.#take((received) => {
      const length = Number(headers['content-length'] ?? 0);
      return received.length < length ? undefined : length;
    });
    const [gotMethod = '', gotUrl = '', version] = start.split(' ');
    if (gotMethod !== method || version !== 'RTSP/1.0' || (url !== undefined && gotUrl !== url)) {
      throw new Error(`expected "${method} ${url ?? '<url>'} RTSP/1.0", the client sent "${start}"`);
    }
    return { method: gotMethod, url: gotUrl, headers, body: body.toString('utf8') };
  }

  /** The next thing from the client must be an interleaved frame. */
  async expectFrame(): Promise<PeerFrame> {
    const frame = await this.#take((received) => {
      if (received.length < 4) return undefined;
      if (received[0] !== 0x24)
        throw new Error(`expected a frame, the client sent "${received.subarray(0, 40)}"`);
      const length = 4 + received.readUInt16BE(2);
      return received.length < length ? undefined : length;
    });
    return { channel: frame.readUInt8(1), payload: Buffer.from(frame.subarray(4)) };
  }

  /** The next bytes from the client, whatever they are. */
  read(length: number): Promise<Buffer> {
    return this.#take((received) => (received.length < length ? undefined : length));
  }

  answer(request: PeerRequest, status: string, headers: Record<string, string> = {}, body = ''): void {
    const lines = Object.entries({ CSeq: request.headers.cseq ?? '', ...headers }).map((pair) =>
      pair.join(': '),
    );
    if (body !== '') lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
    this.socket.write(`RTSP/1.0 ${status}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
  }

  sendFrame(channel: number, payload: Buffer): void {
    this.socket.write(
      Buffer.concat([Buffer.from([0x24, channel, payload.length >> 8, payload.length & 0xff]), payload]),
    );
  }

  async #take(measure: (received: Buffer) => number | undefined): Promise<Buffer> {
    for (;;) {
      const length = measure(this.#received);
      if (length !== undefined) {
        const taken = this.#received.subarray(0, length);
        this.#received = this.#received.subarray(length);
        return taken;
      }
      if (this.#over) throw new Error(`the client closed after "${this.#received.subarray(0, 80)}"`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
