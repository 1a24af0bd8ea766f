/** An HTTP proxy in front of the API server that fails as networks, load balancers and API servers do. */
import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** Answers instead of the API server; undefined passes the request on. */
export type Intercept = (
  request: IncomingMessage,
) => { status: number; headers?: Record<string, string>; body?: unknown } | undefined;

export class FaultProxy {
  readonly #target: URL;
  readonly #server: http.Server;
  readonly #sockets = new Set<Socket>();
  readonly #upstreams = new Set<IncomingMessage>();
  readonly #agent = new https.Agent({ keepAlive: true, rejectUnauthorized: false });
  #isStalled = false;
  #isRefusing = false;
  /** Requests that came, by `<method> <path>`; queries left out. */
  readonly requests: string[] = [];
  intercept: Intercept | undefined;

  constructor(target: string) {
    this.#target = new URL(target);
    this.#server = http.createServer((request, response) => this.#handle(request, response));
    this.#server.on('connection', (socket) => {
      if (this.#isRefusing) {
        socket.resetAndDestroy();
        return;
      }
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** Every open connection is reset. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Connections open before stay open and silent from now on: half-open. New ones work. */
  stall(): void {
    for (const upstream of this.#upstreams) {
      upstream.unpipe();
      upstream.pause();
    }
    for (const socket of this.#sockets) socket.pause();
  }

  /** A partition: nothing passes, on old or new connections, until `mend`. */
  partition(): void {
    this.#isStalled = true;
    this.stall();
  }

  /** New connections are reset. Open ones, too. */
  refuse(): void {
    this.#isRefusing = true;
    this.reset();
  }

  /** New connections work. Those that were stalled are gone, as after a route's return through a new firewall. */
  mend(): void {
    this.#isStalled = false;
    this.#isRefusing = false;
    this.reset();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.reset();
    this.#agent.destroy();
    await closed;
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    if (this.#isStalled) return;
    const url = new URL(request.url ?? '/', this.#target);
    this.requests.push(`${request.method} ${url.pathname}`);
    const instead = this.intercept?.(request);
    if (instead !== undefined) {
      response.writeHead(instead.status, { 'content-type': 'application/json', ...instead.headers });
      response.end(
        JSON.stringify(instead.body ?? { kind: 'Status', reason: 'Injected', message: 'injected' }),
      );
      return;
    }
    const upstream = https.request(url, {
      method: request.method,
      headers: { ...request.headers, host: url.host },
      agent: this.#agent,
    });
    upstream.on('error', () => response.destroy());
    upstream.on('response', (answer) => {
      this.#upstreams.add(answer);
      answer.once('close', () => this.#upstreams.delete(answer));
      answer.on('error', () => response.destroy());
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      answer.pipe(response);
    });
    response.once('close', () => upstream.destroy());
    request.pipe(upstream);
  }
}
