/**
 * A real kube-apiserver on a real etcd, on loopback, for integration tests: no controllers, no kubelet. Everything
 * lies in a temporary folder and goes with `close()`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { KubeConfig } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { toolPath } from '../../e2e/cluster/tools.ts';
import { findFreePorts } from '../../e2e/peers/ports.ts';
import { KubeClient } from '../src/kube/client.ts';

/** Everybody may do everything here; the names tell requests apart in the audit log. */
export type TestUser = 'admin' | 'operator';

export interface AuditEntry {
  verb: string;
  user: string;
  uri: string;
  resource: string;
  code: number;
}

const START_BUDGET_MS = 60_000;
const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
};

export class ApiServer {
  readonly #folder: string;
  readonly #token = randomBytes(16).toString('hex');
  readonly #etcdPort: number;
  readonly #port: number;
  #etcd: ChildProcess | undefined;
  #process: ChildProcess | undefined;

  private constructor(folder: string, etcdPort: number, port: number) {
    this.#folder = folder;
    this.#etcdPort = etcdPort;
    this.#port = port;
  }

  /** Started, ready, and with Cupola's kinds. */
  static async start(): Promise<ApiServer> {
    const folder = await mkdtemp(join(tmpdir(), 'cupola-api-'));
    const [etcdPort, etcdPeerPort, port] = await findFreePorts(3);
    const server = new ApiServer(folder, etcdPort!, port!);
    try {
      await server.#prepare();
      await server.#startEtcd(etcdPeerPort!);
      await server.startProcess();
      await server.#installKinds();
      return server;
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  get url(): string {
    return `https://127.0.0.1:${this.#port}`;
  }

  /** For the API server itself, or for a proxy in front of it. */
  kubeConfig(user: TestUser, proxyUrl?: string): KubeConfig {
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      proxyUrl === undefined
        ? { name: 'test', server: this.url, caFile: this.#path('apiserver.crt'), skipTLSVerify: false }
        : { name: 'test', server: proxyUrl, skipTLSVerify: true },
      { name: user, token: `${user}-${this.#token}` },
    );
    return config;
  }

  client(user: TestUser = 'admin', proxyUrl?: string): KubeClient {
    return new KubeClient(this.kubeConfig(user, proxyUrl));
  }

  /** What the audit log says of one user, from a count of entries on. */
  async readAudit(user: TestUser, from = 0): Promise<AuditEntry[]> {
    const text = await readFile(this.#path('audit.log'), 'utf8').catch(() => '');
    const entries = text
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line))
      .filter((entry) => entry.user?.username === user && entry.stage !== 'Panic')
      .map((entry) => ({
        verb: entry.verb,
        user: entry.user.username,
        uri: entry.requestURI,
        resource: entry.objectRef?.resource ?? '',
        code: entry.responseStatus?.code ?? 0,
      }));
    return entries.slice(from);
  }

  /** Kills the API server without warning; etcd stays. */
  async killProcess(): Promise<void> {
    await end(this.#process, 'SIGKILL');
    this.#process = undefined;
  }

  async startProcess(): Promise<void> {
    this.#process = await this.#spawn('kube-apiserver', [
      `--etcd-servers=http://127.0.0.1:${this.#etcdPort}`,
      `--secure-port=${this.#port}`,
      '--bind-address=127.0.0.1',
      `--cert-dir=${this.#folder}`,
      `--token-auth-file=${this.#path('tokens.csv')}`,
      '--authorization-mode=RBAC',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${this.#path('sa.pub')}`,
      `--service-account-signing-key-file=${this.#path('sa.key')}`,
      '--service-cluster-ip-range=10.96.0.0/16',
      // Nothing here makes the ServiceAccount that it would put into each pod.
      '--disable-admission-plugins=ServiceAccount',
      `--audit-policy-file=${this.#path('audit.json')}`,
      `--audit-log-path=${this.#path('audit.log')}`,
      '--shutdown-delay-duration=0s',
    ]);
    await this.#waitReady();
  }

  async close(): Promise<void> {
    await end(this.#process, 'SIGKILL');
    await end(this.#etcd, 'SIGKILL');
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #prepare(): Promise<void> {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    await writeFile(this.#path('sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
    await writeFile(this.#path('sa.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const tokens = ['admin', 'operator'].map(
      (user) => `${user}-${this.#token},${user},${user},system:masters`,
    );
    await writeFile(this.#path('tokens.csv'), `${tokens.join('\n')}\n`);
    await writeFile(this.#path('audit.json'), JSON.stringify(AUDIT_POLICY));
  }

  async #startEtcd(peerPort: number): Promise<void> {
    const client = `http://127.0.0.1:${this.#etcdPort}`;
    const peer = `http://127.0.0.1:${peerPort}`;
    this.#etcd = await this.#spawn('etcd', [
      `--data-dir=${this.#path('etcd')}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      '--unsafe-no-fsync',
    ]);
  }

  async #installKinds(): Promise<void> {
    const folder = fileURLToPath(new URL('../../crds/', import.meta.url));
    const client = this.client();
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const names: string[] = [];
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.yaml'))) {
      const body = parse(await readFile(join(folder, file), 'utf8'));
      await client.request('POST', path, { body });
      names.push(body.metadata.name);
    }
    for (const name of names) await waitEstablished(client, `${path}/${name}`);
  }

  async #waitReady(): Promise<void> {
    const giveUp = Date.now() + START_BUDGET_MS;
    for (;;) {
      // The certificate to trust is made by the API server's first start.
      const isReady = await this.#isReady();
      if (isReady) return;
      if (this.#process?.exitCode !== null || Date.now() > giveUp) {
        throw new Error(`kube-apiserver did not become ready: ${await this.#readLogEnd('kube-apiserver')}`);
      }
      await sleep(100);
    }
  }

  async #isReady(): Promise<boolean> {
    try {
      await this.client().request('GET', '/api/v1/namespaces/default');
      return true;
    } catch {
      return false;
    }
  }

  async #spawn(name: 'etcd' | 'kube-apiserver', args: string[]): Promise<ChildProcess> {
    const log = await open(this.#path(`${name}.log`), 'a');
    const child = spawn(await toolPath(name), args, { stdio: ['ignore', log.fd, log.fd] });
    child.once('exit', () => void log.close());
    return child;
  }

  async #readLogEnd(name: string): Promise<string> {
    const log = await readFile(this.#path(`${name}.log`), 'utf8').catch(() => '');
    return log.slice(-2_000);
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }
}

async function waitEstablished(client: KubeClient, path: string): Promise<void> {
  for (;;) {
    const crd = (await client.request('GET', path)) as {
      status?: { conditions?: { type: string; status: string }[] };
    };
    const isEstablished = crd.status?.conditions?.some(
      ({ type, status }) => type === 'Established' && status === 'True',
    );
    if (isEstablished) return;
    await sleep(50);
  }
}

async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
