/** No credential is in an argument list, a log, a ConfigMap, an event or a status. */
import { readdir, readFile } from 'node:fs/promises';
import { mediaPlanSchema, PLAN_KEY, PORTS } from '@cupola/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BUDGETS } from '../stage/budgets.ts';
import { OPERATOR_NAMESPACE } from '../stage/installation.ts';
import type { KubeObject } from '../stage/kubectl.ts';
import { basicAuthManifest } from '../stage/manifests.ts';
import { Stage } from '../stage/stage.ts';

type Secret = KubeObject & { type: string; data?: Record<string, string> };
type Pod = KubeObject & { spec: { initContainers?: { name: string }[]; containers: { name: string }[] } };

const WRONG_PASSWORD = 'a-password-that-is-refused';

let stage: Stage;
let secrets: string[];

beforeAll(async () => {
  stage = await Stage.open('e2e-no-secret');
  const { namespace } = stage;
  await stage.kubectl.apply([
    basicAuthManifest(namespace, 'own', 'shed', 'own-camera-password'),
    basicAuthManifest(namespace, 'pulled', 'factory', 'pulled-camera-password'),
  ]);
  const url = `rtsp://${stage.outside.address}:9556/camera`;
  const site = await stage.applySite('quiet', [
    { name: 'gate', push: {} },
    { name: 'shed', push: { credentialsSecretRef: { name: 'own' } } },
    { name: 'hall', pull: { url, credentialsSecretRef: { name: 'pulled' } } },
  ]);
  const offer = {
    port: 9_556,
    user: 'factory',
    password: 'pulled-camera-password',
    method: 'basic',
  } as const;
  await stage.startPulled('hall', offer);
  await (await stage.startPushing(site, 'gate', { protocol: 'rtmp' })).accepted(BUDGETS.accepted);
  // Refused, which a program might log with what was shown.
  await stage.startPushing(site, 'shed', { protocol: 'srt', password: WRONG_PASSWORD });
  await stage.read(site, 'gate');
  await stage.read(site, 'hall');
  secrets = [WRONG_PASSWORD, ...(await listSecrets())];
});

afterAll(async () => {
  await stage?.close();
});

test('in any argument list of this machine', async () => {
  const lists = await readArgumentLists();
  expect(lists, 'it does look at FFmpeg').toContain('ffmpeg');
  expect(findIn(lists)).toEqual([]);
});

test('in the log of any container', async () => {
  for (const namespace of [stage.namespace, OPERATOR_NAMESPACE]) {
    const { items } = await stage.kubectl.get<{ items: Pod[] }>(`/api/v1/namespaces/${namespace}/pods`);
    for (const { metadata, spec } of items) {
      for (const { name } of [...(spec.initContainers ?? []), ...spec.containers]) {
        const log = await stage.kubectl.run(['-n', namespace, 'logs', metadata.name, '-c', name]);
        expect(findIn(log), `${metadata.name} ${name}`).toEqual([]);
      }
    }
  }
});

test('in what any program of ours says over HTTP', async () => {
  for (const [namespace, port] of [
    [stage.namespace, PORTS.agentHttp],
    [OPERATOR_NAMESPACE, 8080],
  ] as const) {
    const { items } = await stage.kubectl.get<{ items: Pod[] }>(`/api/v1/namespaces/${namespace}/pods`);
    for (const { metadata } of items) {
      for (const page of ['metrics', 'readyz']) {
        const path = `/api/v1/namespaces/${namespace}/pods/${metadata.name}:${port}/proxy/${page}`;
        expect(findIn(await stage.kubectl.run(['get', '--raw', path])), path).toEqual([]);
      }
    }
  }
});

test.each([
  ['a ConfigMap', '/api/v1/configmaps'],
  ['an event', '/apis/events.k8s.io/v1/events'],
  ['a Site', '/apis/cupola.dev/v1alpha1/sites'],
  ['a CameraFactory', '/apis/cupola.dev/v1alpha1/camerafactories'],
  ['a MasterRelay', '/apis/cupola.dev/v1alpha1/masterrelays'],
  ['a pod', '/api/v1/pods'],
])('in %s', async (_, path) => {
  expect(findIn(await stage.kubectl.run(['get', '--raw', path]))).toEqual([]);
});

/** The passwords of cameras, tiers and viewers: from Secrets made by people and by the operator. */
async function listSecrets(): Promise<string[]> {
  const found = new Set<string>();
  for (const namespace of [stage.namespace, OPERATOR_NAMESPACE]) {
    const { items } = await stage.kubectl.get<{ items: Secret[] }>(`/api/v1/namespaces/${namespace}/secrets`);
    for (const secret of items) for (const value of secretValues(secret)) found.add(value);
  }
  // Two cameras' own, a generated one, both tiers' viewers, a tier's reader, the operator's key.
  expect(found.size).toBeGreaterThanOrEqual(7);
  return [...found];
}

function secretValues({ type, metadata, data = {} }: Secret): string[] {
  const texts = Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  );
  const plan = texts[PLAN_KEY];
  if (plan !== undefined) {
    const { paths, readers } = mediaPlanSchema.parse(JSON.parse(plan));
    const legs = paths.flatMap(({ source }) => (source.from === 'legs' ? source.legs : []));
    const credentials = [...readers, ...legs].map(({ credential }) => credential?.password);
    return credentials.filter((password) => password !== undefined);
  }
  if (type === 'kubernetes.io/basic-auth') return [texts.password ?? ''];
  const isCredentials = /-camera-credentials$|^cupola-operator-keys$/.test(metadata.name);
  return isCredentials ? Object.values(texts) : [];
}

/** Which secrets the text has, shortened: a failure's message must not tell them either. */
function findIn(text: string): string[] {
  return secrets.filter((secret) => text.includes(secret)).map((secret) => `${secret.slice(0, 4)}...`);
}

async function readArgumentLists(): Promise<string> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lists = processes.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => ''));
  return (await Promise.all(lists)).join('\n').replaceAll('\0', ' ');
}
