/**
 * Client of MediaMTX's Control API on localhost. Over node:http and not fetch, which would cost 28 MiB of memory.
 */
import { Agent, type AgentOptions, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import type { Credential } from '@cupola/protocol';
import type { components } from './generated/control-api.ts';
import type { Session, SessionProtocol } from './session.ts';

type Schemas = components['schemas'];
export type ApiPath = Schemas['Path'];
export type ApiSrtConnection = Schemas['SRTConn'];

/** A MediaMTX that is frozen must be known as such before the operator gives the whole pod up. */
const TIMEOUT_MS = 1_000;
const PAGE_SIZE = 1_000;
/** 1,000 paths with their readers stay below. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** The API's name for the sessions of a protocol. */
const RESOURCES: Record<SessionProtocol, string> = {
  rtsp: 'rtspsessions',
  rtmp: 'rtmpconns',
  srt: 'srtconns',
  webrtc: 'webrtcsessions',
  hls: 'hlssessions',
};

export class ControlApiError extends Error {
  readonly code = 'CUP_MEDIAMTX_API';
  readonly path: string;
  /** Undefined when MediaMTX did not answer at all. */
  readonly status: number | undefined;

  constructor(path: string, status: number | undefined, cause?: unknown) {
    super(`MediaMTX's API ${status === undefined ? 'did not answer' : `answered ${status} to`} ${path}`, {
      cause,
    });
    this.path = path;
    this.status = status;
  }
}

export class ControlApi {
  readonly #port: number;
  readonly #authorization: string;
  readonly #agent: Agent;

  /** `onCut`: a connection to MediaMTX was closed. It may be gone; it may also have tired of an idle one. */
  constructor(port: number, credential: Credential, onCut: () => void = () => {}) {
    this.#port = port;
    this.#agent = new WatchedAgent({ keepAlive: true, maxSockets: 4 }, onCut);
    this.#authorization = `Basic ${Buffer.from(`${credential.user}:${credential.password}`).toString('base64')}`;
  }

  close(): void {
    this.#agent.destroy();
  }

  async getVersion(): Promise<string> {
    return (await this.#get<Schemas['Info']>('/v3/info')).version ?? '';
  }

  /** Every path that MediaMTX holds, with or without a publisher. */
  listPaths(): Promise<ApiPath[]> {
    return this.#list<ApiPath>('paths');
  }

  /** Undefined when it has ended. */
  getSrtConnection(id: string): Promise<ApiSrtConnection | undefined> {
    return this.#find<ApiSrtConnection>(`/v3/${RESOURCES.srt}/get/${id}`);
  }

  /** Who publishes or reads by a protocol that is on; of one that is off the API does not know the list (404). */
  async listSessions(protocol: SessionProtocol): Promise<Session[]> {
    type Item = { id?: string; state?: string; path?: string; user?: string };
    const items = await this.#list<Item>(RESOURCES[protocol]);
    const begun = items.filter((item) => item.state !== 'idle');
    return begun.map((item) => ({
      id: item.id ?? '',
      protocol,
      action: item.state === 'publish' ? 'publish' : 'read',
      path: item.path ?? '',
      user: item.user ?? '',
    }));
  }

  /** Whether the session was there. */
  async kick(session: Pick<Session, 'protocol' | 'id'>): Promise<boolean> {
    try {
      await this.#request('POST', `/v3/${RESOURCES[session.protocol]}/kick/${session.id}`);
      return true;
    } catch (error) {
      if (error instanceof ControlApiError && error.status === 404) return false;
      throw error;
    }
  }

  async #list<T>(resource: string): Promise<T[]> {
    const items: T[] = [];
    for (let page = 0; ; page++) {
      const query = `itemsPerPage=${PAGE_SIZE}&page=${page}`;
      const part = await this.#get<{ pageCount?: number; items?: T[] }>(`/v3/${resource}/list?${query}`);
      items.push(...(part.items ?? []));
      if (page + 1 >= (part.pageCount ?? 0)) return items;
    }
  }

  /** Undefined where the API does not know it. */
  async #find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.#get<T>(path);
    } catch (error) {
      if (error instanceof ControlApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  async #get<T>(path: string): Promise<T> {
    const text = await this.#request('GET', path);
    try {
      return JSON.parse(text) as T;
    } catch (error) {
      throw new ControlApiError(path, 200, error);
    }
  }

  #request(method: string, path: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const fail = (error: unknown) => reject(new ControlApiError(path, undefined, error));
      const outgoing = request(
        {
          host: '127.0.0.1',
          port: this.#port,
          method,
          path,
          agent: this.#agent,
          timeout: TIMEOUT_MS,
          headers: { authorization: this.#authorization },
        },
        (response) => {
          readBody(response).then((text) => {
            if (response.statusCode === 200) resolve(text);
            else reject(new ControlApiError(path, response.statusCode));
          }, fail);
        },
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer for ${TIMEOUT_MS} ms`)));
      outgoing.on('error', fail);
      outgoing.end();
    });
  }
}

/** Tells when one of its connections is closed, in use or not. */
class WatchedAgent extends Agent {
  readonly #onCut: () => void;
  #isDestroyed = false;

  constructor(options: AgentOptions, onCut: () => void) {
    super(options);
    this.#onCut = onCut;
  }

  override createConnection(...args: Parameters<Agent['createConnection']>) {
    const socket = super.createConnection(...args) as Socket;
    socket.once('close', () => {
      if (!this.#isDestroyed) this.#onCut();
    });
    return socket;
  }

  override destroy(): void {
    this.#isDestroyed = true;
    super.destroy();
  }
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new Error(`the answer is longer than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
