/** While nothing changes the operator is silent, and the kubelet's late copy of a plan disturbs nobody. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PLAN_KEY } from '@cupola/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isWhole } from '../peers/frames.ts';
import type { Reader } from '../peers/reader.ts';
import type { SimulatedCamera } from '../peers/simulated-camera.ts';
import { readAudit } from '../stage/audit.ts';
import { BUDGETS } from '../stage/budgets.ts';
import type { KubeObject } from '../stage/kubectl.ts';
import { Stage } from '../stage/stage.ts';

const REST_MS = 60_000;

let stage: Stage;
let camera: SimulatedCamera;
let reader: Reader;

beforeAll(async () => {
  stage = await Stage.open('e2e-at-rest');
  const site = await stage.applySite('calm', [{ name: 'gate', push: {} }]);
  camera = await stage.startPushing(site, 'gate', { audio: 'AAC' });
  await stage.untilRedundant('calm', ['gate']);
  reader = await stage.read(site, 'gate');
});

afterAll(async () => {
  await stage?.close();
});

test('a plan that the kubelet refreshes in the volumes disturbs no reader', async () => {
  const added = { name: 'fence', push: {} };
  await stage.applySite('calm', [{ name: 'gate', push: {} }, added]);
  const pods = await mediaPods();
  expect(pods).toHaveLength(4);
  await Promise.all(pods.map((pod) => untilMounted(pod, '/calm/fence')));
  await reader.pictures(50, BUDGETS.picture);
  expect(reader.endedBy).toBeUndefined();
  const compared = await reader.compare(camera);
  expect([isWhole(compared.v), isWhole(compared.a)], JSON.stringify(compared)).toEqual([true, true]);
});

test('for a minute the operator writes its lease and nothing else, and reads nothing', async () => {
  await stage.untilAlone();
  const from = new Date();
  await delay(REST_MS);
  const requests = await readAudit(stage.cluster.auditLogPath, from, new Date());
  const byOperator = requests.filter(({ user }) => user.endsWith(':cupola-operator'));
  const renewals = byOperator.filter(({ verb, resource }) => verb === 'update' && resource === 'leases');
  const others = byOperator.filter((request) => !renewals.includes(request) && request.verb !== 'watch');
  expect(others).toEqual([]);
  expect(renewals.length, 'the audit log is really the one of this cluster').toBeGreaterThan(5);
});

async function mediaPods(): Promise<string[]> {
  const pods = await stage.kubectl.get<{ items: KubeObject[] }>(`/api/v1/namespaces/${stage.namespace}/pods`);
  const staying = pods.items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return staying.map(({ metadata }) => metadata.name);
}

/** Looks into the agent's own file system until the mounted plan names the text. */
async function untilMounted(pod: string, text: string): Promise<void> {
  const [agent] = await stage.cluster.processesOf({ namespace: stage.namespace, pod, container: 'agent' });
  const file = path.join(`/proc/${agent}/root/etc/cupola/plan`, PLAN_KEY);
  const deadlineMs = Date.now() + BUDGETS.volumeRefresh;
  // The kubelet takes the folder of before away at once: who is on his way into it finds nothing.
  while (!(await readFile(file, 'utf8').catch(() => '')).includes(text)) {
    if (Date.now() > deadlineMs) throw new Error(`The kubelet did not refresh the plan of ${pod}.`);
    await delay(500);
  }
}
