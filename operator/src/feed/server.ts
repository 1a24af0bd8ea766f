/**
 * The feed's server: TLS, one path, upgrades alone. Who is not a media pod gets a short answer and no more; who
 * is gets a connection that is heard, asked for life each second, and replaced when its pod connects anew.
 */

import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type AgentMessage, FEED_MAX_FRAME_BYTES, FEED_PATH } from '@cupola/protocol';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import type { Clock } from '../kube/clock.ts';
import type { OperatorMetrics } from '../metrics/operator-metrics.ts';
import { Admission } from './admission.ts';
import type { AgentIdentity, Authentication } from './authenticate.ts';
import { AgentConnection, type CloseCause } from './connection.ts';

export interface FeedServerOptions {
  /** 0 for any free one. */
  port: number;
  host?: string;
  tls: ServerTls;
  authenticate: (authorization: string | undefined) => Promise<Authentication>;
  /** Called for a connection that said hello, and each message after it. */
  onMessage: (connection: AgentConnection, message: AgentMessage) => void;
  /** Called for a connection that said hello, when it ends. */
  onGone: (connection: AgentConnection) => void;
  onSweep?: () => void;
  clock: Clock;
  logger: Logger;
  metrics: OperatorMetrics;
}

/** PEM. */
export interface ServerTls {
  cert: string;
  key: string;
}

const SWEEP_MS = 1_000;
const ADMISSION = { concurrent: 16, waiting: 512, perAddress: 64 };

