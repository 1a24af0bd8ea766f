/** Health and metrics on the pod network, without TLS and without anything secret. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** One page: whether all is well, and the detail, which is sent as JSON. */
export interface HealthReport {
  ok: boolean;
  detail: Record<string, unknown>;
}

export interface HealthServerOptions {
  /** 0 for any free one. */
  port: number;
  host?: string;
  /** Whether the process still works; where not, it should be restarted. */
  live: () => HealthReport;
  /** Whether agents may be sent here. */
  ready: () => HealthReport;
  /** Prometheus' text format. */
  metrics: () => Promise<string>;
}

export class HealthServer {
  readonly #options: HealthServerOptions;
  readonly #server: http.Server;

  constructor(options: HealthServerOptions) {
    this.#options = options;
    this.#server = http.createServer(
      { headersTimeout: 5_000, requestTimeout: 5_000 },
      (request, response) => {
        // A page that cannot be made is no reason for the process to end.
        this.#answer(request.url ?? '', response).catch((error: unknown) => {
          send(response, 500, 'text/plain', `${String(error)}\n`);
        });
      },
    );
  }

  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? 0;
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#options.port, this.#options.host, resolve);
    });
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(url: string, response: http.ServerResponse): Promise<void> {
    switch (url) {
      case '/healthz':
        return sendReport(response, this.#options.live());
      case '/readyz':
        return sendReport(response, this.#options.ready());
      case '/metrics':
        return send(response, 200, 'text/plain; version=0.0.4; charset=utf-8', await this.#options.metrics());
      default:
        return send(response, 404, 'text/plain', 'not found\n');
    }
  }
}

function sendReport(response: http.ServerResponse, report: HealthReport): void {
  send(response, report.ok ? 200 : 503, 'application/json', `${JSON.stringify(report, undefined, 2)}\n`);
}

function send(response: http.ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
}
