import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AnyObject } from '../../test/manifests.ts';
import { site } from '../../test/manifests.ts';
import { OperatorSuite } from '../../test/operator-suite.ts';
import type { ReconcilingOperator } from '../../test/reconciling-operator.ts';

const SITES = ['east', 'north', 'west'];
const LONGER_THAN_SETTLING_MS = 20_000;

const suite = new OperatorSuite();
let operator: ReconcilingOperator;
let ns: string;

/** The operator goes, and one comes that may upgrade one shard at a time. */
async function restart(): Promise<void> {
  await operator.close();
  operator.upgradesAtOnce = 1;
  await operator.start();
  operator.aheadMs += LONGER_THAN_SETTLING_MS;
}

beforeEach(async () => {
  operator = suite.operator;
  ns = suite.namespace;
  await restart();
  for (const name of SITES) await operator.apply(makeSite(name));
  await operator.settle();
  for (const name of SITES) await makeReady(name, 'primary', 'backup');
  await operator.settle();
});

/** Those who wait would have their turn in the next test. */
afterEach(async () => {
  for (const name of SITES) {
    await operator.delete('Site', ns, name);
    await operator.delete('CameraFactory', ns, name);
  }
  operator.holds.clear();
});

function makeSite(name: string, cpu = '50m'): AnyObject {
  const factory = { resources: { agent: { requests: { cpu } } } };
  return site(ns, name, { cameras: [{ name: 'gate', push: {} }], factory });
}

async function upgrade(cpu: string): Promise<void> {
  for (const name of SITES) await operator.apply(makeSite(name, cpu));
  await operator.settle();
}

async function makeReady(name: string, ...sides: string[]): Promise<void> {
  for (const side of sides) await operator.makeReady(ns, `${name}-factory-0-${side}`, `node-${side}`);
}

/** As its pod would be that does not come up. */
async function makeUnready(name: string, side: string): Promise<void> {
  const { metadata } = await operator.get('Deployment', ns, `${name}-factory-0-${side}`);
  const counts = { replicas: 1, updatedReplicas: 1, readyReplicas: 0, availableReplicas: 0 };
  const status = { observedGeneration: metadata.generation, ...counts };
  await operator.patch('Deployment', ns, `${name}-factory-0-${side}`, { status }, '/status');
  await operator.settle();
}

async function switchTo(name: string, side: string): Promise<void> {
  const selector = { 'cupola.dev/side': side };
  await operator.patch('Service', ns, `${name}-factory-0`, { spec: { selector } });
  await operator.settle();
}

/** What the pods of both sides ask for, primary first, as `50m 200m`. */
async function readCpus(name: string): Promise<string> {
  const read = async (side: string): Promise<string> => {
    const { spec } = await operator.get('Deployment', ns, `${name}-factory-0-${side}`);
    const agent = spec.template.spec.containers.find((container: AnyObject) => container.name === 'agent');
    return agent.resources.requests.cpu;
  };
  return `${await read('primary')} ${await read('backup')}`;
}

async function listCpus(): Promise<Record<string, string>> {
  return Object.fromEntries(await Promise.all(SITES.map(async (name) => [name, await readCpus(name)])));
}

async function readState(name: string): Promise<AnyObject> {
  return (await operator.get('CameraFactory', ns, name)).status.shards[0].upgrade?.state;
}

/** The names of those that are in that state. */
async function listIn(state: string): Promise<string[]> {
  const states = await Promise.all(SITES.map(readState));
  return SITES.filter((_, index) => states[index] === state);
}

/** In the order of their turns, by what they say. */
async function listWaiting(): Promise<string[]> {
  const waiting = await listIn('Waiting');
  const words = await Promise.all(waiting.map(readReconciling));
  expect(words.map(({ reason }) => reason)).toEqual(waiting.map(() => 'UpgradeWaiting'));
  return ['it is the next;', 'before it wait 1;'].map((turn) => {
    return waiting.find((_, index) => words[index].message.includes(turn)) ?? `nobody says: ${turn}`;
  });
}

async function readReconciling(name: string): Promise<AnyObject> {
  const { status } = await operator.get('CameraFactory', ns, name);
  return status.conditions.find(({ type }: AnyObject) => type === 'Reconciling');
}

it('an upgrade of three Sites, one at a time, goes from one to the next by itself, across restarts', async () => {
  await upgrade('200m');
  const done: string[] = [];
  const queue = [...(await listIn('Rolling')), ...(await listWaiting())];
  for (const left of [2, 1, 0]) {
    const [name = '', ...others] = await listIn('Rolling');
    expect([name, others, (await listIn('Waiting')).length]).toEqual([queue.shift(), [], left]);
    const cpus = Object.fromEntries(
      SITES.map((each) => [each, done.includes(each) ? '200m 200m' : '50m 50m']),
    );
    expect(await listCpus()).toEqual({ ...cpus, [name]: '50m 200m' });
    await restart();
    await operator.settle();
    expect(await listCpus()).toEqual({ ...cpus, [name]: '50m 200m' });

    await makeReady(name, 'backup');
    await switchTo(name, 'backup');
    expect([await readCpus(name), await listIn('Rolling')]).toEqual(['200m 200m', [name]]);
    await makeReady(name, 'primary');
    await operator.settle();
    done.push(name);
  }
  expect([...(await listIn('Waiting')), ...(await listIn('Rolling'))]).toEqual([]);
  const before = (await operator.listCalls()).length;
  await restart();
  await operator.settle();
  expect(await operator.listCalls(before)).toEqual([]);
});

it('a template that does not work stops at the first, and what does not serve anyway does not wait', async () => {
  await makeUnready('west', 'primary');
  await makeUnready('west', 'backup');
  await upgrade('200m');
  expect(await readCpus('west')).toBe('200m 200m');
  const [stuck = ''] = await listIn('Rolling');
  const [waiting = ''] = await listIn('Waiting');
  await makeUnready(stuck, 'backup');
  await operator.apply(makeSite('south', '200m'));
  await operator.settle();
  expect(await readCpus('south')).toBe('200m 200m');
  expect([await readCpus(stuck), await readCpus(waiting)]).toEqual(['50m 200m', '50m 50m']);
  expect((await readReconciling(stuck)).reason).toBe('RollingOut');
  // The remedy waits for nobody: the side that it mends serves nobody.
  await upgrade('300m');
  expect([await readCpus(stuck), await readCpus(waiting)]).toEqual(['50m 300m', '50m 50m']);
});

it('one whose other side has lacked a stream before is not waited for; who lacks one since is', async () => {
  const hold = 'the backup side does not carry a stream';
  for (const name of ['east', 'north']) operator.holds.set(`${ns}/${name}-factory-0`, hold);
  await upgrade('200m');
  for (const name of ['east', 'north', 'west']) await finishStandby(name);
  operator.holds.set(`${ns}/west-factory-0`, hold);
  await operator.apply(makeSite('west', '200m'));
  await operator.settle();
  expect([await listIn('Rolling'), await listIn('Waiting')]).toEqual([['west'], []]);
  expect(await listCpus()).toEqual({ east: '50m 200m', north: '50m 200m', west: '50m 200m' });
  expect((await readReconciling('east')).reason).toBe('SwitchPending');

  async function finishStandby(_: string): Promise<void> {
    const [name = ''] = await listIn('Rolling');
    await makeReady(name, 'backup');
    await operator.settle();
  }
});
