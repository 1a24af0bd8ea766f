/**
 * RTSP on localhost for the agent's own encoders: each plays the stream that it is to encode, from a key frame at once
 * (MediaMTX would make it wait for the next), and publishes what it makes of it. Who connects is known by its process:
 * neither another container of the pod nor a port-forward into it is served.
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { Guest } from './guest.ts';
import { LocalConnection } from './local-connection.ts';
import { isHeldBy } from './peer-process.ts';

export interface Invitation {
  /** `rtsp://127.0.0.1:port/<number>/<path>`, for playing and publishing alike. */
  url(path: string): string;
  /** Ends its connections too. */
  withdraw(): void;
}

export class LocalServer {
  readonly #server: Server;
  readonly #guests = new Map<string, Guest>();
  readonly #connections = new Map<LocalConnection, Guest | undefined>();
  #port = 0;
  #invitations = 0;

  constructor() {
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** On a free port. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', () => {
        this.#server.off('error', reject);
        const address = this.#server.address();
        if (address !== null && typeof address === 'object') this.#port = address.port;
        resolve();
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const connection of this.#connections.keys()) connection.close();
    });
  }

  invite(guest: Guest): Invitation {
    const name = String(++this.#invitations);
    this.#guests.set(name, guest);
    return {
      url: (path) => `rtsp://127.0.0.1:${this.#port}/${name}/${path}`,
      withdraw: () => {
        this.#guests.delete(name);
        for (const [connection, whose] of this.#connections) if (whose === guest) connection.close();
      },
    };
  }

  #accept(socket: Socket): void {
    const connection: LocalConnection = new LocalConnection(socket, (url) =>
      this.#admit(socket, url, connection),
    );
    this.#connections.set(connection, undefined);
    void connection.closed.then(() => this.#connections.delete(connection));
  }

  async #admit(socket: Socket, url: string, connection: LocalConnection): Promise<Guest | undefined> {
    const name = /^rtsp:\/\/[^/]+\/(\d+)\//.exec(url)?.[1] ?? '';
    const guest = this.#guests.get(name);
    const pid = guest?.pid();
    const { remotePort } = socket;
    if (guest === undefined || pid === undefined || remotePort === undefined) return undefined;
    if (!(await isHeldBy(pid, { ourPort: this.#port, itsPort: remotePort }))) return undefined;
    // Meanwhile it may have been withdrawn.
    if (this.#guests.get(name) !== guest) return undefined;
    this.#connections.set(connection, guest);
    return guest;
  }
}
