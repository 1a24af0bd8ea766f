/**
 * The connection to one operator replica, for as long as that replica is known: dialled, dialled again when it is
 * lost, closed on command.
 *
 *     waiting --delay over--> dialling --upgraded--> open --lost--> waiting
 *        ^                       |
 *        +------refused----------+
 */
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import {
  type AgentMessage,
  FEED_MAX_FRAME_BYTES,
  FEED_PATH,
  FEED_TIMEOUT_MS,
  HEARTBEAT_INTERVAL_MS,
  type OperatorMessage,
  operatorMessageSchema,
} from '@cupola/protocol';
import { type ClientOptions, type RawData, WebSocket } from 'ws';
import { reconnectDelayMs } from './backoff.ts';

export interface DialCredentials {
  /** PEM; the only authority that is trusted. */
  readonly authority: string;
  readonly token: string;
}

export interface FeedConnectionOptions {
  /** `wss://host:port`, without a path: the name that the certificate must carry. */
  readonly url: URL;
  /** The replica's. */
  readonly address: string;
  /** Read anew at each attempt, since both rotate. Rejects while something is missing. */
  readCredentials(): Promise<DialCredentials>;
  /** What is said first on a new connection. */
  greet(): AgentMessage[];
  heartbeat(): AgentMessage;
  onMessage(message: OperatorMessage): void;
  onOpen(): void;
  /** `wasOpen`: a connection was lost, and not an attempt that failed. */
  onLost(reason: string, wasOpen: boolean): void;
  /** A frame that is no known message: said once a connection. */
  onUnknown(problem: string): void;
  readonly random: () => number;
}

/** A connection that lived this long was a good one. */
const SOUND_AFTER_MS = 5_000;

type State = 'waiting' | 'dialling' | 'open' | 'closed';

export class FeedConnection {
  readonly #options: FeedConnectionOptions;
  #state: State = 'waiting';
  #socket: WebSocket | undefined;
  #retry: NodeJS.Timeout | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #silence: NodeJS.Timeout | undefined;
  #failures = 0;
  #openedMs = 0;
  #saidUnknown = false;

  constructor(options: FeedConnectionOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  start(): void {
    void this.#dial();
  }

  /** Says it where the connection is open; the greeting says everything again where it is not. */
  send(message: AgentMessage): void {
    const socket = this.#socket;
    if (this.#state !== 'open' || socket === undefined) return;
    // A replica that takes nothing any more is as good as gone.
    if (socket.bufferedAmount > FEED_MAX_FRAME_BYTES) {
      socket.terminate();
      return;
    }
    socket.send(JSON.stringify(message));
  }

  close(): void {
    this.#state = 'closed';
    clearTimeout(this.#retry);
    this.#stopTimers();
    this.#socket?.close(1001);
    this.#socket?.terminate();
  }

  async #dial(): Promise<void> {
    this.#state = 'dialling';
    let credentials: DialCredentials;
    try {
      credentials = await this.#options.readCredentials();
    } catch (error) {
      this.#lost((error as Error).message);
      return;
    }
    if (this.#isClosed()) return;
    const { url, address } = this.#options;
    const host = isIP(address) === 6 ? `[${address}]` : address;
    // ws hands what it does not know to tls.connect; its own types leave servername out.
    const dialOptions: ClientOptions & Pick<ConnectionOptions, 'servername'> = {
      ca: credentials.authority,
      servername: url.hostname,
      headers: { host: url.host, authorization: `Bearer ${credentials.token}` },
      handshakeTimeout: FEED_TIMEOUT_MS,
      maxPayload: FEED_MAX_FRAME_BYTES,
      perMessageDeflate: false,
      followRedirects: false,
    };
    const socket = new WebSocket(`wss://${host}:${url.port || 443}${FEED_PATH}`, dialOptions);
    this.#socket = socket;
    let reason = 'the connection was closed';
    socket.on('open', () => this.#opened());
    socket.on('message', (data) => this.#received(data));
    socket.on('ping', () => this.#heard());
    socket.on('pong', () => this.#heard());
    socket.on('error', (error) => {
      reason = error.message;
    });
    socket.on('close', (code) => {
      if (this.#socket === socket) this.#lost(code === 1006 ? reason : `${reason} (code ${code})`);
    });
  }

  #opened(): void {
    if (this.#isClosed()) return;
    this.#state = 'open';
    this.#openedMs = performance.now();
    this.#saidUnknown = false;
    for (const message of this.#options.greet()) this.send(message);
    this.#heartbeat = setInterval(() => {
      this.send(this.#options.heartbeat());
      this.#socket?.ping();
    }, HEARTBEAT_INTERVAL_MS);
    this.#silence = setTimeout(() => this.#socket?.terminate(), FEED_TIMEOUT_MS);
    this.#options.onOpen();
  }

  #heard(): void {
    this.#silence?.refresh();
  }

  #received(data: RawData): void {
    this.#heard();
    let value: unknown;
    try {
      value = JSON.parse(data.toString());
    } catch {
      this.#unknown('a frame that is not JSON');
      return;
    }
    const message = operatorMessageSchema.safeParse(value);
    if (message.success) {
      this.#options.onMessage(message.data);
      return;
    }
    const places = message.error.issues.slice(0, 3).map((issue) => `${issue.path.join('.')}: ${issue.code}`);
    this.#unknown(`a message that is not known or not well-formed at ${places.join(', ')}`);
  }

  #unknown(problem: string): void {
    if (this.#saidUnknown) return;
    this.#saidUnknown = true;
    this.#options.onUnknown(problem);
  }

  #lost(reason: string): void {
    if (this.#isClosed()) return;
    const wasOpen = this.#state === 'open';
    this.#state = 'waiting';
    this.#socket = undefined;
    this.#stopTimers();
    // One that is opened and closed again at once is no better than one that is refused.
    if (wasOpen && performance.now() - this.#openedMs > SOUND_AFTER_MS) this.#failures = 0;
    this.#failures++;
    this.#retry = setTimeout(
      () => void this.#dial(),
      reconnectDelayMs(this.#failures, this.#options.random()),
    );
    this.#options.onLost(reason, wasOpen);
  }

  #stopTimers(): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#silence);
  }

  #isClosed(): boolean {
    return this.#state === 'closed';
  }
}
