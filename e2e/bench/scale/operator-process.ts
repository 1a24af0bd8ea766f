import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Access } from './kube-client.ts';
import { readMemory } from './process-memory.ts';
import { parseMetrics, type Sample } from './prometheus-text.ts';

export interface OperatorProcessOptions {
  /** The bundle that the image holds. */
  readonly program: string;
  /** Node's own flags, as the image gives them. */
  readonly nodeFlags: readonly string[];
  /** With the rights of the operator's ServiceAccount. */
  readonly access: Access;
  readonly namespace: string;
  readonly podName: string;
  readonly feedPort: number;
  readonly httpPort: number;
  /** Takes its kubeconfig and log. */
  readonly folder: string;
}

/** One replica of the operator as a child process: the very program, with the environment that its pod gives it. */
export class OperatorProcess {
  readonly feed: string;
  readonly #options: OperatorProcessOptions;
  #child: ChildProcess | undefined;

  constructor(options: OperatorProcessOptions) {
    this.#options = options;
    this.feed = `127.0.0.1:${options.feedPort}`;
  }

  start(): void {
    const { access, folder, podName, program, nodeFlags, namespace, feedPort, httpPort } = this.#options;
    const kubeconfig = path.join(folder, `${podName}.kubeconfig`);
    writeFileSync(kubeconfig, JSON.stringify(describeAccess(access)), { mode: 0o600 });
    const log = openSync(path.join(folder, `${podName}.log`), 'a');
    this.#child = spawn(process.execPath, [...nodeFlags, program], {
      stdio: ['ignore', log, log],
      env: {
        NODE_ENV: 'production',
        KUBECONFIG: kubeconfig,
        CUPOLA_NAMESPACE: namespace,
        CUPOLA_POD_NAME: podName,
        CUPOLA_AGENT_IMAGE: 'docker.io/cupola/agent:0.1.0',
        CUPOLA_MEDIAMTX_IMAGE: 'docker.io/bluenviron/mediamtx:1.20.1',
        CUPOLA_UPGRADES_AT_ONCE: '10',
        CUPOLA_LOG_LEVEL: 'info',
        CUPOLA_FEED_PORT: String(feedPort),
        CUPOLA_HTTP_PORT: String(httpPort),
      },
    });
  }

  /** As the kubelet ends it. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }

  async isReady(): Promise<boolean> {
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null)
      throw new Error(`${this.#options.podName} ended by itself: see its log`);
    return this.#fetch('/readyz').then(
      (response) => response.ok,
      () => false,
    );
  }

  async readMetrics(): Promise<Sample[]> {
    return parseMetrics(await (await this.#fetch('/metrics')).text());
  }

  memory(): Promise<{ nowMib: number; peakMib: number }> {
    return readMemory(this.#child?.pid ?? 0);
  }

  #fetch(page: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.#options.httpPort}${page}`, { signal: AbortSignal.timeout(5_000) });
  }
}

/** What stands between `node` and the program in a Containerfile's ENTRYPOINT. */
export function readNodeFlags(containerfile: string): string[] {
  const entrypoint = /^ENTRYPOINT (\[.*\])$/m.exec(readFileSync(containerfile, 'utf8'))?.[1] ?? '[]';
  return (JSON.parse(entrypoint) as string[]).filter((word) => word.startsWith('--'));
}

/** A kubeconfig; JSON is YAML. */
function describeAccess({ url, ca = '', token }: Access): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'bench',
        cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
      },
    ],
    users: [{ name: 'operator', user: { token } }],
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'operator' } }],
    'current-context': 'bench',
  };
}
