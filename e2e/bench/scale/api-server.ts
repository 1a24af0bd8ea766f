import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { toolPath } from '../../cluster/tools.ts';
import { findFreePorts } from '../../peers/ports.ts';
import { type Access, KubeClient } from './kube-client.ts';

const READY_BUDGET_MS = 60_000;
const POLL_MS = 100;

const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived', 'ResponseStarted'],
  rules: [{ level: 'Metadata' }],
};

/** etcd and kube-apiserver as programs of this machine, with every request in an audit log. No nodes. */
export class ApiServer {
  readonly access: Access;
  readonly auditLog: string;
  readonly #programs: readonly ChildProcess[];

  private constructor(access: Access, auditLog: string, programs: readonly ChildProcess[]) {
    this.access = access;
    this.auditLog = auditLog;
    this.#programs = programs;
  }

  /** Resolves when it is ready. `folder` takes data, keys and logs; it must exist. */
  static async start(folder: string): Promise<ApiServer> {
    const inFolder = (name: string) => path.join(folder, name);
    const [etcd = 0, peer = 0, api = 0] = await findFreePorts(3);
    const token = randomBytes(24).toString('base64url');
    mkdirSync(inFolder('tls'));
    writeFileSync(inFolder('tokens.csv'), `${token},bench,bench,system:masters\n`, { mode: 0o600 });
    writeFileSync(inFolder('audit-policy.json'), JSON.stringify(AUDIT_POLICY));
    writeFileSync(inFolder('audit.log'), '');
    writeKeys(inFolder('service-accounts.key'), inFolder('service-accounts.pub'));

    const etcdUrl = `http://127.0.0.1:${etcd}`;
    const programs = [
      await startProgram('etcd', folder, [
        `--data-dir=${inFolder('etcd')}`,
        `--listen-client-urls=${etcdUrl}`,
        `--advertise-client-urls=${etcdUrl}`,
        `--listen-peer-urls=http://127.0.0.1:${peer}`,
        '--unsafe-no-fsync',
        '--log-level=warn',
      ]),
      await startProgram('kube-apiserver', folder, [
        `--etcd-servers=${etcdUrl}`,
        '--bind-address=127.0.0.1',
        `--secure-port=${api}`,
        `--cert-dir=${inFolder('tls')}`,
        `--token-auth-file=${inFolder('tokens.csv')}`,
        '--authorization-mode=RBAC',
        '--service-account-issuer=https://kubernetes.default.svc',
        `--service-account-key-file=${inFolder('service-accounts.pub')}`,
        `--service-account-signing-key-file=${inFolder('service-accounts.key')}`,
        '--service-cluster-ip-range=10.96.0.0/16',
        `--audit-policy-file=${inFolder('audit-policy.json')}`,
        `--audit-log-path=${inFolder('audit.log')}`,
        '--audit-log-maxsize=4096',
        '--audit-log-mode=blocking-strict',
      ]),
    ];
    try {
      const ca = await waitFor('kube-apiserver', () => readFile(inFolder('tls/apiserver.crt'), 'utf8'));
      const access = { url: `https://127.0.0.1:${api}`, ca, token };
      const client = new KubeClient(access);
      await waitFor('kube-apiserver', () =>
        client.get('/apis/rbac.authorization.k8s.io/v1/clusterroles/admin'),
      );
      client.close();
      return new ApiServer(access, inFolder('audit.log'), programs);
    } catch (error) {
      await endAll(programs);
      throw error;
    }
  }

  close(): Promise<void> {
    return endAll(this.#programs);
  }
}

async function startProgram(
  name: 'etcd' | 'kube-apiserver',
  folder: string,
  args: readonly string[],
): Promise<ChildProcess> {
  const log = openSync(path.join(folder, `${name}.log`), 'a');
  return spawn(await toolPath(name), args, { stdio: ['ignore', log, log] });
}

async function endAll(programs: readonly ChildProcess[]): Promise<void> {
  // The API server first: without its etcd it would wait for it.
  for (const program of programs.toReversed()) {
    if (program.exitCode !== null || program.signalCode !== null) continue;
    program.kill('SIGKILL');
    await once(program, 'exit');
  }
}

async function waitFor<T>(what: string, attempt: () => Promise<T>): Promise<T> {
  const deadlineMs = Date.now() + READY_BUDGET_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (cause) {
      if (Date.now() > deadlineMs)
        throw new Error(`${what} is not ready within ${READY_BUDGET_MS} ms`, { cause });
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

function writeKeys(privateFile: string, publicFile: string): void {
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  writeFileSync(privateFile, privateKey, { mode: 0o600 });
  writeFileSync(publicFile, publicKey);
}
