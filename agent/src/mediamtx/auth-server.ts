/**
 * Answers MediaMTX's authentication requests. MediaMTX asks them one after the other, from the loop that manages all
 * its paths (internal/core/path_manager.go), so an answer must never wait for anything.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AuthRequest, authRequestSchema } from './auth-request.ts';
import type { Verdict } from './authorise.ts';

/** MediaMTX's request holds a path, a query and a user agent of its client: bounded by its own HTTP limits. */
const MAX_BODY_BYTES = 256 * 1024;

/** A port of localhost, or a socket that listens already. */
export type AuthListener = { readonly port: number } | { readonly fd: number };

export interface AuthServerOptions {
  readonly listener: AuthListener;
  decide(request: AuthRequest): Verdict;
  /** After the answer is written. */
  onVerdict(request: AuthRequest, verdict: Verdict): void;
}

export class AuthServer {
  readonly #options: AuthServerOptions;
  readonly #server: Server;

  constructor(options: AuthServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => this.#receive(request, response));
    this.#server.requestTimeout = 5_000;
  }

  /** Rejects when the port is taken. */
  start(): Promise<void> {
    const { listener } = this.#options;
    const where = 'fd' in listener ? listener : { ...listener, host: '127.0.0.1' };
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(where, () => {
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

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > MAX_BODY_BYTES) request.destroy();
      else chunks.push(chunk);
    });
    request.on('end', () => this.#answer(Buffer.concat(chunks).toString('utf8'), response));
    request.on('error', () => undefined); // The response fails with it; MediaMTX takes that for a refusal.
  }

  #answer(body: string, response: ServerResponse): void {
    const request = parseRequest(body);
    if (request === undefined) {
      response.writeHead(400).end();
      return;
    }
    const verdict = this.#options.decide(request);
    // MediaMTX shows a refusal's body in its log.
    response.writeHead(verdict.allowed ? 200 : 401).end();
    this.#options.onVerdict(request, verdict);
  }
}

function parseRequest(body: string): AuthRequest | undefined {
  try {
    return authRequestSchema.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
