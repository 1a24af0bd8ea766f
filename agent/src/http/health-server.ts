/** `/healthz`, `/mediamtx/healthz`, `/readyz`, `/metrics` and `/prestop`, open on the pod network: they say nothing secret. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface Readiness {
  readonly ready: boolean;
  /** What readiness is made of, and why it is missing. */
  readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly message: string }>>;
}

/** MediaMTX is taken to hang when it has said nothing for so long. */
const HUNG_AFTER_MS = 10_000;

export interface HealthServerOptions {
  readonly port: number;
  /** How long MediaMTX has not answered. */
  mediamtxQuietMs(): number;
  /** Only what the pod can do itself: never the operator, the feed or another tier. */
  readiness(): Readiness;
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
  /** As of PreStop.wait. */
  preStop(address: string, signal: AbortSignal): Promise<boolean>;
}

export class HealthServer {
  readonly #options: HealthServerOptions;
  readonly #server: Server;

  constructor(options: HealthServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
    this.#server.requestTimeout = 5_000;
  }

  /** Rejects when the port is taken. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#options.port, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    switch (request.url?.split('?')[0]) {
      case '/healthz':
        // That it is answered proves the event loop; nothing else would be mended by a restart.
        send(response, 200, 'text/plain', 'ok\n');
        return;
      case '/mediamtx/healthz': {
        const isHung = this.#options.mediamtxQuietMs() > HUNG_AFTER_MS;
        send(response, isHung ? 503 : 200, 'text/plain', isHung ? 'does not answer\n' : 'ok\n');
        return;
      }
      case '/readyz': {
        const readiness = this.#options.readiness();
        send(response, readiness.ready ? 200 : 503, 'application/json', `${JSON.stringify(readiness)}\n`);
        return;
      }
      case '/metrics': {
        const { contentType, text } = await this.#options.metrics();
        send(response, 200, contentType, text);
        return;
      }
      case '/prestop': {
        const gone = new AbortController();
        response.once('close', () => gone.abort());
        const mayEnd = await this.#options.preStop(request.socket.remoteAddress ?? '', gone.signal);
        send(response, mayEnd ? 200 : 503, 'text/plain', mayEnd ? 'drained\n' : 'too many wait\n');
        return;
      }
      default:
        send(response, 404, 'text/plain', 'not found\n');
    }
  }
}

function send(response: ServerResponse, status: number, contentType: string, text: string): void {
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' }).end(text);
}