export class FeedServer {
  readonly #options: FeedServerOptions;
  readonly #https: https.Server;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: FEED_MAX_FRAME_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
  });
  readonly #admission = new Admission(ADMISSION);
  /** By the pod's UID. */
  readonly #connections = new Map<string, AgentConnection>();
  /** Every open TCP connection, to be cut at the end. */
  readonly #raw = new Set<Duplex>();
  #lastSweepMs: number;
  #cancelSweep: (() => void) | undefined;
  #isClosed = false;

  constructor(options: FeedServerOptions) {
    this.#options = options;
    this.#lastSweepMs = options.clock.nowMs();
    this.#https = https.createServer({
      ...options.tls,
      minVersion: 'TLSv1.2',
      handshakeTimeout: 5_000,
      headersTimeout: 5_000,
      connectionsCheckingInterval: 5_000,
      requestTimeout: 10_000,
      keepAliveTimeout: 1_000,
      maxHeaderSize: 32 * 1024,
    });
    this.#https.on('request', (_request, response) => {
      response.writeHead(404, { connection: 'close' }).end();
    });
    this.#https.on('upgrade', (request, socket, head) => void this.#upgrade(request, socket, head));
    this.#https.on('secureConnection', (socket) => {
      this.#raw.add(socket);
      socket.once('close', () => this.#raw.delete(socket));
    });
    // A failed handshake is the peer's affair: it trusts another certificate, or speaks no TLS.
    this.#https.on('tlsClientError', (_error, socket) => socket.destroy());
  }

  get isListening(): boolean {
    return this.#https.listening;
  }

  /** The port in use. */
  get port(): number {
    return (this.#https.address() as AddressInfo | null)?.port ?? 0;
  }

  /** Every connection that said hello. */
  get connections(): AgentConnection[] {
    return [...this.#connections.values()].filter((connection) => connection.isGreeted);
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#https.once('error', reject);
      this.#https.listen(this.#options.port, this.#options.host, () => {
        this.#https.off('error', reject);
        resolve();
      });
    });
    this.#https.on('error', (error) => this.#options.logger.error({ err: error }, 'feed listener failed'));
    this.#scheduleSweep();
  }

  /** New connections are made with this certificate; those that are open stay. */
  replaceCertificate(tls: ServerTls): void {
    this.#https.setSecureContext({ ...tls, minVersion: 'TLSv1.2' });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelSweep?.();
    const closed = new Promise<void>((resolve) => this.#https.close(() => resolve()));
    for (const connection of this.#connections.values()) connection.close('shutdown', 'the operator ends');
    // Agents answer a close at once; whoever does not is cut off.
    const cut = setTimeout(() => {
      for (const socket of this.#raw) socket.destroy();
    }, 500);
    await closed;
    clearTimeout(cut);
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const count = (outcome: string) => this.#options.metrics.feedUpgrades.inc({ outcome });
    // Without a listener an error of this socket would end the process; a close follows it anyway.
    socket.on('error', () => {});
    if (request.url !== FEED_PATH || this.#isClosed) {
      refuse(socket, 404, 'Not Found');
      return;
    }
    const address = request.socket.remoteAddress ?? '';
    try {
      const result = await this.#admission.run(address, () =>
        this.#options.authenticate(request.headers.authorization),
      );
      count(result?.outcome ?? 'overloaded');
      if (result?.outcome !== 'accepted') {
        this.#refuse(socket, address, result);
      } else if (!socket.destroyed) {
        this.#sockets.handleUpgrade(request, socket, head, (ws) => this.#accept(ws, result.identity));
      }
    } catch (error) {
      count('unavailable');
      this.#options.logger.warn({ err: error }, 'an agent could not be authenticated');
      refuse(socket, 503, 'Service Unavailable');
    }
  }

  #refuse(
    socket: Duplex,
    address: string,
    result: Exclude<Authentication, { outcome: 'accepted' }> | undefined,
  ): void {
    if (result === undefined) {
      refuse(socket, 503, 'Service Unavailable');
      return;
    }
    this.#options.logger.debug({ address, ...result }, 'connection refused');
    if (result.outcome === 'unauthenticated') refuse(socket, 401, 'Unauthorized');
    else refuse(socket, 403, 'Forbidden');
  }

  #accept(ws: ConstructorParameters<typeof AgentConnection>[0], identity: AgentIdentity): void {
    const { clock, metrics } = this.#options;
    if (this.#isClosed) {
      ws.terminate();
      return;
    }
    const connection = new AgentConnection(ws, identity, () => clock.nowMs(), {
      onMessage: (from, message) => {
        metrics.feedMessages.inc({ direction: 'in', type: message.type });
        if (this.#connections.get(identity.pod.uid) === from) this.#options.onMessage(from, message);
      },
      onClose: (gone, cause) => this.#drop(gone, cause),
    });
    const before = this.#connections.get(identity.pod.uid);
    this.#connections.set(identity.pod.uid, connection);
    if (before !== undefined) {
      before.close('replaced', 'the pod has connected anew');
      if (before.isGreeted) this.#options.onGone(before);
    }
    metrics.feedConnections.set(this.#connections.size);
  }

  #drop(connection: AgentConnection, cause: CloseCause): void {
    const { metrics, logger, onGone } = this.#options;
    const { identity } = connection;
    metrics.feedCloses.inc({ cause });
    if (cause !== 'shutdown')
      logger.info({ workload: identity.workload, pod: identity.pod.name, cause }, 'agent gone');
    // One that was replaced has been told of already.
    if (this.#connections.get(identity.pod.uid) !== connection) return;
    this.#connections.delete(identity.pod.uid);
    metrics.feedConnections.set(this.#connections.size);
    if (connection.isGreeted) onGone(connection);
  }

  #scheduleSweep(): void {
    this.#cancelSweep = this.#options.clock.after(SWEEP_MS, () => {
      this.#sweep();
      this.#scheduleSweep();
    });
  }

  /** A sweep that comes late finds everybody silent: it was this process that did not listen. */
  #sweep(): void {
    const nowMs = this.#options.clock.nowMs();
    const isLate = nowMs - this.#lastSweepMs > 2 * SWEEP_MS;
    this.#lastSweepMs = nowMs;
    this.#options.onSweep?.();
    if (isLate) return;
    for (const connection of this.#connections.values()) connection.sweep(nowMs);
  }
}

function refuse(socket: Duplex, status: number, text: string): void {
  socket.end(`HTTP/1.1 ${status} ${text}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
