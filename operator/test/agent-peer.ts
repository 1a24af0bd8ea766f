/** The agent's end of the feed, played by the test: it says what it is told to say and keeps what it hears. */
import { FEED_PATH, type OperatorMessage } from '@cupola/protocol';
import { WebSocket } from 'ws';
import { until } from './budgets.ts';

export interface AgentPeerOptions {
  port: number;
  ca: string;
  servername: string;
  token: string | undefined;
  path?: string;
}

export class AgentPeer {
  readonly messages: OperatorMessage[] = [];
  readonly #socket: WebSocket;
  closed: { code: number; reason: string } | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.messages.push(JSON.parse(data.toString())));
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
    socket.on('error', () => {});
  }

  /** Open, or the HTTP status that refused it. */
  static connect(options: AgentPeerOptions): Promise<AgentPeer | number> {
    const { port, ca, servername, token } = options;
    const socket = new WebSocket(`wss://127.0.0.1:${port}${options.path ?? FEED_PATH}`, {
      ca,
      // Handed on to node:tls, though @types/ws does not say so.
      ...({ servername } as object),
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(new AgentPeer(socket)));
      socket.once('unexpected-response', (_request, response) => {
        resolve(response.statusCode ?? 0);
        response.destroy();
        socket.on('error', () => {});
        socket.terminate();
      });
      socket.once('error', reject);
    });
  }

  say(message: unknown): void {
    this.#socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  hello(workload: string, planRevision = 0): void {
    this.say({ type: 'hello', workload, agentVersion: 'test', planRevision });
  }

  states(paths: { path: string; online: boolean }[], complete = false): void {
    this.say({
      type: 'states',
      complete,
      paths: paths.map((path) => ({ ...path, sinceMs: 1, tracks: path.online ? ['H264'] : [] })),
    });
  }

  /** Stops answering pings and reading, with the connection left open. */
  freeze(): void {
    this.#socket.pause();
  }

  /** The first message of the type among those heard. */
  async hear<T extends OperatorMessage['type']>(
    type: T,
    index = 0,
  ): Promise<Extract<OperatorMessage, { type: T }>> {
    const heard = () => this.messages.filter((message) => message.type === type);
    await until(`message ${index} of type ${type}`, () => heard().length > index);
    return heard()[index] as Extract<OperatorMessage, { type: T }>;
  }

  async hearClose(): Promise<{ code: number; reason: string }> {
    await until('the connection is closed', () => this.closed !== undefined);
    return this.closed!;
  }

  close(): void {
    this.#socket.terminate();
  }
}
