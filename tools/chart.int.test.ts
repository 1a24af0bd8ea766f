import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { toolPath } from '../e2e/cluster/tools.ts';
import type { KubeClient } from '../operator/src/kube/client.ts';
import { ApiServer } from '../operator/test/api-server.ts';

const ROOT = join(import.meta.dirname, '..');
const CHART = join(ROOT, 'charts/cupola');
const NAMESPACE = 'cupola-system';
const OPERATOR = `system:serviceaccount:${NAMESPACE}:cupola-operator`;
const KUBERNETES = ['--kube-version', '1.29.0'];

interface Manifest {
  kind: string;
  metadata: { name: string; namespace?: string };
  rules?: Record<string, string[]>[];
  spec?: { template: { metadata: object; spec: Record<string, unknown> } };
}

async function run(program: 'helm' | 'kubectl', args: string[], kubeconfig = '/dev/null'): Promise<string> {
  const options = { maxBuffer: 16 * 1024 * 1024, env: { ...process.env, KUBECONFIG: kubeconfig } };
  return (await promisify(execFile)(await toolPath(program), args, options)).stdout;
}

async function render(...args: string[]): Promise<Manifest[]> {
  const text = await run('helm', ['template', 'cupola', CHART, '-n', NAMESPACE, ...KUBERNETES, ...args]);
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}

describe('the chart', () => {
  it('passes helm lint', async () => {
    expect(await run('helm', ['lint', '--strict', CHART])).toContain('0 chart(s) failed');
  });

  it.each([
    ['operator.replicas=0', '/operator/replicas'],
    ['operator.replicas=many', '/operator/replicas'],
    ['operator.logLevel=loud', '/operator/logLevel'],
    ['operator.resources.limits.memory=-1Gi', '/operator/resources/limits/memory'],
    ['operator.replica=3', "'replica' not allowed"],
    ['images.agent.tag=a b', '/images/agent/tag'],
    ['images.operator.pullPolicy=Sometimes', '/images/operator/pullPolicy'],
    ['images.mediamtx.pullPolicy=Always', "'pullPolicy' not allowed"],
    ['imagePullSecrets[0]=registry', '/imagePullSecrets/0'],
    ['crds.install=yes', '/crds/install'],
    ['feed.port=9443', "'feed' not allowed"],
  ])('refuses the value %s and names it', async (value, answer) => {
    await expect(render('--set', value)).rejects.toThrow(answer);
  });

  it('grants no wildcard and nothing to everybody', async () => {
    const roles = (await render()).filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role');
    expect(roles).toHaveLength(4);
    for (const rule of roles.flatMap(({ rules }) => rules ?? [])) {
      expect(Object.values(rule).flat()).not.toContain('*');
    }
  });

  it('leaves the CRDs to others where told to', async () => {
    const kinds = async (...args: string[]) => (await render(...args)).map(({ kind }) => kind);
    expect(await kinds()).toContain('CustomResourceDefinition');
    expect(await kinds('--set', 'crds.install=false')).not.toContain('CustomResourceDefinition');
  });

  it('makes do with one replica, which may always be evicted', async () => {
    const kinds = (await render('--set', 'operator.replicas=1')).map(({ kind }) => kind);
    expect(kinds).not.toContain('PodDisruptionBudget');
  });
});

