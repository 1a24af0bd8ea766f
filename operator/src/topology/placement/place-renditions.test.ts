import { describe, expect, it } from 'vitest';
import { buildDemand, buildPlacementInput, buildWorkers } from '../../../test/pool-builders.ts';
import { placeRenditions } from './place-renditions.ts';
import type { Placement, PlacementInput, PlacementPlan, PoolWorker, RenditionDemand } from './pool.ts';

const place = (input: Partial<PlacementInput>): PlacementPlan => placeRenditions(buildPlacementInput(input));

function buildDemands(count: number, changes: Partial<RenditionDemand> = {}): RenditionDemand[] {
  return Array.from({ length: count }, (_, index) => buildDemand(`r${index}`, changes));
}

function countOn(plan: PlacementPlan, worker: string): number {
  return [...plan.placements.values()].filter(({ active, leaving }) =>
    [...active, ...leaving].includes(worker),
  ).length;
}

const without = (workers: PoolWorker[], name: string) => workers.filter((worker) => worker.name !== name);
const leaving = (workers: PoolWorker[], ...names: string[]) =>
  workers.map((worker) => ({ ...worker, isLeaving: names.includes(worker.name) }));

describe('a Warm rendition', () => {
  it('has one encoder, and a standby on another node', () => {
    const plan = place({ workers: buildWorkers(3), renditions: [buildDemand('a')] });
    const placement = plan.placements.get('a');
    expect(placement).toMatchObject({ active: [expect.any(String)], leaving: [] });
    expect(placement?.standby).not.toBe(placement?.active[0]);
    expect([plan.waiting, plan.exposed]).toEqual([[], []]);
  });

  it('is exposed, and encoded all the same, where there is one worker', () => {
    const plan = place({ workers: buildWorkers(1), renditions: [buildDemand('a')] });
    expect(plan.placements.get('a')).toEqual({ active: ['w0'], leaving: [] });
    expect(plan.exposed).toEqual(['a']);
  });

  it('is encoded by its standby when its worker is lost, and gets another standby', () => {
    const workers = buildWorkers(3);
    const previous = new Map<string, Placement>([['a', { active: ['w0'], standby: 'w2', leaving: [] }]]);
    const plan = place({ workers: without(workers, 'w0'), renditions: [buildDemand('a')], previous });
    expect(plan.placements.get('a')).toEqual({ active: ['w2'], standby: 'w1', leaving: [] });
  });

  it('moves to its standby when its worker leaves, and is encoded by both until that is seen', () => {
    const workers = leaving(buildWorkers(3), 'w0');
    const renditions = [buildDemand('a')];
    let previous: ReadonlyMap<string, Placement> = new Map([
      ['a', { active: ['w0'], standby: 'w2', leaving: [] }],
    ]);
    previous = place({ workers, renditions, previous, isLive: () => false }).placements;
    expect(previous.get('a')).toEqual({ active: ['w2'], standby: 'w1', leaving: ['w0'] });
    expect(
      place({ workers, renditions, previous, isLive: (_, worker) => worker === 'w0' }).placements,
    ).toEqual(previous);
    previous = place({ workers, renditions, previous, isLive: () => true }).placements;
    expect(previous.get('a')).toEqual({ active: ['w2'], standby: 'w1', leaving: [] });
  });

  it('stays on a worker that leaves as long as there is no room elsewhere', () => {
    const workers = leaving(buildWorkers(2, { slots: 1 }), 'w0');
    const previous = new Map<string, Placement>([
      ['a', { active: ['w0'], leaving: [] }],
      ['b', { active: ['w1'], leaving: [] }],
    ]);
    const plan = place({ workers, renditions: [buildDemand('a'), buildDemand('b')], previous });
    expect(plan.placements.get('a')).toEqual({ active: [], leaving: ['w0'] });
  });

  it('becomes Hot by having its standby encode too, and Warm again by having it stand by', () => {
    const workers = buildWorkers(3);
    const warm = new Map<string, Placement>([['a', { active: ['w0'], standby: 'w2', leaving: [] }]]);
    const hot = place({ workers, renditions: [buildDemand('a', { redundancy: 'Hot' })], previous: warm });
    expect(hot.placements.get('a')).toEqual({ active: ['w0', 'w2'], leaving: [] });
    expect(place({ workers, renditions: [buildDemand('a')], previous: hot.placements }).placements).toEqual(
      warm,
    );
  });

  it('reserves room once for all those that one node encodes, since one is lost at a time', () => {
    // Three nodes with 2 slots each: one rendition each, and room for that of one other.
    const plan = place({
      workers: buildWorkers(3, { slots: 2 }),
      renditions: buildDemands(3),
      standbyShare: 0,
    });
    expect(plan.exposed).toEqual([]);
    expect(['w0', 'w1', 'w2'].map((name) => countOn(plan, name))).toEqual([1, 1, 1]);
  });

  it('leaves what its worker would lose to as many others as there are', () => {
    const workers = buildWorkers(5, { slots: 12 });
    const renditions = buildDemands(40);
    const { placements } = place({ workers, renditions });
    for (const { name } of workers) {
      const lost = [...placements.values()].filter(({ active }) => active[0] === name);
      const takers = workers.map((other) => lost.filter(({ standby }) => standby === other.name).length);
      expect(Math.max(...takers)).toBeLessThanOrEqual(Math.ceil(lost.length / 4) + 1);
    }
  });
});

