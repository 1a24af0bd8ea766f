/** Services move to their other side: by themselves when the active one dies, without a loss when somebody plans it. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { LastSwitch, ShardStatus } from '../../operator/src/api/media-tier.ts';
import { isWhole } from '../peers/frames.ts';
import { Knocking } from '../peers/knocking.ts';
import type { Reader } from '../peers/reader.ts';
import type { SimulatedCamera } from '../peers/simulated-camera.ts';
import { BUDGETS } from '../stage/budgets.ts';
import type { KubeObject } from '../stage/kubectl.ts';
import { findCamera, isCondition, type LiveSite } from '../stage/live-site.ts';
import { Stage } from '../stage/stage.ts';

type Tier = KubeObject & { status?: { shards?: ShardStatus[] } };
type Side = 'primary' | 'backup';

const RELAY = 'masterrelays/relay';
const FACTORY = 'camerafactories/pier';

let stage: Stage;
let site: LiveSite;
let camera: SimulatedCamera;
let reader: Reader;
let knocking: Knocking;

beforeAll(async () => {
  stage = await Stage.open('e2e-sides');
  site = await stage.applySite('pier', [
    { name: 'gate', push: {} },
    { name: 'quay', push: { sides: 'Active' } },
  ]);
  // A side is the active one until a test says otherwise.
  await patch(RELAY, { spec: { failover: { failback: 'Manual' } } });
  await patch(FACTORY, { spec: { failover: { failback: 'Manual' } } }, site);
  camera = await stage.startPushing(site, 'gate', { protocol: 'rtmp' });
  await stage.startPushing(site, 'quay', { protocol: 'rtmp' });
});

afterAll(async () => {
  await knocking?.close();
  await stage?.close();
});

beforeEach(async () => {
  await stage.untilSite('pier', 'both cameras where they should be', BUDGETS.healed, (live) =>
    [
      ['gate', 'Redundant'],
      ['quay', 'Online'],
    ].every(([name = '', state]) => findCamera(live, name)?.state === state),
  );
  await knocking?.close();
  knocking = new Knocking({
    url: findCamera(site, 'gate')?.urls?.rtsp ?? '',
    ...(await stage.viewerLogin()),
  });
  reader = await stage.read(site, 'gate');
}, 2 * BUDGETS.healed);

test('the relay that viewers use is killed: new ones are served by the other side', async () => {
  const from = await activeSide(RELAY);
  const atMs = Date.now();
  await stage.cluster.kill(await mediamtxOf(`relay-relay-0-${from}`));
  const last = await untilActive(RELAY, other(from));
  expect(last).toMatchObject({ from, to: other(from), reason: 'ServerDown' });
  await expectWholeStream(await stage.read(site, 'gate'));
  console.log(`new viewers served after ${knocking.outageMs(atMs)} ms; ${describe(last)}`);
});

test('the relay that viewers use freezes: new ones are served by the other side', async () => {
  const from = await activeSide(RELAY);
  const frozen = await mediamtxOf(`relay-relay-0-${from}`);
  const atMs = Date.now();
  await stage.cluster.freeze(frozen);
  try {
    const last = await untilActive(RELAY, other(from));
    expect(last).toMatchObject({ from, to: other(from), reason: 'ServerDown' });
    await expectWholeStream(await stage.read(site, 'gate'));
    console.log(`new viewers served after ${knocking.outageMs(atMs)} ms; ${describe(last)}`);
  } finally {
    await stage.cluster.thaw(frozen);
  }
});

test('a person asks for the other side, and nobody notices', async () => {
  const to = other(await activeSide(RELAY));
  await annotate(RELAY, { 'cupola.dev/switch-to': `${to}/${Date.now()}` });
  expect(await untilActive(RELAY, to)).toMatchObject({ to, reason: 'Requested' });
  await expectNobodyNoticed();
});

test('a side is put into maintenance, and comes back when the time is over', async () => {
  await annotate(RELAY, { 'cupola.dev/switch-to': `primary/${Date.now()}` });
  await untilActive(RELAY, 'primary');
  await patch(RELAY, { spec: { failover: { failback: 'Automatic', failbackAfterSeconds: 5 } } });
  await annotate(RELAY, { 'cupola.dev/maintenance': 'primary' });
  expect(await untilActive(RELAY, 'backup')).toMatchObject({ reason: 'Maintenance' });
  await annotate(RELAY, { 'cupola.dev/maintenance': null });
  expect(await untilActive(RELAY, 'primary')).toMatchObject({ reason: 'Failback' });
  await patch(RELAY, { spec: { failover: { failback: 'Manual' } } });
  await expectNobodyNoticed();
});

test("the active relay's node is drained, and new viewers are served all the time", async () => {
  await stage.untilSite('pier', 'sides on different nodes', BUDGETS.healed, (live) =>
    isCondition(live, 'Redundant'),
  );
  const from = await activeSide(RELAY);
  const pod = await stage.kubectl.get<{ spec: { nodeName: string } }>(
    `/api/v1/namespaces/${stage.namespace}/pods/${await stage.podOf(`relay-relay-0-${from}`)}`,
  );
  const { nodeName } = pod.spec;
  try {
    const drain = ['drain', nodeName, '--ignore-daemonsets', '--delete-emptydir-data'];
    const [last] = await Promise.all([
      untilActive(RELAY, other(from)),
      stage.kubectl.run(drain, undefined, 2 * BUDGETS.healed),
    ]);
    expect(last).toMatchObject({ from });
    expect(knocking.failures).toEqual([]);
  } finally {
    await stage.kubectl.run(['uncordon', nodeName]);
  }
});

test('both tiers are upgraded, and nobody notices', async () => {
  await patch(FACTORY, { spec: { resources: { agent: { requests: { memory: '97Mi' } } } } }, site);
  await untilRolledOut('pier-factory-0', '97Mi');
  await expectWholeStream(reader);
  await patch(RELAY, { spec: { resources: { agent: { requests: { memory: '97Mi' } } } } });
  await untilRolledOut('relay-relay-0', '97Mi');
  expect(knocking.failures).toEqual([]);
});

test('the active factory dies: a camera that pushes once comes again, and its viewers stay', async () => {
  const quay = await stage.read(site, 'quay');
  const from = await activeSide(FACTORY);
  await stage.cluster.kill(await mediamtxOf(`pier-factory-0-${from}`));
  expect(await untilActive(FACTORY, other(from))).toMatchObject({ reason: 'ServerDown' });
  await quay.pictures(50, BUDGETS.picture);
  console.log(`longest gap of the camera that pushes once: ${Math.round(quay.longestGapMs)} ms`);
  await expectNobodyNoticed();
});

/** Neither who is watching the camera that pushes twice, nor who comes anew. */
async function expectNobodyNoticed(): Promise<void> {
  await expectWholeStream(reader);
  expect(knocking.failures).toEqual([]);
}

