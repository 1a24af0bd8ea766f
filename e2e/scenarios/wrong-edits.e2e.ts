/** A Site that is edited to something wrong says so and keeps its streams. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { isWhole } from '../peers/frames.ts';
import type { Reader } from '../peers/reader.ts';
import type { SimulatedCamera } from '../peers/simulated-camera.ts';
import { BUDGETS } from '../stage/budgets.ts';
import { isCondition } from '../stage/live-site.ts';
import { Stage } from '../stage/stage.ts';

const GATE = { name: 'gate', push: {} };

let stage: Stage;
let camera: SimulatedCamera;
let reader: Reader;

beforeAll(async () => {
  stage = await Stage.open('e2e-wrong-edits');
  const site = await stage.applySite('edited', [GATE]);
  camera = await stage.startPushing(site, 'gate');
  await stage.untilRedundant('edited', ['gate']);
  reader = await stage.read(site, 'gate');
});

afterEach(async () => {
  await reader.pictures(50, BUDGETS.picture);
  const { v } = await reader.compare(camera);
  expect(isWhole(v), JSON.stringify(v)).toBe(true);
  await stage.applySite('edited', [GATE]);
});

afterAll(async () => {
  await stage?.close();
});

const STALLING = [
  ['a relay that does not exist', { relayRef: { name: 'nowhere' } }, 'RelayNotFound'],
  [
    'a Secret that does not exist',
    { cameras: [GATE, { name: 'shed', push: { credentialsSecretRef: { name: 'nothing' } } }] },
    'SecretNotFound',
  ],
] as const;

test.each(STALLING)('%s', async (_, spec, reason) => {
  await patch(spec);
  const site = await stage.untilSite('edited', `stalled for ${reason}`, BUDGETS.addresses, (live) => {
    return isCondition(live, 'Stalled');
  });
  const stalled = site.status?.conditions?.find((one) => one.type === 'Stalled');
  expect(stalled?.reason).toBe(reason);
  expect(isCondition(site, 'Ready')).toBe(false);
});

const REJECTED = [
  [
    'push and pull at once',
    { cameras: [{ ...GATE, pull: { url: 'rtsp://10.0.0.1/a' } }] },
    'either push or pull',
  ],
  ['a factory of another', { factory: null, factoryRef: { name: 'other' } }, 'factoryRef'],
] as const;

test.each(REJECTED)('%s', async (_, spec, message) => {
  await expect(patch(spec)).rejects.toThrow(message);
});

function patch(spec: object): Promise<void> {
  return stage.kubectl.patch(stage.namespace, 'site/edited', { spec });
}
