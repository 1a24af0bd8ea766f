/** A deleted Site leaves nothing behind, whether an operator runs at the time or not, and never hangs. */

import { PLAN_KEY } from '@cupola/protocol';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { BUDGETS } from '../stage/budgets.ts';
import type { KubeObject } from '../stage/kubectl.ts';
import { scaleOperators } from '../stage/operators.ts';
import { Stage } from '../stage/stage.ts';

/** Every kind that a Site becomes, as paths below the namespace. */
const COLLECTIONS = [
  '/apis/cupola.dev/v1alpha1/namespaces/NS/camerafactories',
  '/apis/apps/v1/namespaces/NS/deployments',
  '/apis/apps/v1/namespaces/NS/replicasets',
  '/apis/policy/v1/namespaces/NS/poddisruptionbudgets',
  '/api/v1/namespaces/NS/services',
  '/api/v1/namespaces/NS/secrets',
  '/api/v1/namespaces/NS/serviceaccounts',
  '/api/v1/namespaces/NS/pods',
];

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open('e2e-deleted');
});

afterEach(async () => {
  if (stage) await scaleOperators(stage.kubectl, 2);
});

afterAll(async () => {
  await stage?.close();
});

test('with the operator up', async () => {
  await stage.applySite('short', [{ name: 'gate', push: {} }]);
  expect(await leftOf('short')).not.toEqual([]);
  await deleteSite('short');
  await untilNothingIsLeft('short');
});

test('with the operator down at the time', async () => {
  await stage.applySite('brief', [{ name: 'gate', push: {} }]);
  await scaleOperators(stage.kubectl, 0);
  await deleteSite('brief');
  await scaleOperators(stage.kubectl, 2);
  await untilNothingIsLeft('brief');
});

function deleteSite(name: string): Promise<string> {
  return stage.kubectl.run(['-n', stage.namespace, 'delete', 'site', name, '--wait']);
}

async function leftOf(site: string): Promise<string[]> {
  const lists = COLLECTIONS.map(async (collection) => {
    const path = collection.replace('NS', stage.namespace);
    const { items } = await stage.kubectl.get<{ items: KubeObject[] }>(path);
    return items.filter((item) => isOf(site, item)).map((item) => `${path}/${item.metadata.name}`);
  });
  return (await Promise.all(lists)).flat();
}

/** One watch a kind; then the relay's plans, which live on, know the Site no more. */
async function untilNothingIsLeft(site: string): Promise<void> {
  const watches = COLLECTIONS.map((collection) => {
    const path = collection.replace('NS', stage.namespace);
    const isGone = (objects: KubeObject[]) => !objects.some((object) => isOf(site, object));
    return stage.kubectl.until(`no ${path} of ${site}`, path, isGone, BUDGETS.gone);
  });
  await Promise.all(watches);
  type PlanSecret = KubeObject & { data?: Record<string, string> };
  const forgets = ({ data }: PlanSecret) => {
    return !Buffer.from(data?.[PLAN_KEY] ?? '', 'base64').includes(`/${site}/`);
  };
  const secrets = `/api/v1/namespaces/${stage.namespace}/secrets`;
  const allForget = (objects: PlanSecret[]) => objects.every(forgets);
  await stage.kubectl.until<PlanSecret, boolean>(`no plan with ${site}`, secrets, allForget, BUDGETS.gone);
}

function isOf(site: string, object: KubeObject): boolean {
  return object.metadata.name === site || object.metadata.name.startsWith(`${site}-`);
}
