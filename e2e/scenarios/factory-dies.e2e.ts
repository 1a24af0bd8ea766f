/** A side of a factory dies or hangs: viewers of the relay miss not one frame of cameras that push to both sides. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { isWhole } from '../peers/frames.ts';
import type { Reader } from '../peers/reader.ts';
import type { SimulatedCamera } from '../peers/simulated-camera.ts';
import { BUDGETS } from '../stage/budgets.ts';
import type { LiveSite } from '../stage/live-site.ts';
import { Stage } from '../stage/stage.ts';

const CAMERAS = [
  { name: 'rtmp', make: { protocol: 'rtmp', audio: 'AAC' } },
  { name: 'rtsp', make: { protocol: 'rtsp', audio: 'Opus' } },
  { name: 'srt', make: { protocol: 'srt' } },
] as const;

let stage: Stage;
let site: LiveSite;
const cameras: SimulatedCamera[] = [];

beforeAll(async () => {
  stage = await Stage.open('e2e-factory');
  const manifests = CAMERAS.map(({ name }) => ({ name, push: {} }));
  site = await stage.applySite('quay', manifests);
  for (const { name, make } of CAMERAS) cameras.push(await stage.startPushing(site, name, make));
});

afterAll(async () => {
  await stage?.close();
});

/** A fault is only then covered when both sides carry every camera. */
beforeEach(async () => {
  const names = CAMERAS.map(({ name }) => name);
  await stage.untilRedundant('quay', names);
}, 2 * BUDGETS.healed);

test.each(['primary', 'backup'])('the MediaMTX of the %s side is killed', async (side) => {
  await expectNoFrameMissed(async () => stage.cluster.kill(await mediamtxOf(side)));
});

test.each(['primary', 'backup'])('the MediaMTX of the %s side freezes, and thaws 4 s later', async (side) => {
  const name = await mediamtxOf(side);
  await expectNoFrameMissed(async (readers) => {
    await stage.cluster.freeze(name);
    await showMore(readers, 100).finally(() => stage.cluster.thaw(name));
  });
});

async function expectNoFrameMissed(fault: (readers: readonly Reader[]) => Promise<void>): Promise<void> {
  const readers = await Promise.all(CAMERAS.map(({ name }) => stage.read(site, name)));
  await showMore(readers, 25);
  await fault(readers);
  await showMore(readers, 75);
  for (const [index, { name, make }] of CAMERAS.entries()) {
    const reader = readers[index]!;
    const { v, a } = await reader.compare(cameras[index]!);
    console.log(`${name}: longest gap ${Math.round(reader.longestGapMs)} ms`);
    expect([isWhole(v), !('audio' in make) || isWhole(a)], JSON.stringify({ name, v, a })).toEqual([
      true,
      true,
    ]);
    await reader.close();
  }
}

/** Waits until each reader has shown so many pictures more. */
async function showMore(readers: readonly Reader[], pictures: number): Promise<void> {
  await Promise.all(readers.map((reader) => reader.pictures(pictures, BUDGETS.picture)));
}

async function mediamtxOf(side: string): Promise<{ namespace: string; pod: string; container: string }> {
  return {
    namespace: stage.namespace,
    pod: await stage.podOf(`quay-factory-0-${side}`),
    container: 'mediamtx',
  };
}
