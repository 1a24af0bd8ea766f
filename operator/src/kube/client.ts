/** Requests to the API server over node:https: no more than the operator needs, and every failure typed. */
import http, { type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import https, { type AgentOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { ApiError, ApiUnreachableError } from './api-error.ts';

/** What the client needs of a KubeConfig. */
export type KubeAccess = Pick<KubeConfig, 'getCurrentCluster' | 'applyToHTTPSOptions'>;

export interface RequestOptions {
  query?: Record<string, string>;
  body?: unknown;
  /** application/json where left out. */
  contentType?: string;
  signal?: AbortSignal;
  /** For the whole answer; 10 s where left out. */
  timeoutMs?: number;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Dead peers are found by TCP within this and ten one-second probes (libuv's own count and interval). */
const TCP_KEEP_ALIVE_MS = 15_000;
const MAX_SOCKETS = 32;
/** Below the minute in which kubelet's projected tokens are replaced long before they expire. */
const CREDENTIALS_MAX_AGE_MS = 10_000;
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;

export class KubeClient {
  readonly #access: KubeAccess;
  readonly #server: URL;
  #credentials:
    | { readAtMs: number; headers: OutgoingHttpHeaders; agent: http.Agent; identity: string }
    | undefined;

  constructor(access: KubeAccess) {
    const server = access.getCurrentCluster()?.server;
    if (server === undefined) throw new TypeError('the kubeconfig names no cluster for its current context');
    this.#access = access;
    this.#server = new URL(server);
  }

  /** The parsed JSON of the answer. Throws ApiError or ApiUnreachableError. */
  async request(method: Method, path: string, options: RequestOptions = {}): Promise<unknown> {
    const attempted = `${method} ${path}`;
    const timeout = AbortSignal.timeout(options.timeoutMs ?? 10_000);
    const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
    try {
      const answer = await this.#send(method, path, { ...options, signal });
      return parseAnswer(await readText(answer));
    } catch (error) {
      throw error instanceof ApiError ? error : new ApiUnreachableError(attempted, error);
    }
  }

  /** The open answer to a watch; the caller reads and destroys it. `timeoutMs` is for its head alone. */
  async open(path: string, options: RequestOptions = {}): Promise<IncomingMessage> {
    const head = new AbortController();
    const timer = setTimeout(() => head.abort(new Error('timeout')), options.timeoutMs ?? 10_000);
    const signal =
      options.signal === undefined ? head.signal : AbortSignal.any([options.signal, head.signal]);
    try {
      return await this.#send('GET', path, { ...options, signal });
    } catch (error) {
      throw error instanceof ApiError ? error : new ApiUnreachableError(`GET ${path} (watch)`, error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Closes idle connections and breaks open ones. */
  close(): void {
    this.#credentials?.agent.destroy();
  }

  async #send(method: Method, path: string, options: RequestOptions): Promise<IncomingMessage> {
    const { headers, agent } = await this.#authorize();
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    const url = new URL(this.#server.pathname.replace(/\/$/, '') + path, this.#server);
    for (const [name, value] of Object.entries(options.query ?? {})) url.searchParams.set(name, value);
    const allHeaders: OutgoingHttpHeaders = { ...headers, accept: 'application/json' };
    if (body !== undefined) {
      allHeaders['content-type'] = options.contentType ?? 'application/json';
      allHeaders['content-length'] = Buffer.byteLength(body);
    }
    const exchange = () =>
      exchangeOnce(url, { method, headers: allHeaders, agent, signal: options.signal }, body);
    const answer = await exchange().catch((error: unknown) => {
      // The server closed an idle connection just as we took it: nothing was read of the request.
      if (error instanceof StaleConnectionError) return exchange();
      throw error;
    });
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) return answer;
    throw toApiError(
      `${method} ${path}`,
      status,
      answer.headers['retry-after'],
      await readText(answer),
      path,
    );
  }

  async #authorize() {
    const known = this.#credentials;
    if (known !== undefined && performance.now() - known.readAtMs < CREDENTIALS_MAX_AGE_MS) return known;
    const options: https.RequestOptions = { headers: {} };
    await this.#access.applyToHTTPSOptions(options);
    const headers = { ...(options.headers as OutgoingHttpHeaders) };
    if (options.auth) headers.authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`;
    const tls: AgentOptions = {};
    for (const name of [
      'ca',
      'cert',
      'key',
      'pfx',
      'passphrase',
      'servername',
      'rejectUnauthorized',
    ] as const) {
      if (options[name] !== undefined) Object.assign(tls, { [name]: options[name] });
    }
    const identity = JSON.stringify(Object.values(tls).map(String));
    const agent = known?.identity === identity ? known.agent : this.#makeAgent(tls);
    this.#credentials = { readAtMs: performance.now(), headers, agent, identity };
    return this.#credentials;
  }

  #makeAgent(tls: AgentOptions): http.Agent {
    const pool = { keepAlive: true, keepAliveMsecs: TCP_KEEP_ALIVE_MS, maxSockets: MAX_SOCKETS };
    return this.#server.protocol === 'http:' ? new http.Agent(pool) : new https.Agent({ ...pool, ...tls });
  }
}

class StaleConnectionError extends Error {
  override readonly name = 'StaleConnectionError';
}

function exchangeOnce(
  url: URL,
  options: https.RequestOptions,
  body: string | undefined,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'http:' ? http : https).request(url, options);
    request.once('response', resolve);
    request.on('error', (error: NodeJS.ErrnoException) => {
      const isStale = request.reusedSocket && error.code === 'ECONNRESET';
      reject(isStale ? new StaleConnectionError('reset', { cause: error }) : error);
    });
    request.end(body);
  });
}

async function readText(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What JSON.parse says of a text quotes it, and this one may be a Secret. */
function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`its answer of ${text.length} characters is not JSON`);
  }
}

/** The Status object of an error (meta/v1); proxies answer with other things. */
function toApiError(
  attempted: string,
  status: number,
  retryAfter: string | undefined,
  text: string,
  path: string,
): ApiError {
  const { reason, message } = parseStatus(text);
  const seconds = Number(retryAfter);
  return new ApiError({
    attempted,
    status,
    reason: reason ?? 'Unknown',
    // A rejected Secret is quoted in the message.
    message: path.includes('/secrets')
      ? '(not repeated: it may quote the Secret)'
      : (message ?? text.slice(0, 200)),
    retryAfterMs: retryAfter !== undefined && Number.isFinite(seconds) ? seconds * 1000 : undefined,
  });
}

function parseStatus(text: string): { reason?: string; message?: string } {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) return {};
    const { reason, message } = parsed as { reason?: unknown; message?: unknown };
    return {
      ...(typeof reason === 'string' ? { reason } : {}),
      ...(typeof message === 'string' ? { message: message.slice(0, 1000) } : {}),
    };
  } catch {
    return {};
  }
}
