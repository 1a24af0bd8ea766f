/**
 * One TCP connection to an RTSP server: requests and their answers, authentication, the server's own
 * requests, interleaved frames. What a frame means is the session's.
 */
import { connect as connectTcp, type LookupFunction, type Socket } from 'node:net';
import type { Credential } from '@cupola/protocol';
import type { FrameRow } from '../rtp/frame-row.ts';
import { Authenticator } from './authenticator.ts';
import { type Answer, PendingRequests } from './pending-requests.ts';
import { RtspError } from './rtsp-error.ts';
import { HeaderList } from './wire/header-list.ts';
import { formatRequest, formatResponse, type RtspRequest } from './wire/message.ts';
import { RtspParser } from './wire/parser.ts';
import type { RtspUrl } from './wire/rtsp-url.ts';
import { WireError } from './wire/wire-error.ts';

export interface ConnectionOptions {
  readonly url: RtspUrl;
  readonly credential: Credential | undefined;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly lookup: LookupFunction | undefined;
  /** The row and its bytes are valid during the call only. */
  onFrames(channel: number, row: FrameRow): void;
}

interface Outgoing {
  readonly method: string;
  readonly url: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/**
 * Every connection of the process reads into these same bytes: libuv fills them and calls back before it reads
 * another socket, and nothing keeps a view past the call. So 400 idle legs cost no read buffers.
 */
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

/** A server that asks and asks without reading our answers is cut off here. */
const MAX_UNREAD_ANSWER_BYTES = 64 * 1024;

/** How long a server may take to end its side after our last word, before the socket is destroyed. */
const LINGER_MS = 250;

const USER_AGENT = 'Cupola';

export class RtspConnection {
  /** Resolves when the socket is gone, with why; undefined where `close` was called. Never rejects. */
  readonly closed: Promise<RtspError | undefined>;
  /** For interleaved frames; only whole ones may be written. */
  readonly socket: Socket;
  /** Sent with every request from the SETUP that gave it. */
  sessionId: string | undefined;

