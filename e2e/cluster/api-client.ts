/** The few requests that bringing the cluster up needs, without a client library's start-up time. */
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterPlan } from './cluster-plan.ts';

const REQUEST_TIMEOUT_MS = 5_000;
const POLL_MS = 100;

/** Something the cluster did not come to in time; `last` is what was seen instead. */
export class ClusterTimeoutError extends Error {
  readonly code = 'CUP_CLUSTER_TIMEOUT';
  constructor(wanted: string, timeoutMs: number, last: string) {
    super(`${wanted}: not within ${timeoutMs / 1000} s; last seen: ${last}`);
  }
}

export class ApiClient {
  readonly #address: string;
  readonly #agent: Agent;

  private constructor(address: string, agent: Agent) {
    this.#address = address;
    this.#agent = agent;
  }

  /** A client with the rights of the cluster's administrator. */
  static async open(plan: ClusterPlan, pki: string): Promise<ApiClient> {
    const read = (name: string) => readFile(join(pki, name));
    const agent = new Agent({
      ca: await read('ca.crt'),
      cert: await read('admin.crt'),
      key: await read('admin.key'),
      keepAlive: true,
    });
    return new ApiClient(plan.control.address, agent);
  }

  close(): void {
    this.#agent.destroy();
  }

  /** The parsed answer to a GET; throws on any status but 200. */
  async get<T>(path: string): Promise<T> {
    const { status, body } = await this.#fetch(path);
    if (status !== 200) throw new Error(`GET ${path}: status ${status}: ${body.slice(0, 300)}`);
    return JSON.parse(body) as T;
  }

  /** Whether the API server says that all its parts are ready. */
  async isReady(): Promise<boolean> {
    return this.#fetch('/readyz').then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  /** Asks until `check` gives null; its text says what is still missing. Errors on the way count as missing. */
  async waitUntil(wanted: string, timeoutMs: number, check: () => Promise<string | null>): Promise<void> {
    const deadlineMs = Date.now() + timeoutMs;
    for (;;) {
      const missing = await check().catch((error: Error) => error.message);
      if (missing === null) return;
      if (Date.now() > deadlineMs) throw new ClusterTimeoutError(wanted, timeoutMs, missing);
      await delay(POLL_MS);
    }
  }

  #fetch(path: string): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const options = {
        host: this.#address,
        port: 6443,
        path,
        agent: this.#agent,
        timeout: REQUEST_TIMEOUT_MS,
      };
      const call = request(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
        );
      });
      call.on('timeout', () => call.destroy(new Error(`GET ${path}: no answer in ${REQUEST_TIMEOUT_MS} ms`)));
      call.on('error', reject);
      call.end();
    });
  }
}
