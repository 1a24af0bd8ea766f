/** The cluster's authority, and a certificate and kubeconfig for each of its parts. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterPlan } from './cluster-plan.ts';
import { run } from './command.ts';
import { apiServerNames } from './control-plane.ts';
import { metricsServerHost } from './metrics-addon.ts';

const VALID_DAYS = '3650';

interface Identity {
  /** File name, without ending. */
  readonly name: string;
  /** User (CN) and group (O) in Kubernetes' eyes. */
  readonly subject: string;
  /** Subject alternative names, where it serves. */
  readonly serves?: readonly string[];
  /** Whether a `<name>.conf` kubeconfig is wanted. */
  readonly hasKubeconfig: boolean;
}

/** Makes everything in a fresh folder and renames it into place: whole, or not there. Repeating keeps it. */
export async function ensurePki(plan: ClusterPlan, folder: string): Promise<void> {
  if (await readFile(join(folder, 'ca.crt')).catch(() => null)) return;
  const work = `${folder}.new`;
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true, mode: 0o700 });
  await makeAuthority(work);
  await Promise.all(identitiesOf(plan).map((identity) => makeIdentity(plan, identity, work)));
  await rename(work, folder);
}

function identitiesOf(plan: ClusterPlan): Identity[] {
  const loopback = ['DNS:localhost', 'IP:127.0.0.1'];
  return [
    { name: 'apiserver', subject: '/CN=kube-apiserver', serves: apiServerNames(plan), hasKubeconfig: false },
    { name: 'kubelet-client', subject: '/O=system:masters/CN=apiserver-kubelet', hasKubeconfig: false },
    // How the API server shows itself to the API servers behind it; its flags allow no other name.
    { name: 'front-proxy-client', subject: '/CN=front-proxy-client', hasKubeconfig: false },
    {
      name: 'metrics-server',
      subject: '/CN=metrics-server',
      serves: [`DNS:${metricsServerHost}`],
      hasKubeconfig: false,
    },
    { name: 'admin', subject: '/O=system:masters/CN=admin', hasKubeconfig: true },
    {
      name: 'controllers',
      subject: '/CN=system:kube-controller-manager',
      serves: loopback,
      hasKubeconfig: true,
    },
    { name: 'scheduler', subject: '/CN=system:kube-scheduler', serves: loopback, hasKubeconfig: true },
    { name: 'kube-proxy', subject: '/CN=system:kube-proxy', hasKubeconfig: true },
    ...plan.nodes.map(({ name, address }) => ({
      name,
      subject: `/O=system:nodes/CN=system:node:${name}`,
      serves: [`DNS:${name}`, `IP:${address}`],
      hasKubeconfig: true,
    })),
  ];
}

async function makeAuthority(folder: string): Promise<void> {
  await writeKeys(folder, 'ca');
  await run('openssl', [
    ...['req', '-x509', '-new', '-key', join(folder, 'ca.key'), '-out', join(folder, 'ca.crt')],
    ...['-subj', '/CN=cupola-cluster-ca', '-days', VALID_DAYS],
  ]);
  await writeKeys(folder, 'service-accounts');
}

async function makeIdentity(plan: ClusterPlan, identity: Identity, folder: string): Promise<void> {
  const file = (ending: string) => join(folder, `${identity.name}.${ending}`);
  await writeKeys(folder, identity.name);
  const extensions = ['-addext', 'extendedKeyUsage=clientAuth,serverAuth'];
  if (identity.serves !== undefined) {
    extensions.push('-addext', `subjectAltName=${identity.serves.join(',')}`);
  }
  await run('openssl', [
    ...['req', '-x509', '-new', '-key', file('key'), '-out', file('crt'), '-subj', identity.subject],
    ...['-CA', join(folder, 'ca.crt'), '-CAkey', join(folder, 'ca.key'), '-days', VALID_DAYS],
    ...['-addext', 'basicConstraints=critical,CA:FALSE', ...extensions],
  ]);
  if (!identity.hasKubeconfig) return;
  const read = (path: string) => readFile(path, 'base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: plan.prefix,
        cluster: {
          server: `https://${plan.control.address}:6443`,
          'certificate-authority-data': await read(join(folder, 'ca.crt')),
        },
      },
    ],
    users: [
      {
        name: identity.name,
        user: {
          'client-certificate-data': await read(file('crt')),
          'client-key-data': await read(file('key')),
        },
      },
    ],
    contexts: [{ name: plan.prefix, context: { cluster: plan.prefix, user: identity.name } }],
    'current-context': plan.prefix,
  };
  await writeFile(file('conf'), `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
}

async function writeKeys(folder: string, name: string): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  await writeFile(join(folder, `${name}.key`), privateKey, { mode: 0o600 });
  await writeFile(join(folder, `${name}.pub`), publicKey);
}