describe('the chart on an API server', () => {
  let server: ApiServer;
  let client: KubeClient;
  let folder: string;
  let kubeconfig: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cupola-chart-'));
    kubeconfig = join(folder, 'kubeconfig');
    server = await ApiServer.start();
    client = server.client();
    await writeFile(kubeconfig, server.kubeConfig('admin').exportConfig());
    const options = ['-n', NAMESPACE, '--create-namespace', '--take-ownership'];
    await run('helm', ['install', 'cupola', CHART, ...options], kubeconfig);
    await run(
      'kubectl',
      ['label', 'ns', NAMESPACE, 'pod-security.kubernetes.io/enforce=restricted'],
      kubeconfig,
    );
  });
  afterAll(async () => {
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function mayOperator(question: Question): Promise<boolean> {
    const [verb, resource, namespace = 'somewhere', name = ''] = question;
    const [plural = '', group = ''] = resource.split('@');
    const [resourceOnly, subresource = ''] = plural.split('/');
    const resourceAttributes = { verb, group, resource: resourceOnly, subresource, namespace, name };
    const answer = (await client.request('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: { user: OPERATOR, resourceAttributes },
      },
    })) as { status: { allowed: boolean } };
    return answer.status.allowed;
  }

  /** Verb, resource@group, namespace (any where left out), name. */
  type Question = [verb: string, resource: string, namespace?: string, name?: string];

  it.each<Question>([
    ['watch', 'sites@cupola.dev'],
    ['patch', 'sites/status@cupola.dev'],
    ['create', 'camerafactories@cupola.dev'],
    ['patch', 'masterrelays/status@cupola.dev'],
    ['patch', 'deployments@apps'],
    ['delete', 'services@'],
    ['create', 'secrets@'],
    ['list', 'pods@'],
    ['watch', 'namespaces@'],
    ['watch', 'nodes@'],
    ['create', 'tokenreviews@authentication.k8s.io'],
    ['create', 'events@events.k8s.io'],
    ['update', 'leases@coordination.k8s.io', NAMESPACE, 'cupola-operator'],
    ['watch', 'leases@coordination.k8s.io', NAMESPACE, 'cupola-operator'],
    ['update', 'secrets@', NAMESPACE, 'cupola-feed-tls'],
  ])('lets the operator %s %s', async (...question) => {
    expect(await mayOperator(question)).toBe(true);
  });

  it.each<Question>([
    ['patch', 'sites@cupola.dev'],
    ['delete', 'sites@cupola.dev'],
    ['create', 'masterrelays@cupola.dev'],
    ['deletecollection', 'secrets@'],
    ['update', 'secrets@'],
    ['create', 'pods@'],
    ['create', 'pods/exec@'],
    ['delete', 'namespaces@'],
    ['list', 'configmaps@'],
    ['patch', 'nodes@'],
    ['create', 'serviceaccounts/token@'],
    ['create', 'clusterrolebindings@rbac.authorization.k8s.io'],
    ['update', 'leases@coordination.k8s.io', 'kube-system', 'cupola-operator'],
    ['update', 'leases@coordination.k8s.io', NAMESPACE, 'another'],
  ])('does not let the operator %s %s', async (...question) => {
    expect(await mayOperator(question)).toBe(false);
  });

  it("runs its pods under restricted Pod Security, and would not with a root user's", async () => {
    const template = (await render()).find(({ kind }) => kind === 'Deployment')?.spec?.template;
    const create = (securityContext?: object) =>
      client.request('POST', `/api/v1/namespaces/${NAMESPACE}/pods`, {
        query: { dryRun: 'All', fieldValidation: 'Strict' },
        body: {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'operator', namespace: NAMESPACE },
          spec: { ...template?.spec, ...(securityContext === undefined ? {} : { securityContext }) },
        },
      });
    await create();
    await expect(create({})).rejects.toThrow('violates PodSecurity "restricted');
  });

  it('is upgraded in place', async () => {
    const options = ['-n', NAMESPACE, '--set', 'operator.replicas=3'];
    await run('helm', ['upgrade', 'cupola', CHART, ...options], kubeconfig);
    const path = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/cupola-operator`;
    expect(await client.request('GET', path)).toMatchObject({ spec: { replicas: 3 } });
  });

  it('keeps the CRDs, and with them every Site, when it is uninstalled', async () => {
    const sites = '/apis/cupola.dev/v1alpha1/namespaces/default/sites';
    const site = { apiVersion: 'cupola.dev/v1alpha1', kind: 'Site', metadata: { name: 'kept' } };
    await client.request('POST', sites, { body: { ...site, spec: { cameras: [] } } });
    await run('helm', ['uninstall', 'cupola', '-n', NAMESPACE], kubeconfig);
    expect(await client.request('GET', `${sites}/kept`)).toMatchObject({ metadata: { name: 'kept' } });
    const operator = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/cupola-operator`;
    await expect(client.request('GET', operator)).rejects.toThrow('404');
  });

  it('has the same as plain manifests, each taken without a warning', async () => {
    const file = join(ROOT, 'manifests/cupola.yaml');
    const options = [
      '--server-side',
      '--force-conflicts',
      '--validate=strict',
      '--warnings-as-errors',
      '-f',
      file,
    ];
    const applied = await run('kubectl', ['apply', ...options], kubeconfig);
    const rendered = await render();
    // The namespace beside.
    expect(applied.trim().split('\n')).toHaveLength(rendered.length + 1);
  });
});
