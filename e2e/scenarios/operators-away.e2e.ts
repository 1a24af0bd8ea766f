/** What goes on without operators: everything that flows, with none; new viewers' way to a live side, with one. */
import { setTimeout as delay } from 'node:timers/promises';
import { PORTS } from '@cupola/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isWhole } from '../peers/frames.ts';
import type { Reader } from '../peers/reader.ts';
import type { SimulatedCamera } from '../peers/simulated-camera.ts';
import { BUDGETS } from '../stage/budgets.ts';
import { OPERATOR_NAMESPACE } from '../stage/installation.ts';
import type { KubeObject } from '../stage/kubectl.ts';
import type { LiveSite } from '../stage/live-site.ts';
import { scaleOperators } from '../stage/operators.ts';
import { Stage } from '../stage/stage.ts';

type Pod = KubeObject & {
  status?: { containerStatuses?: { name: string; restartCount: number; ready: boolean }[] };
};

/** Two sides of a factory and of a relay. */
const AGENTS = 4;
type Service = KubeObject & {
  metadata: { annotations?: Record<string, string> };
  spec: { selector: Record<string, string> };
};

const PODS = `/api/v1/namespaces/${OPERATOR_NAMESPACE}/pods`;

let stage: Stage;
let site: LiveSite;
let camera: SimulatedCamera;
let reader: Reader;

beforeAll(async () => {
  stage = await Stage.open('e2e-away');
  site = await stage.applySite('pier', [{ name: 'gate', push: {} }]);
  camera = await stage.startPushing(site, 'gate', { protocol: 'rtmp' });
  await stage.untilRedundant('pier', ['gate']);
  reader = await stage.read(site, 'gate');
});

afterAll(async () => {
  if (stage) await scaleOperators(stage.kubectl, 2);
  await stage?.close();
});

test('with no operator, the sides of a factory die one after the other, and no frame is lost', async () => {
  await scaleOperators(stage.kubectl, 0);
  for (const side of ['primary', 'backup']) {
    const pod = await stage.podOf(`pier-factory-0-${side}`);
    await stage.cluster.kill({ namespace: stage.namespace, pod, container: 'mediamtx' });
    await untilRestarted(pod);
    // A camera pushes again to a side that is back, and the relay has it from there before the other side dies.
    await untilBothLegs();
    await reader.pictures(75, BUDGETS.picture);
  }
  const { v } = await reader.compare(camera);
  expect(isWhole(v), JSON.stringify(v)).toBe(true);
});

test('with the leader frozen, the other replica leads new viewers away from a dead relay', async () => {
  await scaleOperators(stage.kubectl, 2);
  const leader = await findLeader();
  await untilAllHear();
  const frozen = { namespace: OPERATOR_NAMESPACE, pod: leader, container: 'operator' };
  await stage.cluster.freeze(frozen);
  try {
    const from = await activeSide();
    const pod = await stage.podOf(`relay-relay-0-${from}`);
    await stage.cluster.kill({ namespace: stage.namespace, pod, container: 'mediamtx' });
    expect(await untilSwitched(from)).not.toBe(leader);
    const viewer = await stage.read(site, 'gate');
    await viewer.pictures(50, BUDGETS.picture);
    const { v } = await viewer.compare(camera);
    expect(isWhole(v), JSON.stringify(v)).toBe(true);
  } finally {
    await stage.cluster.thaw(frozen);
  }
});

async function untilRestarted(pod: string): Promise<void> {
  await stage.kubectl.until<Pod, boolean>(
    `mediamtx of ${pod} runs again`,
    `/api/v1/namespaces/${stage.namespace}/pods?fieldSelector=metadata.name%3D${pod}`,
    ([live]) =>
      live?.status?.containerStatuses?.some(
        ({ name, restartCount, ready }) => name === 'mediamtx' && restartCount > 0 && ready,
      ),
    BUDGETS.healed,
  );
}

/** Until media arrives at the viewer's relay from both sides of the factory; there is no operator who would say so. */
async function untilBothLegs(): Promise<void> {
  const pod = await stage.podOf(`relay-relay-0-${await activeSide()}`);
  const path = `/api/v1/namespaces/${stage.namespace}/pods/${pod}:${PORTS.agentHttp}/proxy/metrics`;
  const giveUpMs = Date.now() + BUDGETS.healed;
  while (!/^cupola_agent_legs_live 2$/m.test(await stage.kubectl.run(['get', '--raw', path]))) {
    if (Date.now() > giveUpMs) throw new Error(`${pod} does not have both legs`);
    await delay(200);
  }
}

/** Until the agents of both tiers are connected to both operators: who has not heard them does not judge them. */
async function untilAllHear(): Promise<void> {
  const { items } = await stage.kubectl.get<{ items: KubeObject[] }>(PODS);
  const giveUpMs = Date.now() + BUDGETS.healed;
  for (const { metadata } of items) {
    while (!(await hearsAll(metadata.name))) {
      if (Date.now() > giveUpMs) throw new Error(`${metadata.name} does not hear every agent`);
      await delay(200);
    }
  }
}

async function hearsAll(pod: string): Promise<boolean> {
  type Readiness = { detail: { feed: { agents: number } } };
  const { detail } = await stage.kubectl.get<Readiness>(`${PODS}/${pod}:8080/proxy/readyz`);
  return detail.feed.agents >= AGENTS;
}

/** The pod that holds the Lease; a pod of before may still stand in it. */
async function findLeader(): Promise<string> {
  const { items } = await stage.kubectl.get<{ items: KubeObject[] }>(PODS);
  const pods = new Set(items.map(({ metadata }) => metadata.name));
  type Lease = KubeObject & { spec: { holderIdentity?: string } };
  return stage.kubectl.until<Lease, string>(
    'a leader',
    `/apis/coordination.k8s.io/v1/namespaces/${OPERATOR_NAMESPACE}/leases`,
    (leases) => {
      const lease = leases.find(({ metadata }) => metadata.name === 'cupola-operator');
      const holder = lease?.spec.holderIdentity?.split('_')[0] ?? '';
      return pods.has(holder) && holder;
    },
    BUDGETS.chart,
  );
}

async function activeSide(): Promise<string> {
  const { spec } = await stage.kubectl.get<Service>(
    `/api/v1/namespaces/${stage.namespace}/services/relay-relay-0`,
  );
  return spec.selector['cupola.dev/side'] ?? '';
}

/** The operator's pod that has moved the relay's Service away from this side. */
function untilSwitched(from: string): Promise<string> {
  return stage.kubectl.until<Service, string>(
    `the relay switched from its ${from} side`,
    `/api/v1/namespaces/${stage.namespace}/services?fieldSelector=metadata.name%3Drelay-relay-0`,
    ([service]) => {
      const text = service?.metadata.annotations?.['cupola.dev/last-switch'];
      if (text === undefined || service?.spec.selector['cupola.dev/side'] === from) return undefined;
      return (JSON.parse(text) as { by: string }).by;
    },
    BUDGETS.healed,
  );
}
