/** Hears SRT callers try to connect where no server is, and does not answer. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { Waiting } from '../../e2e/peers/waiting.ts';

/** Of a packet's header: µs since the caller began (draft-sharabayko-srt-01, section 3). */
const TIMESTAMP_OFFSET = 8;

export class SrtKnocks {
  readonly #socket: Socket = createSocket('udp4');
  readonly #waiting = new Waiting();
  /** By the caller's port. */
  readonly #callers = new Map<number, { readonly triedForMs: number; readonly heardMs: number }>();

  private constructor() {
    this.#socket.on('message', (packet, { port }) => {
      const triedForMs = packet.readUInt32BE(TIMESTAMP_OFFSET) / 1_000;
      this.#callers.set(port, { triedForMs, heardMs: performance.now() });
      this.#waiting.arrived();
    });
  }

  static async start(port: number): Promise<SrtKnocks> {
    const knocks = new SrtKnocks();
    knocks.#socket.bind(port, '127.0.0.1');
    await once(knocks.#socket, 'listening');
    return knocks;
  }

  /** Resolves when so many callers have been trying for that long, and go on for 1.5 s: libsrt tries for 3 s, every 250 ms. */
  async until(callers: number, triedForMs: number, budgetMs: number): Promise<void> {
    const areTrying = () => {
      const since = performance.now() - 500;
      const trying = [...this.#callers.values()].filter(
        (each) => each.heardMs > since && each.triedForMs >= triedForMs && each.triedForMs < 1_500,
      );
      return trying.length >= callers;
    };
    await this.#waiting.until(`${callers} SRT callers`, areTrying, budgetMs);
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }
}
