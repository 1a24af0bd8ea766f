/**
 * A worker dies, hangs or loses its power: viewers of what it encoded stay, see a freeze and no corrupt picture; viewers
 * of originals see nothing.
 */
import { PORTS } from '@cupola/protocol';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { isWhole } from '../peers/frames.ts';
import { untilOffered } from '../peers/rtsp-probe.ts';
import type { SimulatedCamera } from '../peers/simulated-camera.ts';
import { BUDGETS } from '../stage/budgets.ts';
import type { KubeObject } from '../stage/kubectl.ts';
import { findRendition, isCondition, type LiveSite } from '../stage/live-site.ts';
import { Stage } from '../stage/stage.ts';

type Pod = KubeObject & {
  spec: { nodeName?: string };
  status?: { containerStatuses?: { restartCount: number; ready: boolean }[] };
};

const LOW = { height: 270, bitrateKbps: 500, speed: 'ultrafast' };
/** The standby's encoder begins where the source's key frame was: up to four seconds before. */
const GOPS = { hot: 25, warm: 100 };
const CONTAINERS = ['agent', 'mediamtx'];

let stage: Stage;
let site: LiveSite;
let cameras: Record<'hot' | 'warm', SimulatedCamera>;

beforeAll(async () => {
  stage = await Stage.open('e2e-workers');
  await stage.untilAlone();
  const manifests = [
    { name: 'hot', push: {}, compression: { redundancy: 'Hot' } },
    { name: 'warm', push: {}, compression: { redundancy: 'Warm' } },
  ];
  site = await stage.applySite('quay', manifests, {
    pool: { autoscaling: { mode: 'Manual' } },
    compression: { profiles: [{ name: 'low', video: LOW, audio: { codec: 'None' } }] },
  });
  const start = (name: 'hot' | 'warm') =>
    stage.startPushing(site, name, { protocol: 'rtmp', numbered: { encoders: 1 }, gop: GOPS[name] });
  cameras = { hot: await start('hot'), warm: await start('warm') };
});

afterAll(async () => {
  await stage?.close();
});

/** Both sides of factory and relay are on different nodes, and have every camera: the loss of a node is then that of a worker. */
beforeEach(async () => {
  site = await stage.untilSite(
    'quay',
    'every rendition at two workers, and both sides',
    BUDGETS.healed,
    (live) => {
      const areEncoded = Object.keys(cameras).every((camera) => {
        const rendition = findRendition(live, camera, 'low');
        return rendition?.state === 'Encoding' && rendition.workers?.length === 2;
      });
      return areEncoded && isCondition(live, 'Redundant');
    },
  );
}, 2 * BUDGETS.healed);

/** Hot: what is shown stays with the second worker when the first is back. Warm: it returns to the first. */
test.each([
  { camera: 'hot', fault: 'killed', hit: 0 },
  { camera: 'hot', fault: 'frozen', hit: 1 },
  { camera: 'hot', fault: 'without power', hit: 0 },
  { camera: 'warm', fault: 'killed', hit: 0 },
  { camera: 'warm', fault: 'frozen', hit: 0 },
  { camera: 'warm', fault: 'without power', hit: 0 },
] as const)('$camera: the worker that is shown is $fault', async ({ camera, fault, hit }) => {
  const worker = await findWorker(findRendition(site, camera, 'low')?.workers?.[hit] ?? '');
  if (fault === 'without power') await useRelayApartFrom(worker.node);
  const viewer = await stage.watchRendition(site, camera, 'low');
  const original = await stage.read(site, camera);
  await Promise.all([viewer.pictures(50, BUDGETS.picture), original.pictures(50, BUDGETS.picture)]);
  viewer.begin();
  original.longestGapMs = 0;
  const switchesBefore = await countSwitches(worker.node);
  await strike(fault, worker);
  await viewer.pictures(75, BUDGETS.picture).finally(() => end(fault, worker));
  const freezeMs = viewer.longestFreezeMs;
  const switches = (await countSwitches(worker.node)) - switchesBefore;
  await untilWhole(fault, worker);
  await viewer.pictures(25, BUDGETS.picture);
  const { endedBy, corrupt, missing, repeated } = viewer;
  console.log(
    `${camera}, ${fault}: frozen ${Math.round(freezeMs)} ms, ${missing} pictures missing, ${repeated} repeated, ${switches} switches; ` +
      `the original's viewer beside ${Math.round(original.longestGapMs)} ms`,
  );
  expect({ endedBy, corrupt }).toEqual({ endedBy: undefined, corrupt: [] });
  const { v } = await original.compare(cameras[camera]);
  expect(isWhole(v), JSON.stringify(v)).toBe(true);
  await Promise.all([viewer.close(), original.close()]);
});