async function expectWholeStream(viewer: Reader): Promise<void> {
  await viewer.pictures(50, BUDGETS.picture);
  const { v } = await viewer.compare(camera);
  expect(isWhole(v), JSON.stringify(v)).toBe(true);
}

async function activeSide(tier: string): Promise<Side> {
  const { status } = await stage.kubectl.get<Tier>(pathOf(tier));
  return status?.shards?.[0]?.activeSide ?? 'primary';
}

function untilActive(tier: string, side: Side): Promise<LastSwitch> {
  const [plural, name] = tier.split('/');
  return stage.kubectl.until<Tier, LastSwitch>(
    `${side} being the active side of ${tier}`,
    `/apis/cupola.dev/v1alpha1/namespaces/${stage.namespace}/${plural}?fieldSelector=metadata.name%3D${name}`,
    ([live]) => live?.status?.shards?.find((shard) => shard.activeSide === side)?.lastSwitch,
    BUDGETS.healed,
  );
}

/** Watches both sides' Deployments until their pods are of the new template and ready. */
async function untilRolledOut(prefix: string, memory: string): Promise<void> {
  type Deployment = KubeObject & {
    spec: { template: { spec: { containers: { resources?: { requests?: { memory?: string } } }[] } } };
    status?: { observedGeneration?: number; updatedReplicas?: number; readyReplicas?: number };
  };
  const isNew = ({ spec }: Deployment) =>
    spec.template.spec.containers.some(({ resources }) => resources?.requests?.memory === memory);
  await stage.kubectl.until<Deployment, boolean>(
    `${prefix} with its new template`,
    `/apis/apps/v1/namespaces/${stage.namespace}/deployments`,
    (all) => {
      const ours = all.filter(({ metadata }) => metadata.name.startsWith(`${prefix}-`));
      return ours.every(
        (one) =>
          isNew(one) &&
          one.status?.observedGeneration === one.metadata.generation &&
          one.status?.updatedReplicas === 1 &&
          one.status?.readyReplicas === 1,
      );
    },
    2 * BUDGETS.healed,
  );
}

async function annotate(tier: string, annotations: Record<string, string | null>): Promise<void> {
  await patch(tier, { metadata: { annotations } });
}

/** A factory that a Site has made is changed by its Site. */
async function patch(tier: string, change: object, of?: LiveSite): Promise<void> {
  if (of === undefined) return stage.kubectl.patch(stage.namespace, tier, change);
  const { spec } = change as { spec: object };
  await stage.kubectl.patch(stage.namespace, `sites/${of.metadata.name}`, { spec: { factory: spec } });
}

async function mediamtxOf(workload: string): Promise<{ namespace: string; pod: string; container: string }> {
  return { namespace: stage.namespace, pod: await stage.podOf(workload), container: 'mediamtx' };
}

function pathOf(tier: string): string {
  return `/apis/cupola.dev/v1alpha1/namespaces/${stage.namespace}/${tier}`;
}

function other(side: Side): Side {
  return side === 'primary' ? 'backup' : 'primary';
}

function describe({ reason, detectMs, switchMs }: LastSwitch): string {
  return `${reason}, detected in ${detectMs} ms, switched in ${switchMs} ms`;
}
