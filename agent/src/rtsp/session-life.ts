/**
 * The life that a playing and a publishing session share:
 *
 *     new --start--> handshake --open's end--> running --close, fault--> closed
 *      |                 '--fault, cancelled, too late, close--------------^
 *      '--close------------------------------------------------------------'
 */
import type { RtspConnection } from './connection.ts';
import type { Answer } from './pending-requests.ts';
import { RtspError } from './rtsp-error.ts';
import type { SessionOptions } from './session-options.ts';
import { WireError } from './wire/wire-error.ts';

export class SessionLife {
  /** Resolves when nothing of the session is left; undefined where `close` ended it. Never rejects. */
  readonly closed: Promise<RtspError | undefined>;

  readonly #settle: (error: RtspError | undefined) => void;
  readonly #options: SessionOptions;
  #connection: RtspConnection | undefined;
  #state: 'new' | 'handshake' | 'running' | 'closed' = 'new';
  #cancelled: { code: RtspError['code']; result: string } | undefined;
  #closing = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<RtspError | undefined>();
    this.closed = promise;
    this.#settle = resolve;
  }

  /** Runs the handshake within its limits. Rejects with `RtspError`; the connection is then gone. Once only. */
  async start<T>(signal: AbortSignal | undefined, handshake: () => Promise<T>): Promise<T> {
    if (this.#state !== 'new')
      throw this.#makeError('CUP_RTSP_ABORTED', 'the session was started or closed before');
    this.#state = 'handshake';
    const timeoutMs = this.#options.handshakeTimeoutMs ?? 15_000;
    const timer = setTimeout(
      () => this.#cancel('CUP_RTSP_REQUEST_TIMEOUT', `not done within ${timeoutMs} ms`),
      timeoutMs,
    );
    const abort = () => this.#cancel('CUP_RTSP_ABORTED', 'cancelled');
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    try {
      const result = await handshake();
      this.#run();
      return result;
    } catch (cause) {
      await this.#connection?.close();
      const error = this.#explain(cause);
      this.#finish(error);
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Takes a new connection, in place of one that is closed, and connects it. */
  async connect(connection: RtspConnection): Promise<void> {
    this.#connection = connection;
    if (this.#cancelled) connection.fail(this.#cancelled.code, 'handshake', this.#cancelled.result);
    await connection.connect();
  }

  /** Says TEARDOWN where the session runs, and resolves when the socket is gone. May be repeated. */
  async close(baseUrl: string | undefined): Promise<void> {
    this.#closing = true;
    if (this.#state === 'new') this.#finish(undefined);
    else if (this.#state === 'handshake') this.#cancel('CUP_RTSP_ABORTED', 'closed by us');
    else await this.#connection?.close('TEARDOWN', baseUrl);
    await this.closed;
  }

  /**
   * Asks something to keep the session alive. `onLate: 'ignore'` where servers may leave it unanswered; their
   * answer counts only where it says that they no longer know the session.
   */
  async keepAlive(method: string, url: string, onLate: 'close' | 'ignore'): Promise<void> {
    const connection = this.#connection;
    let answer: Answer | undefined;
    try {
      answer = await (onLate === 'close' ? connection?.request(method, url) : connection?.probe(method, url));
    } catch {
      // The connection is closed, and says itself why.
      return;
    }
    // 454 Session Not Found (RFC 2326 section 11.3.5).
    if (answer?.status === 454) connection?.fail('CUP_RTSP_CLOSED', method, 'the server forgot the session');
  }

  #run(): void {
    this.#state = 'running';
    void this.#connection?.closed.then((error) => this.#finish(error));
  }

  #cancel(code: RtspError['code'], result: string): void {
    this.#cancelled ??= { code, result };
    this.#connection?.fail(code, 'handshake', result);
  }

  #finish(error: RtspError | undefined): void {
    this.#state = 'closed';
    this.#settle(this.#closing ? undefined : error);
  }

  #explain(cause: unknown): RtspError {
    if (cause instanceof RtspError) return cause;
    if (cause instanceof WireError) return this.#makeError('CUP_RTSP_PROTOCOL', cause.message, cause);
    return this.#makeError('CUP_RTSP_CONSUMER', 'our side failed', cause);
  }

  #makeError(code: RtspError['code'], result: string, cause?: unknown): RtspError {
    return new RtspError(code, { attempt: 'handshake', url: this.#options.url, result, cause });
  }
}