interface Worker {
  readonly pod: string;
  readonly node: string;
  readonly restarts: number;
}

type Fault = 'killed' | 'frozen' | 'without power';

async function strike(fault: Fault, { pod, node }: Worker): Promise<void> {
  if (fault === 'without power') return stage.cluster.powerOff(node);
  const verb = fault === 'killed' ? 'kill' : 'freeze';
  await Promise.all(CONTAINERS.map((container) => stage.cluster[verb](nameOf(pod, container))));
}

async function end(fault: Fault, { pod }: Worker): Promise<void> {
  if (fault === 'frozen')
    await Promise.all(CONTAINERS.map((container) => stage.cluster.thaw(nameOf(pod, container))));
  if (fault === 'without power') await stage.cluster.up();
}

async function untilWhole(fault: Fault, { pod, restarts }: Worker): Promise<void> {
  if (fault === 'frozen') return;
  await stage.kubectl.until<Pod, boolean>(
    `${pod} runs again`,
    `/api/v1/namespaces/${stage.namespace}/pods?fieldSelector=metadata.name%3D${pod}`,
    ([live]) => {
      const { containerStatuses = [] } = live?.status ?? {};
      return (
        countRestarts(live) >= restarts + CONTAINERS.length && containerStatuses.every(({ ready }) => ready)
      );
    },
    BUDGETS.healed,
  );
}

async function findWorker(workload: string): Promise<Worker> {
  const live = await getPod(workload);
  return { pod: live.metadata.name, node: live.spec.nodeName ?? '', restarts: countRestarts(live) };
}

/** A relay's own loss disconnects its viewers. */
async function useRelayApartFrom(node: string): Promise<void> {
  const { spec } = await getPod('relay-relay-0-primary');
  const side = spec.nodeName === node ? 'backup' : 'primary';
  const annotation = `cupola.dev/switch-to=${side}/${Date.now()}`;
  await stage.kubectl.run([
    '-n',
    stage.namespace,
    'annotate',
    'masterrelay',
    'relay',
    '--overwrite',
    annotation,
  ]);
  type Relay = KubeObject & { status?: { shards?: { activeSide: string }[] } };
  await stage.kubectl.until<Relay, boolean>(
    `the relay's ${side} side being active`,
    `/apis/cupola.dev/v1alpha1/namespaces/${stage.namespace}/masterrelays`,
    ([relay]) => relay?.status?.shards?.[0]?.activeSide === side,
    BUDGETS.healed,
  );
  await untilViewersAreLedTo(side);
}

/** kube-proxy may be a second behind the status: this side's agent is to be asked about one who comes now. */
async function untilViewersAreLedTo(side: string): Promise<void> {
  const pod = await stage.podOf(`relay-relay-0-${side}`);
  const viewer = {
    url: findRendition(site, 'hot', 'low')?.urls?.rtsp ?? '',
    ...(await stage.viewerLogin()),
  };
  const countLogins = () =>
    readMetric(pod, 'cupola_agent_auth_requests_total{action="read",verdict="Allowed"}');
  const before = await countLogins();
  const giveUpMs = Date.now() + BUDGETS.healed;
  do {
    if (Date.now() > giveUpMs) throw new Error(`viewers are not led to the ${side} side`);
    await untilOffered(viewer, BUDGETS.picture);
  } while ((await countLogins()) === before);
}

/** Of the side of the factory that is not on this node: from one encoding to another. */
async function countSwitches(node: string): Promise<number> {
  const sides = await Promise.all(['primary', 'backup'].map((side) => getPod(`quay-factory-0-${side}`)));
  const apart = sides.find(({ spec }) => spec.nodeName !== node)?.metadata.name ?? '';
  return readMetric(apart, 'cupola_agent_merge_switches_total');
}

/** Of a pod's agent; 0 where it tells of none. */
async function readMetric(pod: string, name: string): Promise<number> {
  const path = `/api/v1/namespaces/${stage.namespace}/pods/${pod}:${PORTS.agentHttp}/proxy/metrics`;
  const lines = (await stage.kubectl.run(['get', '--raw', path])).split('\n');
  const line = lines.find((each) => each.startsWith(`${name} `)) ?? '';
  return Number(line.slice(name.length));
}

async function getPod(workload: string): Promise<Pod> {
  const pod = await stage.podOf(workload);
  return stage.kubectl.get<Pod>(`/api/v1/namespaces/${stage.namespace}/pods/${pod}`);
}

function countRestarts(pod: Pod | undefined): number {
  return pod?.status?.containerStatuses?.reduce((sum, { restartCount }) => sum + restartCount, 0) ?? 0;
}

function nameOf(pod: string, container: string) {
  return { namespace: stage.namespace, pod, container };
}