describe('a Hot rendition', () => {
  const hot = buildDemand('a', { redundancy: 'Hot' });

  it('has two encoders on two nodes, though the second node scores worse', () => {
    const workers = buildWorkers(6, {}, 2).map((worker) => ({ ...worker, zone: worker.node ?? '' }));
    const { placements } = place({ workers, renditions: [{ ...hot, zone: 'n0' }] });
    const nodes = placements.get('a')?.active.map((name) => workers.find((each) => each.name === name)?.node);
    expect(nodes?.toSorted()).toEqual(['n0', 'n1']);
  });

  it('has two on one node where there is no other, and moves one when another has come', () => {
    const alone = buildWorkers(2, {}, 1);
    let plan = place({ workers: alone, renditions: [hot] });
    expect(plan.placements.get('a')?.active).toHaveLength(2);
    expect(plan.exposed).toEqual(['a']);
    const [kept, moved] = plan.placements.get('a')?.active ?? [];
    const workers = [...alone, { ...alone[0]!, name: 'w2', node: 'n9' }];
    plan = place({ workers, renditions: [hot], previous: plan.placements, isLive: () => false });
    expect(plan.placements.get('a')).toEqual({ active: [kept, 'w2'], leaving: [moved] });
    plan = place({ workers, renditions: [hot], previous: plan.placements, isLive: () => true });
    expect(plan.placements.get('a')).toEqual({ active: [kept, 'w2'], leaving: [] });
  });

  it('keeps its first copy where it is when the second is lost', () => {
    const workers = buildWorkers(3);
    const previous = new Map<string, Placement>([['a', { active: ['w1', 'w0'], leaving: [] }]]);
    const plan = place({ workers: without(workers, 'w0'), renditions: [hot], previous });
    expect(plan.placements.get('a')).toEqual({ active: ['w1', 'w2'], leaving: [] });
  });
});

describe('who waits', () => {
  it('is decided by priority, then by age, and all first copies come before second ones', () => {
    const workers = buildWorkers(2, { slots: 2 });
    const renditions = [
      buildDemand('young', { sinceMs: 3 }),
      buildDemand('old', { sinceMs: 1, redundancy: 'Hot' }),
      buildDemand('middle', { sinceMs: 2 }),
      buildDemand('important', { sinceMs: 4, priority: 1 }),
      buildDemand('last', { sinceMs: 5 }),
    ];
    const plan = place({ workers, renditions, standbyShare: 0 });
    expect([...plan.placements.keys()].toSorted()).toEqual(['important', 'middle', 'old', 'young']);
    expect(plan.waiting).toEqual([{ key: 'last', reason: 'NoRoom' }]);
    expect(plan.placements.get('old')?.active).toHaveLength(1);
  });

  it('leaves the standby share free, but for those that lose their worker', () => {
    const workers = buildWorkers(5, { slots: 2 });
    const first = place({ workers, renditions: buildDemands(10) });
    expect([first.placements.size, first.waiting.length]).toEqual([8, 2]);
    expect(first.use).toMatchObject({ slots: 10, usedSlots: 8, hasStandby: true });
    const lost = [...first.placements.values()][0]?.active[0] ?? '';
    const second = place({
      workers: without(workers, lost),
      renditions: buildDemands(10),
      previous: first.placements,
    });
    expect(second.placements.size).toBe(8);
    expect(second.use).toMatchObject({ slots: 8, usedSlots: 8, hasStandby: false });
    expect([...second.placements.keys()].toSorted()).toEqual([...first.placements.keys()].toSorted());
  });

  it('does not wait behind one that fits nowhere', () => {
    const renditions = [
      buildDemand('huge', { cores: 9, sinceMs: 1 }),
      ...buildDemands(2, { sinceMs: 2, cores: 0.5 }),
    ];
    const previous = new Map<string, Placement>([['r0', { active: ['w0'], leaving: [] }]]);
    const plan = place({ workers: buildWorkers(1), renditions, previous, standbyShare: 0 });
    expect(plan.placements.has('r1')).toBe(true);
    expect(plan.waiting).toEqual([{ key: 'huge', reason: 'NoRoom' }]);
  });

  it('has a worker to itself where it asks for more than one has', () => {
    const plan = place({ workers: buildWorkers(2), renditions: [buildDemand('huge', { cores: 9 })] });
    expect(plan.placements.get('huge')?.active).toHaveLength(1);
  });

  it('is told whether there is no worker, no hardware or no room', () => {
    const ask = (workers: PoolWorker[], changes: Partial<RenditionDemand> = {}) =>
      place({ workers, renditions: [buildDemand('a', changes)] }).waiting;
    expect(ask([])).toEqual([{ key: 'a', reason: 'NoWorker' }]);
    expect(ask(buildWorkers(2, { isReady: false }))).toEqual([{ key: 'a', reason: 'NoWorker' }]);
    expect(ask(buildWorkers(2), { hardware: 'NVENC' })).toEqual([{ key: 'a', reason: 'NoHardware' }]);
    expect(ask(buildWorkers(2, { hardware: 'NVENC' }), { hardware: 'NVENC' })).toEqual([]);
  });
});

