/** The agent beside a real MediaMTX, with cameras that push: who is let in, who is thrown out, and who notices. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { toolPath } from '../../e2e/cluster/tools.ts';
import { isWhole } from '../../e2e/peers/frames.ts';
import { Reader } from '../../e2e/peers/reader.ts';
import { SimulatedCamera } from '../../e2e/peers/simulated-camera.ts';
import { MediaPod, makePlan, pushedPath, VIEWER } from '../test/media-pod.ts';

const GATE = 'original/plant/north/gate';
const YARD = 'original/plant/north/yard';
const GATE_WORD = 'gates-secret-word';
const YARD_WORD = 'yards-secret-word';

let folder: string;
let mediamtx: string;
const open: (() => Promise<void>)[] = [];

beforeAll(async () => {
  mediamtx = await toolPath('mediamtx');
  folder = await mkdtemp(join(tmpdir(), 'cupola-agent-test-'));
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function startPod(...parameters: Parameters<typeof MediaPod.start>): Promise<MediaPod> {
  const pod = await MediaPod.start(...parameters);
  open.push(() => pod.close());
  return pod;
}

async function startCamera(pod: MediaPod, name: string, password: string): Promise<SimulatedCamera> {
  const url = `rtmp://127.0.0.1:${pod.ports.rtmp}/original/plant/north/${name}`;
  const pushes = [{ url, user: name, password }];
  const camera = await SimulatedCamera.start(
    { name, mediamtx, video: 'H264', gop: 25, pushes },
    await mkdtemp(join(folder, name)),
    undefined,
  );
  open.push(() => camera.stop());
  return camera;
}

async function openReader(pod: MediaPod, path: string): Promise<Reader> {
  const reader = await Reader.open({ url: pod.url(path), ...VIEWER, video: 'H264' }, 15_000);
  open.push(() => reader.close());
  return reader;
}

async function expectWhole(reader: Reader, camera: SimulatedCamera): Promise<void> {
  await reader.pictures(30, 10_000);
  const { v } = await reader.compare(camera);
  expect(v).toMatchObject({ missing: 0, foreign: 0, outOfOrder: 0 });
  expect(isWhole(v)).toBe(true);
}

test('a camera is added, changed and removed without another reader missing a frame', async () => {
  const pod = await startPod(makePlan(1, [pushedPath('gate', GATE_WORD)]));
  const gate = await startCamera(pod, 'gate', GATE_WORD);
  await pod.untilOnline(GATE);
  const reader = await openReader(pod, GATE);

  await pod.mount(makePlan(2, [pushedPath('gate', GATE_WORD), pushedPath('yard', YARD_WORD)]));
  const yard = await startCamera(pod, 'yard', YARD_WORD);
  const acceptedMs = await yard.accepted(15_000);
  await pod.untilOnline(YARD);
  console.log(`online in the agent's eyes ${Date.now() - acceptedMs} ms after the camera was accepted`);
  const yardReader = await openReader(pod, YARD);

  const beforeChange = pod.log.length;
  await pod.mount(makePlan(3, [pushedPath('gate', GATE_WORD), pushedPath('yard', 'yards-newer-word')]));
  await pod.until(
    'yard is kicked',
    (line) => line.event === 'session-kicked' && line.path === YARD,
    beforeChange,
  );
  await pod.until(
    'yard is refused',
    (line) => line.event === 'login-refused' && line.path === YARD,
    beforeChange,
  );
  await yard.changePassword('yards-newer-word');
  await pod.untilOnline(YARD, beforeChange);
  expect(yardReader.endedBy).toBeDefined();

  const beforeRemoval = pod.log.length;
  await pod.mount(makePlan(4, [pushedPath('gate', GATE_WORD)]));
  await pod.until(
    'yard is kicked',
    (line) => line.event === 'session-kicked' && line.path === YARD,
    beforeRemoval,
  );

  await expectWhole(reader, gate);
  const kicked = pod.log.filter((line) => line.event === 'session-kicked').map((line) => line.path);
  expect(kicked).toEqual([YARD, YARD]);
  expect(pod.output.join('\n')).not.toMatch(/-secret-word|newer-word/);
});

test('a reader that is removed is thrown out, the others stay', async () => {
  const guard = { user: 'guard', password: 'guards-secret-word' };
  const readers = [
    { credential: VIEWER, paths: ['original/plant/'] },
    { credential: guard, paths: [GATE] },
  ];
  const pod = await startPod(makePlan(1, [pushedPath('gate', GATE_WORD)], { readers }));
  const gate = await startCamera(pod, 'gate', GATE_WORD);
  await pod.untilOnline(GATE);
  const reader = await openReader(pod, GATE);
  const leaving = await Reader.open({ url: pod.url(GATE), ...guard, video: 'H264' }, 15_000);
  open.push(() => leaving.close());

  await pod.mount(makePlan(2, [pushedPath('gate', GATE_WORD)], { readers: readers.slice(0, 1) }));
  await pod.until('the guard is kicked', (line) => line.event === 'session-kicked' && line.action === 'read');
  await expect(leaving.pictures(1_000, 10_000)).rejects.toThrow();
  await expectWhole(reader, gate);
});

test('a plan that is none changes nothing, and is said once', async () => {
  const pod = await startPod(makePlan(1, [pushedPath('gate', GATE_WORD)]));
  const gate = await startCamera(pod, 'gate', GATE_WORD);
  await pod.untilOnline(GATE);
  const reader = await openReader(pod, GATE);
  await pod.mount('{"revision": 2, "paths": "gates-secret-word"}');
  const refused = await pod.until('the plan is refused', (line) => line.event === 'plan-refused');
  expect(refused.problem).toContain('does not fit its schema');
  await expectWhole(reader, gate);
  expect(await pod.metric('cupola_agent_plan_revision')).toBe(1);
  expect(await pod.metric('cupola_agent_plans_refused_total')).toBe(1);
  expect(pod.output.join('\n')).not.toContain('secret-word');
});

test('while the agent is away and after it is back, cameras that push lose nothing', async () => {
  const plan = makePlan(1, [pushedPath('gate', GATE_WORD), pushedPath('yard', YARD_WORD)]);
  const pod = await startPod(plan);
  const gate = await startCamera(pod, 'gate', GATE_WORD);
  const yard = await startCamera(pod, 'yard', YARD_WORD);
  await Promise.all([pod.untilOnline(GATE), pod.untilOnline(YARD)]);
  const reader = await openReader(pod, GATE);
  await pod.endAgent();

  // What was mounted meanwhile rules, and ends the session that the run before had let in.
  await pod.mount(makePlan(2, [pushedPath('gate', GATE_WORD), pushedPath('yard', 'yards-newer-word')]));
  const from = pod.log.length;
  await pod.startAgent();
  await pod.untilOnline(GATE, from);
  await pod.until('yard is kicked', (line) => line.event === 'session-kicked' && line.path === YARD, from);
  await yard.changePassword('yards-newer-word');
  await pod.untilOnline(YARD, pod.log.length);
  await expectWhole(reader, gate);
  expect(pod.log.slice(from).filter((line) => line.event === 'session-kicked')).toHaveLength(1);
});

test('MediaMTX restarted has its cameras back, and readiness tells of both ends', async () => {
  const pod = await startPod(makePlan(1, [pushedPath('gate', GATE_WORD)]));
  const gate = await startCamera(pod, 'gate', GATE_WORD);
  await pod.untilOnline(GATE);
  const from = pod.log.length;
  const ready = async () => {
    const answer = await fetch(`http://127.0.0.1:${pod.ports.agentHttp}/readyz`);
    return [
      answer.status,
      ((await answer.json()) as { checks: { mediamtx: { message: string } } }).checks.mediamtx.message,
    ];
  };
  expect(await ready()).toEqual([200, 'answers']);
  await pod.endMediamtx();
  await pod.until('MediaMTX is down', (line) => line.event === 'mediamtx-down', from);
  expect(await ready()).toEqual([503, 'does not answer on its Control API']);
  await pod.startMediamtx();
  await pod.untilOnline(GATE, from);
  expect(await ready()).toEqual([200, 'answers']);
  await gate.accepted(15_000);
});

test('a MediaMTX that hangs is one to be restarted, until it answers again', async () => {
  const pod = await startPod(makePlan(1, []));
  const isWell = async () => (await fetch(`http://127.0.0.1:${pod.ports.agentHttp}/mediamtx/healthz`)).ok;
  expect(await isWell()).toBe(true);
  pod.signalMediamtx('SIGSTOP');
  await expect.poll(isWell, { timeout: 30_000 }).toBe(false);
  pod.signalMediamtx('SIGCONT');
  await expect.poll(isWell).toBe(true);
});
