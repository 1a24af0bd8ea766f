/** What pods use is told by metrics.k8s.io, and the horizontal pod autoscaler acts on it and on nothing else. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BUDGETS } from '../stage/budgets.ts';
import type { KubeObject } from '../stage/kubectl.ts';
import { Stage } from '../stage/stage.ts';

/** Its limit is twice what it requests, so a pod that never rests uses 200 %, and at most that. */
const CPU = { requests: { cpu: '100m' }, limits: { cpu: '200m' } };
const TARGET_PERCENT = 70;
/** Of the images that are on every node, one with a shell. */
const IMAGE = 'docker.io/cupola/agent:0.1.0';

const WORKLOADS = { busy: 'while :; do :; done', idle: 'while :; do sleep 1; done' };

interface Autoscaler extends KubeObject {
  readonly status?: {
    readonly desiredReplicas: number;
    readonly currentMetrics?: readonly {
      readonly resource?: { readonly current: { readonly averageUtilization?: number } };
    }[];
  };
}

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open('e2e-load-is-seen');
  await stage.kubectl.apply(Object.entries(WORKLOADS).flatMap(([name, script]) => manifests(name, script)));
});

afterAll(async () => {
  await stage?.close();
});

test('a deployment over its target grows, as far as its maximum', async () => {
  const busy = await untilAutoscaler('busy', 'two replicas', ({ status }) => status?.desiredReplicas === 2);
  expect(utilizationOf(busy)).toBeGreaterThan(TARGET_PERCENT);
});

test('one that does nothing stays as it is, though its use is known', async () => {
  const idle = await untilAutoscaler('idle', 'a figure', (one) => utilizationOf(one) !== undefined);
  expect(utilizationOf(idle)).toBeLessThan(TARGET_PERCENT);
  expect(idle.status?.desiredReplicas).toBe(1);
});

test("a person sees each pod's use with kubectl top", async () => {
  const table = await stage.kubectl.run(['top', 'pods', '-n', stage.namespace, '--no-headers']);
  const millicores = new Map(
    Array.from(table.matchAll(/^(busy|idle)\S+\s+(\d+)m/gm), ([, name, use]) => [name, Number(use)]),
  );
  expect(millicores.get('busy')).toBeGreaterThan(millicores.get('idle') ?? Number.POSITIVE_INFINITY);
});

function untilAutoscaler(
  name: string,
  what: string,
  check: (autoscaler: Autoscaler) => boolean,
): Promise<Autoscaler> {
  const path = `/apis/autoscaling/v2/namespaces/${stage.namespace}/horizontalpodautoscalers`;
  return stage.kubectl.until<Autoscaler, Autoscaler>(
    `${what} of ${name}`,
    path,
    (all) => all.find((one) => one.metadata.name === name && check(one)),
    BUDGETS.scaled,
  );
}

function utilizationOf({ status }: Autoscaler): number | undefined {
  return status?.currentMetrics?.[0]?.resource?.current.averageUtilization;
}

function manifests(name: string, script: string): object[] {
  const labels = { app: name };
  const metadata = { name, namespace: stage.namespace };
  const container = {
    name: 'work',
    image: IMAGE,
    imagePullPolicy: 'Never',
    command: ['sh', '-c', script],
    resources: CPU,
  };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [container], terminationGracePeriodSeconds: 0 },
        },
      },
    },
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
        maxReplicas: 2,
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: TARGET_PERCENT } },
          },
        ],
      },
    },
  ];
}