describe('the score', () => {
  it('prefers the zone of the source among equals', () => {
    const workers = buildWorkers(4).map((worker, index) => ({
      ...worker,
      zone: index === 2 ? 'east' : 'west',
    }));
    const { placements } = place({ workers, renditions: [buildDemand('a', { zone: 'east' })] });
    expect(placements.get('a')?.active).toEqual(['w2']);
  });

  it('gives up proximity where that worker is nearly full', () => {
    const workers = buildWorkers(2).map((worker, index) => ({
      ...worker,
      zone: index === 0 ? 'east' : 'west',
    }));
    const renditions = buildDemands(8, { zone: 'east' });
    const plan = place({ workers, renditions, standbyShare: 0 });
    expect(countOn(plan, 'w1')).toBeGreaterThan(0);
  });

  it('spreads equal renditions evenly', () => {
    const plan = place({ workers: buildWorkers(6), renditions: buildDemands(24) });
    const counts = buildWorkers(6).map(({ name }) => countOn(plan, name));
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });
});

describe('a worker above its target', () => {
  const workers = buildWorkers(3, { cores: 2 });
  const renditions = buildDemands(4, { cores: 0.4 });
  const previous = new Map<string, Placement>(
    renditions.map(({ key }) => [key, { active: ['w0'], standby: 'w1', leaving: [] }]),
  );

  it('hands on one rendition at a time, to one that stays below', () => {
    let plan = place({ workers, renditions, previous, isLive: () => false });
    const moving = [...plan.placements.values()].filter((placement) => placement.leaving.length > 0);
    expect(moving).toMatchObject([{ leaving: ['w0'] }]);
    expect(place({ workers, renditions, previous: plan.placements, isLive: () => false }).placements).toEqual(
      plan.placements,
    );
    plan = place({ workers, renditions, previous: plan.placements, isLive: () => true });
    expect(countOn(plan, 'w0')).toBe(3);
  });

  it('keeps what it has where others would be above theirs', () => {
    const full = new Map(previous);
    const others = ['w1', 'w2'].flatMap((worker) =>
      buildDemands(3, { cores: 0.4 }).map((rendition) => ({
        ...rendition,
        key: `${worker}-${rendition.key}`,
      })),
    );
    for (const { key } of others) full.set(key, { active: [key.slice(0, 2)], leaving: [] });
    const plan = place({ workers, renditions: [...renditions, ...others], previous: full });
    expect([...plan.placements.values()].every((placement) => placement.leaving.length === 0)).toBe(true);
  });
});

describe('a move', () => {
  it('is called off when the worker that was to take over is lost before it did', () => {
    const previous = new Map<string, Placement>([['a', { active: ['w9'], standby: 'w1', leaving: ['w0'] }]]);
    const plan = place({ workers: buildWorkers(3), renditions: [buildDemand('a')], previous });
    expect(plan.placements.get('a')).toEqual({ active: ['w0'], standby: 'w1', leaving: [] });
  });
});

describe('a worker that goes on with what was moved', () => {
  it('takes nothing in its place before it has ended', () => {
    const workers = buildWorkers(2, { slots: 1 });
    const renditions = [buildDemand('a'), buildDemand('b', { sinceMs: 1 })];
    const previous = new Map<string, Placement>([['a', { active: ['w1'], leaving: ['w0'] }]]);
    const input = { workers, renditions, previous, standbyShare: 0 };
    const during = place({ ...input, lingering: new Map([['a', ['w0', 'w1']]]) });
    expect(during.placements.get('a')).toMatchObject({ active: ['w1'], leaving: [] });
    expect(during.waiting).toEqual([{ key: 'b', reason: 'NoRoom' }]);
    expect(place(input).placements.get('b')?.active).toEqual(['w0']);
  });
});

describe('a worker that takes fewer than it did', () => {
  it('hands on the least urgent', () => {
    const workers = buildWorkers(2, { slots: 4 }).map((worker) => ({
      ...worker,
      slots: worker.name === 'w0' ? 1 : 4,
    }));
    const renditions = buildDemands(2).map((rendition, index) => ({ ...rendition, priority: index }));
    const previous = new Map<string, Placement>(
      renditions.map(({ key }) => [key, { active: ['w0'], leaving: [] }]),
    );
    const plan = place({ workers, renditions, previous, standbyShare: 0 });
    expect(plan.placements.get('r0')).toMatchObject({ active: ['w1'], leaving: ['w0'] });
    expect(plan.placements.get('r1')).toMatchObject({ active: ['w0'], leaving: [] });
  });
});
