/** Any process of the pipeline may be killed: streams come back without a hand, and other cameras lose no frame. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LABELS } from '../../operator/src/api/labels.ts';
import type { ContainerName } from '../cluster/cluster.ts';
import { isWhole } from '../peers/frames.ts';
import { Reader } from '../peers/reader.ts';
import { untilFirstKeyFrame } from '../peers/rtsp-probe.ts';
import type { SimulatedCamera } from '../peers/simulated-camera.ts';
import { BUDGETS } from '../stage/budgets.ts';
import { OPERATOR_NAMESPACE } from '../stage/installation.ts';
import type { KubeObject } from '../stage/kubectl.ts';
import { findCamera, type LiveSite } from '../stage/live-site.ts';
import { Stage } from '../stage/stage.ts';

let stage: Stage;
let hit: { site: LiveSite; camera: SimulatedCamera };
let spared: { site: LiveSite; camera: SimulatedCamera };

beforeAll(async () => {
  stage = await Stage.open('e2e-killed');
  hit = await startSite('hit');
  spared = await startSite('spared');
  // The side that a test finds active stays so until the test strikes it.
  await stage.kubectl.patch(stage.namespace, 'masterrelays/relay', {
    spec: { failover: { failback: 'Manual' } },
  });
});

afterAll(async () => {
  await stage?.close();
});

test.each(['mediamtx', 'agent'])('the %s of a factory is killed', async (container) => {
  const bystander = await stage.read(spared.site, 'gate');
  const pod = await stage.podOf('hit-factory-0-primary');
  await killOnce({ namespace: stage.namespace, pod, container });
  await hit.camera.accepted(BUDGETS.healed);
  await expectServed(hit);
  await expectUndisturbed(bystander, spared.camera);
});

test.each(['mediamtx', 'agent'])('the %s of the relay that viewers use is killed', async (container) => {
  const pod = await stage.podOf(`relay-relay-0-${await findActiveSide()}`);
  const before = await stage.read(spared.site, 'gate');
  const name = { namespace: stage.namespace, pod, container };
  const restarts = await restartsOf(name);
  await stage.cluster.kill(name);
  await expect(before.pictures(10_000, BUDGETS.healed), 'its viewers notice').rejects.toThrow('ended');
  await expectServed(hit);
  await expectServed(spared);
  await untilRestarted(name, restarts);
});

test('the agents of both sides of the relay die, time after time, and the kubelet has nothing to do', async () => {
  const pods = await Promise.all(['primary', 'backup'].map((side) => stage.podOf(`relay-relay-0-${side}`)));
  const countRestarts = () =>
    Promise.all(pods.map((pod) => restartsOf({ namespace: stage.namespace, pod, container: 'agent' })));
  const before = await countRestarts();
  const url = findCamera(hit.site, 'gate')?.urls?.rtsp ?? '';
  const viewer = { url, ...(await stage.viewerLogin()), video: 'H264', netns: stage.outside.netns } as const;
  let reader = await Reader.open(viewer, BUDGETS.picture);
  for (let times = 0; times < 3; times++) {
    const agents = await Promise.all(pods.map(findAgent));
    for (const agent of agents) process.kill(agent, 'SIGKILL');
    const killedMs = Date.now();
    await expect(reader.pictures(10_000, BUDGETS.picture)).rejects.toThrow('ended');
    // FFmpeg looks at the stream for most of a second before it plays; who does not has the first key frame.
    const keyFrame = untilFirstKeyFrame(viewer, BUDGETS.picture);
    reader = await Reader.open(viewer, BUDGETS.picture);
    const playsMs = Date.now() - killedMs;
    const keyFrameMs = (await keyFrame) - killedMs;
    console.log(
      `after the agents' death a key frame comes in ${keyFrameMs} ms, and FFmpeg plays in ${playsMs} ms`,
    );
  }
  await expectUndisturbed(reader, hit.camera);
  await reader.close();
  expect(await countRestarts()).toEqual(before);
});

test('every operator is killed', async () => {
  const readers = [await stage.read(hit.site, 'gate'), await stage.read(spared.site, 'gate')];
  const pods = await stage.kubectl.get<{ items: KubeObject[] }>(
    `/api/v1/namespaces/${OPERATOR_NAMESPACE}/pods`,
  );
  for (const { metadata } of pods.items) {
    await killOnce({ namespace: OPERATOR_NAMESPACE, pod: metadata.name, container: 'operator' });
  }
  await stage.applySite('hit', [
    { name: 'gate', push: {} },
    { name: 'late', push: {} },
  ]);
  await expectUndisturbed(readers[0]!, hit.camera);
  await expectUndisturbed(readers[1]!, spared.camera);
});

async function startSite(name: string): Promise<{ site: LiveSite; camera: SimulatedCamera }> {
  const site = await stage.applySite(name, [{ name: 'gate', push: {} }]);
  const camera = await stage.startPushing(site, 'gate', { protocol: 'rtmp', audio: 'AAC' });
  await stage.untilRedundant(name, ['gate']);
  return { site, camera };
}

/** A new reader gets every frame. */
async function expectServed({ site, camera }: { site: LiveSite; camera: SimulatedCamera }): Promise<void> {
  const reader = await stage.read(site, 'gate');
  await expectUndisturbed(reader, camera);
  await reader.close();
}

async function expectUndisturbed(reader: Reader, camera: SimulatedCamera): Promise<void> {
  await reader.pictures(50, BUDGETS.picture);
  const { v, a } = await reader.compare(camera);
  expect([isWhole(v), isWhole(a)], JSON.stringify({ v, a })).toEqual([true, true]);
}

type Pod = KubeObject & {
  status?: { containerStatuses?: { name: string; restartCount: number; ready: boolean }[] };
};

/** Kills the container; resolves when it has been started again and is ready. */
async function killOnce(name: ContainerName): Promise<void> {
  const restarts = await restartsOf(name);
  await stage.cluster.kill(name);
  await untilRestarted(name, restarts);
}

/** Waits until the container has been started more often than it had been, and is ready. */
async function untilRestarted({ namespace, pod, container }: ContainerName, restarts: number): Promise<void> {
  await stage.kubectl.until<Pod, boolean>(
    `${container} of ${pod} runs again`,
    `/api/v1/namespaces/${namespace}/pods?fieldSelector=metadata.name%3D${pod}`,
    ([live]) =>
      live?.status?.containerStatuses?.some(
        (one) => one.name === container && one.restartCount > restarts && one.ready,
      ),
    BUDGETS.healed,
  );
}

/** The process that the supervisor, the first of its container, looks after. */
async function findAgent(pod: string): Promise<number> {
  const name = { namespace: stage.namespace, pod, container: 'agent' };
  const [, agent] = await stage.cluster.processesOf(name);
  if (agent === undefined) throw new Error(`${pod} has no agent`);
  return agent;
}

async function findActiveSide(): Promise<string> {
  const service = await stage.kubectl.get<{ spec: { selector: Record<string, string> } }>(
    `/api/v1/namespaces/${stage.namespace}/services/relay-relay-0`,
  );
  return service.spec.selector[LABELS.side] ?? '';
}

async function restartsOf({ namespace, pod, container }: ContainerName): Promise<number> {
  const { status } = await stage.kubectl.get<Pod>(`/api/v1/namespaces/${namespace}/pods/${pod}`);
  return status?.containerStatuses?.find((one) => one.name === container)?.restartCount ?? 0;
}
