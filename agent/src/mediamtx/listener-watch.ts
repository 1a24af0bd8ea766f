/**
 * Whether MediaMTX's RTSP listener is open. Nothing is asked while all goes well; when somebody was refused or cut
 * off there, it is tried every 50 ms until it opens, by one connection for all who wait.
 */
import { connect } from 'node:net';

const PROBE_INTERVAL_MS = 50;
const PROBE_TIMEOUT_MS = 1_000;

export class ListenerWatch {
  readonly #port: number;
  readonly #waiting = new Set<() => void>();
  #isUp = false;
  #isProbing = false;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(port: number) {
    this.#port = port;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Resolves when the listener is open; also when `signal` aborts. */
  async waitUntilUp(signal: AbortSignal): Promise<void> {
    if (this.#isUp || signal.aborted || this.#closed) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#waiting.add(done);
      signal.addEventListener('abort', done);
      this.suspect();
    });
  }

  /** Somebody could not connect, or was cut off. */
  suspect(): void {
    if (this.#isProbing || this.#closed) return;
    this.#isProbing = true;
    this.#isUp = false;
    this.#probe();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const done of [...this.#waiting]) done();
  }

  #probe(): void {
    const socket = connect({ host: '127.0.0.1', port: this.#port });
    socket.setTimeout(PROBE_TIMEOUT_MS, () => socket.destroy());
    let wasOpened = false;
    socket.on('connect', () => {
      wasOpened = true;
      socket.destroy();
    });
    socket.on('error', () => undefined); // 'close' follows.
    socket.on('close', () => {
      if (this.#closed) return;
      if (!wasOpened) {
        this.#timer = setTimeout(() => this.#probe(), PROBE_INTERVAL_MS);
        return;
      }
      this.#isProbing = false;
      this.#isUp = true;
      for (const done of [...this.#waiting]) done();
    });
  }
}
