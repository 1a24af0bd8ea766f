/** An operator replica's end of the feed, played by the test: it says what it is told to and keeps what it hears. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type AgentMessage, FEED_PATH } from '@cupola/protocol';
import { type WebSocket, WebSocketServer } from 'ws';
import { Waiting } from '../../e2e/peers/waiting.ts';

export interface FeedIdentity {
  /** PEM; the certificate is its own authority. */
  readonly certificate: string;
  readonly key: string;
}

/** A certificate for the name. */
export async function makeIdentity(name: string): Promise<FeedIdentity> {
  const folder = await mkdtemp(join(tmpdir(), 'cupola-feed-'));
  try {
    const [key, certificate] = [join(folder, 'key'), join(folder, 'crt')];
    const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key];
    const subject = [
      '-subj',
      `/CN=${name}`,
      '-addext',
      `subjectAltName=DNS:${name}`,
      '-days',
      '2',
      '-out',
      certificate,
    ];
    await promisify(execFile)('openssl', ['req', '-x509', ...newKey, ...subject]);
    return { key: await readFile(key, 'utf8'), certificate: await readFile(certificate, 'utf8') };
  } finally {
    await rm(folder, { recursive: true });
  }
}

export class FeedServer {
  /** Since the start, of all connections. */
  readonly heard: AgentMessage[] = [];
  readonly authorizations: string[] = [];
  connections = 0;
  readonly #server: Server;
  readonly #waiting = new Waiting();
  readonly #sockets = new Set<WebSocket>();

  private constructor(identity: FeedIdentity) {
    this.#server = createServer({ cert: identity.certificate, key: identity.key });
    const feed = new WebSocketServer({ server: this.#server, path: FEED_PATH });
    feed.on('connection', (socket, request) => {
      this.authorizations.push(request.headers.authorization ?? '');
      this.connections++;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('message', (data) => {
        this.heard.push(JSON.parse(data.toString()) as AgentMessage);
        this.#waiting.arrived();
      });
    });
  }

  static async start(identity: FeedIdentity, port = 0, address = '127.0.0.1'): Promise<FeedServer> {
    const server = new FeedServer(identity);
    server.#server.listen(port, address);
    await once(server.#server, 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Anything: also what is no message. */
  say(message: unknown): void {
    for (const socket of this.#sockets)
      socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Stops reading and answering on every connection, without closing it. */
  freeze(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  async until<T extends AgentMessage>(
    what: string,
    isWanted: (message: AgentMessage) => boolean,
    from = 0,
    budgetMs = 10_000,
  ): Promise<T> {
    const find = () => this.heard.slice(from).find(isWanted);
    await this.#waiting.until(what, () => find() !== undefined, budgetMs);
    return find() as T;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
