import { describe, expect, it } from 'vitest';
import { buildDemand } from '../../test/pool-builders.ts';
import { PoolStory } from '../../test/pool-story.ts';
import { EMPTY_RECORD } from './placement/placement-record.ts';

const PREFIX = PoolStory.prefix;

describe('a plan of a pool', () => {
  it('is the same again, also for an operator that only reads what is remembered', () => {
    const story = new PoolStory();
    const first = story.step();
    expect(first.placement.waiting).toEqual([]);
    expect(story.step().record).toEqual(first.record);
  });

  it('keeps every standby, and the minimum, while a restarted operator does not know what encoders use', () => {
    const story = new PoolStory();
    const before = story.step();
    story.demand = story.demand.map((each) => ({ ...each, cores: 0.7 }));
    story.isSettled = false;
    story.minimumInForce = before.minimum;
    expect(story.step()).toEqual({ ...before, placement: { ...before.placement, use: expect.anything() } });
    story.isSettled = true;
    expect(story.step().minimum).toBeGreaterThan(before.minimum);
  });

  it('asks for another worker where what a cordoned node has fits nowhere, until it does', () => {
    const story = new PoolStory();
    story.demand = Array.from({ length: 9 }, (_, index) =>
      buildDemand(`compressed/yard/dock/c${index}/web`, { redundancy: 'Hot', cores: 0.05 }),
    );
    story.minimumInForce = story.step().minimum;
    expect(story.minimumInForce).toBe(3);
    story.workers.set(0, { isCordoned: true });
    const { placement, minimum } = story.step();
    expect([placement.stranded.length, minimum]).toEqual([expect.any(Number), 4]);
    expect(placement.stranded.length).toBeGreaterThan(0);
    // It is on its way.
    expect(story.step(4).minimum).toBe(3);
    story.workers.set(3, {});
    expect(story.step(4)).toMatchObject({ placement: { stranded: [], waiting: [] } });
  });

  it('gives nothing new to a worker that is not heard, unless none is', () => {
    const story = new PoolStory();
    for (const index of [1, 2]) story.workers.set(index, { isHeard: false });
    story.step();
    expect(story.encoders()).toEqual([0]);
    const deaf = new PoolStory();
    for (const index of [0, 1, 2]) deaf.workers.set(index, { isHeard: false });
    deaf.step();
    expect(deaf.encoders()).toEqual([0, 1, 2]);
  });

  it('asks for no worker for what needs hardware that none of them would have', () => {
    const story = new PoolStory();
    const before = story.step().minimum;
    const needy = Array.from({ length: 50 }, (_, index) => buildDemand(`r${index}`, { hardware: 'NVENC' }));
    story.demand = [...story.demand, ...needy];
    const { placement, minimum } = story.step();
    expect([placement.waiting.length, minimum]).toEqual([50, before]);
  });

  it('leaves everything where it is when the memory of it is lost', () => {
    const story = new PoolStory();
    const before = [...story.step().placement.placements].map(([path, { active }]) => [path, active]);
    story.record = EMPTY_RECORD;
    expect([...story.step().placement.placements].map(([path, { active }]) => [path, active])).toEqual(
      before,
    );
  });

  it('moves what a cordoned node has, and ends it there when nobody takes it from there', () => {
    const story = new PoolStory();
    story.step();
    const [first = 0] = story.encoders();
    const name = `${PREFIX}-${first}`;
    story.workers.set(first, { isCordoned: true });
    story.isLive = () => false;
    const moving = story.step();
    expect(story.encoders()).not.toContain(first);
    const moved = [...moving.placement.placements].filter(([, { leaving }]) => leaving.includes(name));
    expect(moved).not.toEqual([]);
    story.isLive = () => true;
    story.isTaken = (_, worker) => worker === name;
    const finishing = story.step();
    expect([...finishing.finishing.keys()]).toEqual(moved.map(([path]) => path));
    story.isTaken = () => false;
    expect(story.step().finishing.size).toBe(0);
  });

  it('lets a worker go when it is empty, and not before', () => {
    const story = new PoolStory();
    story.step();
    story.isLive = () => false;
    for (let step = 0; step < 3; step++) expect(story.step(1).size.leaving.length).toBeGreaterThan(0);
    story.isLive = () => true;
    story.step(1);
    const { size } = story.step(1);
    expect([size.staying.length, size.leaving.length]).toEqual([1, 0]);
    expect([...story.workers.keys()]).toEqual(size.staying);
    expect(story.encoders()).toEqual(size.staying);
  });

  it('has what a lost worker encoded on its standby', () => {
    const story = new PoolStory();
    const before = new Map(story.step().placement.placements);
    const [lost = 0] = story.encoders();
    story.workers.set(lost, { isReady: false, isLost: true });
    const { placements } = story.step().placement;
    for (const [path, { active, standby }] of before) {
      const expected = active[0] === `${PREFIX}-${lost}` ? standby : active[0];
      expect(placements.get(path)?.active).toEqual([expected]);
    }
  });

  it.each(['Warm', 'Hot'] as const)(
    'replaces pods one after the other, each when nobody takes a %s rendition from it any more',
    (redundancy) => {
      const story = new PoolStory();
      story.demand = story.demand.map((each) => ({ ...each, redundancy }));
      story.step();
      // Factories are a step behind.
      let taken = story.encoded();
      story.isTaken = (path, worker) => taken.get(path)?.includes(worker) === true;
      const outdated = new Set([0, 1, 2]);
      for (let step = 0; step < 20 && outdated.size > 0; step++) {
        for (const index of [0, 1, 2]) story.workers.set(index, { isOutdated: outdated.has(index) });
        const { upgrade } = story.step();
        const due = [...outdated].filter((index) => !upgrade.held.has(index));
        expect(due.length).toBeLessThan(2);
        for (const index of due) {
          expect([...taken.values()].flat()).not.toContain(`${PREFIX}-${index}`);
          outdated.delete(index);
          story.workers.set(index, { isReady: false, isRollingOut: true });
          expect(story.step().upgrade.held.size).toBe(outdated.size);
        }
        taken = story.encoded();
      }
      expect(outdated.size).toBe(0);
    },
  );

  it('replaces the pods of two workers that encode the same, each while the other encodes it', () => {
    const story = new PoolStory();
    story.demand = story.demand.map((each) => ({ ...each, redundancy: 'Hot' }));
    story.workers.delete(2);
    story.step(2);
    const replaced: number[] = [];
    for (let step = 0; step < 10 && replaced.length < 2; step++) {
      for (const index of [0, 1]) story.workers.set(index, { isOutdated: !replaced.includes(index) });
      const { upgrade } = story.step(2);
      replaced.push(...[0, 1].filter((index) => !replaced.includes(index) && !upgrade.held.has(index)));
    }
    expect(replaced.toSorted()).toEqual([0, 1]);
    for (const index of [0, 1]) story.workers.set(index, {});
    for (const { active } of story.step(2).placement.placements.values()) expect(active).toHaveLength(2);
  });

  it('waits for a pod that is replaced once more before it was ready', () => {
    const story = new PoolStory();
    story.workers = new Map([
      [0, { isOutdated: true, isReady: false, isRollingOut: true }],
      [1, { isOutdated: true }],
    ]);
    const { upgrade } = story.step(2);
    expect([[...upgrade.held], upgrade.emptying.size]).toEqual([[1], 0]);
  });

  it('keeps its pods, and moves nothing, until it is its turn; a pod that is not ready does not wait for that', () => {
    const story = new PoolStory();
    const before = story.step().placement.placements;
    story.hasPlace = false;
    for (const index of [0, 1, 2]) story.workers.set(index, { isOutdated: true });
    const { upgrade, placement } = story.step();
    expect([upgrade.held.size, upgrade.emptying.size, upgrade.isWanted]).toEqual([3, 0, true]);
    expect(placement.placements).toEqual(before);
    story.workers.set(2, { isOutdated: true, isReady: false });
    expect([...story.step().upgrade.held]).toEqual([0, 1]);
  });

  it('counts a standby that has not handed over yet as one that encodes', () => {
    const story = new PoolStory();
    const [[path, { standby = '' }] = ['', { standby: '' }]] = story.step().placement.placements;
    story.isEncoding = (...of) => of.join() === [path, standby].join();
    story.isTaken = story.isEncoding;
    story.workers.set(Number(standby.slice(PREFIX.length + 1)), { isCordoned: true });
    expect(story.step().finishing.get(path)).toEqual([standby]);
  });

  it('leaves a worker that is to go the pod that it has: what it encodes is being moved', () => {
    const story = new PoolStory();
    story.step();
    story.isLive = () => false;
    const [leaving = 0] = story.step(2).size.leaving;
    story.workers.set(leaving, { isOutdated: true });
    expect([...story.step(2).upgrade.held]).toContain(leaving);
  });
});