  readonly #options: ConnectionOptions;
  readonly #authenticator: Authenticator;
  readonly #parser: RtspParser;
  readonly #pending = new PendingRequests();
  #cseq = 0;
  #error: RtspError | undefined;
  #over = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#authenticator = new Authenticator(options.credential);
    this.#parser = new RtspParser({
      onRequest: (request) => this.#answerRequest(request),
      onResponse: (response) => this.#pending.settle(response),
      onFrames: (channel, row) => options.onFrames(channel, row),
    });
    this.socket = connectTcp({
      host: options.url.host,
      port: options.url.port,
      noDelay: true,
      ...(options.lookup ? { lookup: options.lookup } : {}),
      onread: {
        buffer: READ_BUFFER,
        callback: (length) => {
          this.#read(READ_BUFFER.subarray(0, length));
          return true;
        },
      },
    });
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve(this.#finish())));
    this.socket.once('end', () => this.fail('CUP_RTSP_CLOSED', 'read', 'the server closed the connection'));
  }

  /** Resolves when the TCP connection stands. Once only. */
  connect(): Promise<void> {
    const { connectTimeoutMs } = this.#options;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.fail('CUP_RTSP_CONNECT_TIMEOUT', 'connect', `no connection within ${connectTimeoutMs} ms`),
        connectTimeoutMs,
      );
      let isConnected = false;
      this.socket.once('connect', () => {
        isConnected = true;
        clearTimeout(timer);
        resolve();
      });
      this.socket.on('error', (cause) => {
        if (isConnected) this.fail('CUP_RTSP_CLOSED', 'read', describe(cause), { cause });
        else this.fail('CUP_RTSP_UNREACHABLE', 'connect', describe(cause), { cause });
      });
      void this.closed.then((error) => {
        clearTimeout(timer);
        reject(error ?? this.#makeError('CUP_RTSP_ABORTED', 'connect', 'closed by us'));
      });
    });
  }

  /**
   * Sends a request, once more with the credential where the server asks for it. The answer may have any
   * status. Rejects with the error that closed the connection; an answer that is late closes it.
   */
  async request(
    method: string,
    url: string,
    headers: Record<string, string> = {},
    body = '',
  ): Promise<Answer> {
    const { requestTimeoutMs } = this.#options;
    const answer = await this.#ask({ method, url, headers, body }, () =>
      this.fail('CUP_RTSP_REQUEST_TIMEOUT', method, `no answer within ${requestTimeoutMs} ms`),
    );
    if (!answer) throw this.#whyOver(method);
    return answer;
  }

  /** As `request`, for those that some servers do not answer: undefined where no answer came in time. */
  probe(method: string, url: string): Promise<Answer | undefined> {
    return this.#ask({ method, url }, () => undefined);
  }

  /** As `request`; rejects where the answer is not 200 to 299, and leaves the connection open. */
  async demand(
    method: string,
    url: string,
    headers: Record<string, string> = {},
    body = '',
  ): Promise<Answer> {
    const answer = await this.request(method, url, headers, body);
    if (answer.status < 200 || answer.status > 299) throw this.makeRefusal(method, answer);
    return answer;
  }

  makeRefusal(method: string, answer: Answer): RtspError {
    const { status } = answer;
    const reason = answer.reason.replace(/[^\x20-\x7e]/g, '?').slice(0, 80);
    const result = `answered ${status} ${reason}`.trimEnd();
    if (status === 401 || status === 403) {
      return this.#makeError('CUP_RTSP_UNAUTHORIZED', method, result, { status });
    }
    const isAbsent = status === 404 || status === 410;
    return this.#makeError(isAbsent ? 'CUP_RTSP_NOT_FOUND' : 'CUP_RTSP_STATUS', method, result, { status });
  }

  /** Closes for a reason; the first reason counts. */
  fail(code: RtspError['code'], attempt: string, result: string, more: { cause?: unknown } = {}): void {
    if (this.#over) return;
    this.#over = true;
    this.#error = this.#makeError(code, attempt, result, more);
    this.#parser.stop();
    this.socket.destroy();
  }

  /** `lastMethod`: sent without waiting for its answer. Resolves when the socket is gone; may be repeated. */
  async close(lastMethod?: string, url = this.#options.url.text): Promise<void> {
    if (!this.#over) {
      this.#over = true;
      this.#parser.stop();
      if (lastMethod && this.socket.readyState === 'open') {
        this.socket.end(this.#format({ method: lastMethod, url }));
        setTimeout(() => this.socket.destroy(), LINGER_MS).unref();
      } else {
        this.socket.destroy();
      }
    }
    await this.closed;
  }

  async #ask(outgoing: Outgoing, onLate: () => void): Promise<Answer | undefined> {
    const answer = await this.#exchange(outgoing, onLate);
    if (answer?.status !== 401 || !this.#authenticator.accept(answer.headers)) return answer;
    return this.#exchange(outgoing, onLate);
  }

  async #exchange(outgoing: Outgoing, onLate: () => void): Promise<Answer | undefined> {
    if (this.#over) throw this.#whyOver(outgoing.method);
    const bytes = this.#format(outgoing);
    const answer = this.#pending.add(String(this.#cseq), this.#options.requestTimeoutMs, onLate);
    this.socket.write(bytes);
    return answer;
  }

  /** With the next CSeq. Throws `WireError`. */
  #format(outgoing: Outgoing): Buffer {
    const { method, url } = outgoing;
    this.#cseq++;
    const headers = HeaderList.of({
      CSeq: String(this.#cseq),
      'User-Agent': USER_AGENT,
      ...outgoing.headers,
    });
    if (this.sessionId !== undefined) headers.add('Session', this.sessionId);
    const authorization = this.#authenticator.authorize(method, url);
    if (authorization !== undefined) headers.add('Authorization', authorization);
    return formatRequest({ method, url, headers }, outgoing.body);
  }

  #read(chunk: Buffer): void {
    if (this.#over) return;
    try {
      this.#parser.push(chunk);
    } catch (cause) {
      if (cause instanceof WireError) this.fail('CUP_RTSP_PROTOCOL', 'read', cause.message, { cause });
      else this.fail('CUP_RTSP_CONSUMER', 'read', 'the packet could not be taken', { cause });
    }
  }

  /** Servers may probe their client (RFC 2326 section 10.1); what else they want is not implemented. */
  #answerRequest(request: RtspRequest): void {
    if (this.socket.writableLength > MAX_UNREAD_ANSWER_BYTES) {
      this.fail('CUP_RTSP_PROTOCOL', 'write', 'the server asks without reading the answers');
      return;
    }
    const isProbe = ['OPTIONS', 'GET_PARAMETER', 'SET_PARAMETER'].includes(request.method);
    const headers = HeaderList.of({ 'User-Agent': USER_AGENT });
    const cseq = request.headers.get('CSeq');
    if (cseq !== undefined) headers.add('CSeq', cseq);
    const status = isProbe ? { status: 200, reason: 'OK' } : { status: 501, reason: 'Not Implemented' };
    this.socket.write(formatResponse({ ...status, headers }));
  }

  #finish(): RtspError | undefined {
    this.#over = true;
    this.#pending.rejectAll(this.#whyOver('request'));
    return this.#error;
  }

  #whyOver(attempt: string): RtspError {
    return this.#error ?? this.#makeError('CUP_RTSP_ABORTED', attempt, 'the connection was closed by us');
  }

  #makeError(
    code: RtspError['code'],
    attempt: string,
    result: string,
    more: { status?: number; cause?: unknown } = {},
  ): RtspError {
    return new RtspError(code, { attempt, url: this.#options.url.text, result, ...more });
  }
}

function describe(error: Error): string {
  // Happy eyeballs gather one error an address; the first says enough.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  return first instanceof Error ? first.message : error.message;
}
