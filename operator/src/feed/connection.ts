import {
  type AgentMessage,
  agentMessageSchema,
  FEED_TIMEOUT_MS,
  type OperatorMessage,
} from '@cupola/protocol';
import type { WebSocket } from 'ws';
import type { AgentIdentity } from './authenticate.ts';

/** Why a connection ended, for the metric. */
export type CloseCause = 'agent' | 'silent' | 'invalid' | 'slow' | 'replaced' | 'shutdown';

/** Of a reader that takes nothing: two of the largest plans. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;
/** Two heartbeats a second, and at the worst every path's change apart. */
const MAX_MESSAGES_PER_SECOND = 1_000;

const CLOSE_CODES = { invalid: 1008, replaced: 4000, shutdown: 1001 } as const;

export interface ConnectionEvents {
  onMessage(connection: AgentConnection, message: AgentMessage): void;
  onClose(connection: AgentConnection, cause: CloseCause): void;
}

/** One authenticated agent on the feed, from its upgrade to its close. */
export class AgentConnection {
  readonly identity: AgentIdentity;
  /** Of the newest plan that it has or was sent. */
  planRevision = 0;
  readonly #socket: WebSocket;
  readonly #events: ConnectionEvents;
  #isGreeted = false;
  #heardMs: number;
  #messagesSinceSweep = 0;
  #cause: CloseCause = 'agent';

  constructor(socket: WebSocket, identity: AgentIdentity, nowMs: () => number, events: ConnectionEvents) {
    this.#socket = socket;
    this.identity = identity;
    this.#events = events;
    this.#heardMs = nowMs();
    socket.on('message', (data, isBinary) => {
      this.#heardMs = nowMs();
      this.#receive(isBinary ? undefined : data.toString());
    });
    socket.on('pong', () => {
      this.#heardMs = nowMs();
    });
    // ws reports a frame over the limit here (1009) and closes by itself.
    socket.on('error', () => {
      this.#cause = 'invalid';
    });
    socket.once('close', () => events.onClose(this, this.#cause));
  }

  /** Whether it has said hello: before it, nothing is sent. */
  get isGreeted(): boolean {
    return this.#isGreeted;
  }

  send(message: OperatorMessage): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.#terminate('slow');
      return;
    }
    this.#socket.send(JSON.stringify(message));
  }

  /** Once a second: ends the connection where the agent is silent or floods, else asks for a sign of life. */
  sweep(nowMs: number): void {
    if (nowMs - this.#heardMs > FEED_TIMEOUT_MS) this.#terminate('silent');
    else if (this.#messagesSinceSweep > MAX_MESSAGES_PER_SECOND) this.close('invalid', 'too many messages');
    else this.#socket.ping();
    this.#messagesSinceSweep = 0;
  }

  /** Ends the connection in good order; a peer that does not answer is cut off by the next sweeps. */
  close(cause: keyof typeof CLOSE_CODES, why: string): void {
    this.#cause = cause;
    this.#socket.close(CLOSE_CODES[cause], why);
  }

  #terminate(cause: CloseCause): void {
    this.#cause = cause;
    this.#socket.terminate();
  }

  #receive(text: string | undefined): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#messagesSinceSweep++;
    const message = parseMessage(text);
    if (message === undefined) {
      this.close('invalid', 'not a message of this feed');
      return;
    }
    if ((message.type === 'hello') === this.#isGreeted) {
      this.close('invalid', 'hello comes first and once');
      return;
    }
    if (message.type === 'hello' && message.workload !== this.identity.workload) {
      this.close('invalid', 'hello names another workload than the token');
      return;
    }
    this.#isGreeted = true;
    this.#events.onMessage(this, message);
  }
}

function parseMessage(text: string | undefined): AgentMessage | undefined {
  if (text === undefined) return undefined;
  try {
    return agentMessageSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
