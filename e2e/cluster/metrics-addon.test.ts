import { expect, test } from 'vitest';
import { planCluster } from './cluster-plan.ts';
import { metricsAddon } from './metrics-addon.ts';

const tls = { authority: 'the authority', certificate: 'a certificate', key: 'a key' };

/** The named kind of a cluster of so many nodes, as the API server would get it. */
function objectOf(kind: string, nodeCount = 3) {
  const objects = JSON.parse(JSON.stringify(metricsAddon(planCluster('/a', '10.200.7', nodeCount), tls)));
  return objects.find((object: { kind: string }) => object.kind === kind);
}

test.each([
  [1, 'media'],
  [2, 'edge'],
  [3, 'edge'],
])('of %i nodes, metrics-server is on one with the role %s', (nodeCount, role) => {
  const { nodeSelector } = objectOf('Deployment', nodeCount).spec.template.spec;
  expect(nodeSelector).toEqual({ 'cupola.dev/role': role });
});

test('nobody on the way of a figure goes unverified', () => {
  expect(objectOf('APIService').spec).toMatchObject({
    caBundle: Buffer.from(tls.authority).toString('base64'),
    service: { name: 'metrics-server', namespace: 'kube-system' },
  });
  expect(JSON.stringify([objectOf('APIService'), objectOf('Deployment')])).not.toMatch(/insecure/i);
});

test('the API is announced last, so that its presence says that all the rest is there', () => {
  const kinds = metricsAddon(planCluster('/a', '10.200.7', 3), tls).map(
    (object) => Object.entries(object)[1],
  );
  expect(kinds.at(-1)).toEqual(['kind', 'APIService']);
});

test('the key is in the Secret and nowhere else', () => {
  const objects = metricsAddon(planCluster('/a', '10.200.7', 3), tls).map((object) => JSON.stringify(object));
  const holders = objects.filter((text) => text.includes(tls.key));
  expect(holders).toHaveLength(1);
  expect(holders[0]).toContain('"kind":"Secret"');
});
