import { Agent, type RequestOptions, request } from 'node:https';

/** As much of any Kubernetes object as is looked at by name. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    generation?: number;
    resourceVersion?: string;
    labels?: Record<string, string>;
    ownerReferences?: { kind: string; name: string; uid: string; apiVersion: string; controller?: boolean }[];
  };
}

export interface WatchEvent<T> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: T;
}

/** Where an API server is, and with what right to talk to it. PEM each; a token or a client certificate. */
export interface Access {
  readonly url: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly token?: string;
}

export class KubeError extends Error {
  readonly code = 'CUP_BENCH_KUBE';
  readonly status: number;

  constructor(method: string, path: string, status: number, body: string) {
    super(`${method} ${path}: status ${status}: ${body.slice(0, 500)}`);
    this.status = status;
  }
}

/** A plain client, with no cache, retries or types: what the bench costs must not be mistaken for the operator's. */
export class KubeClient {
  readonly #access: Access;
  readonly #agent: Agent;
  readonly #abort = new AbortController();

  constructor(access: Access) {
    this.#access = access;
    const { ca, cert, key } = access;
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets: 64,
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
    });
  }

  close(): void {
    this.#abort.abort();
    this.#agent.destroy();
  }

  get<T extends object>(path: string): Promise<T> {
    return this.#send('GET', path);
  }

  post<T extends object>(path: string, body: object): Promise<T> {
    return this.#send('POST', path, body);
  }

  /** A merge patch. */
  patch<T extends object>(path: string, body: object): Promise<T> {
    return this.#send('PATCH', path, body, 'application/merge-patch+json');
  }

  /** Server-side apply, as `kubectl apply --server-side` does it. */
  apply<T extends object>(path: string, body: object): Promise<T> {
    return this.#send('PATCH', `${path}?fieldManager=bench&force=true`, body, 'application/apply-patch+yaml');
  }

  /**
   * Hands on all objects there are and every change after it, until `close`. Ends with an error when the API server
   * ends the watch: the bench is short enough for one.
   */
  watch<T extends KubeObject>(path: string, onEvent: (event: WatchEvent<T>) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#abort.signal.addEventListener('abort', () => resolve(), { once: true });
      const watched = `${path}${path.includes('?') ? '&' : '?'}watch=true&timeoutSeconds=7200`;
      const call = request(this.#options('GET', watched), (response) => {
        let rest = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          const lines = (rest + chunk).split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) onEvent(JSON.parse(line) as WatchEvent<T>);
        });
        response.on('close', () => reject(new KubeError('WATCH', path, response.statusCode ?? 0, rest)));
      });
      call.on('error', reject);
      call.end();
    });
  }

  #send<T>(method: string, path: string, body?: object, type = 'application/json'): Promise<T> {
    return new Promise((resolve, reject) => {
      const call = request(this.#options(method, path, type), (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const status = response.statusCode ?? 0;
          if (status >= 300) reject(new KubeError(method, path, status, text));
          else resolve(JSON.parse(text) as T);
        });
      });
      call.on('error', reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  #options(method: string, path: string, contentType = 'application/json'): RequestOptions {
    const { hostname, port } = new URL(this.#access.url);
    const { token } = this.#access;
    return {
      method,
      hostname,
      port,
      path,
      agent: this.#agent,
      signal: this.#abort.signal,
      headers: {
        'user-agent': 'cupola-bench',
        accept: 'application/json',
        'content-type': contentType,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
    };
  }
}
