import fc from 'fast-check';
import { expect, it } from 'vitest';
import { buildDemand } from '../../test/pool-builders.ts';
import { PoolStory } from '../../test/pool-story.ts';
import { EMPTY_RECORD } from './placement/placement-record.ts';
import { listWorkers } from './placement/pool.ts';
import type { PoolPlan } from './pool-plan.ts';

const HAND_OVER_STEPS = 3;

const EDITS = [
  'scale',
  'cordon',
  'uncordon',
  'upgrade',
  'lose',
  'add rendition',
  'remove rendition',
  /** A new operator, which hears of nobody yet. */
  'restart',
  /** What the pool remembers is deleted. */
  'forget',
] as const;

interface Edit {
  what: (typeof EDITS)[number] | 'wait';
  /** Which worker or rendition, or how many. */
  dice: number;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  what: fc.constantFrom(...EDITS, 'wait', 'wait', 'wait'),
  dice: fc.nat(1_000),
});

/**
 * A pool with its factory, which hears of a plan a step later. An encoder is there a step after it was begun; a worker that
 * becomes a standby hands over for some steps, and then hands on what the first worker makes.
 */
class Theatre {
  readonly story = new PoolStory();
  replicas = 4;
  /** By path: the workers that the factory takes it from, and the one that viewers see. */
  #taken = new Map<string, string[]>();
  readonly #shown = new Map<string, string>();
  /** `<path> <worker>` of encoders that run. */
  #running = new Set<string>();
  /** Of standbys that encode still: for how many steps. */
  #handingOver = new Map<string, number>();
  #made = 0;

  constructor() {
    this.story.spec = { renditionsPerWorker: 3, standbyPercent: 0 };
    this.story.workers = new Map([0, 1, 2, 3].map((index) => [index, {}]));
    this.story.demand = [];
    this.story.isLive = (path, worker) =>
      this.story.isSettled && this.#isTaken(path, worker) && this.#running.has(`${path} ${worker}`);
    this.story.isEncoding = (path, worker) =>
      !this.story.isSettled || this.#handingOver.has(`${path} ${worker}`);
    this.story.isTaken = (path, worker) => !this.story.isSettled || this.#isTaken(path, worker);
    for (let count = 0; count < 5; count++) this.#addRendition(count);
  }

  get isAtRest(): boolean {
    const { plan, workers } = this.story;
    const placements = [...(plan?.placement.placements.values() ?? [])];
    const isQuiet = plan?.finishing.size === 0 && placements.every(({ leaving }) => leaving.length === 0);
    return isQuiet && [...workers.values()].every(({ isOutdated }) => !isOutdated);
  }

  /** What viewers lose by it: renditions whose encoder ended though it was shown. */
  play({ what, dice }: Edit): string[] {
    const { workers } = this.story;
    const index = [...workers.keys()][dice % Math.max(workers.size, 1)] ?? 0;
    const change = (changes: object) => {
      if (workers.has(index)) workers.set(index, { ...workers.get(index), ...changes });
    };
    if (what === 'scale') this.replicas = 2 + (dice % 4);
    if (what === 'cordon') change({ isCordoned: true });
    if (what === 'uncordon') change({ isCordoned: false });
    if (what === 'upgrade')
      for (const [at, worker] of workers) workers.set(at, { ...worker, isOutdated: true });
    if (what === 'add rendition') this.#addRendition(dice);
    if (what === 'remove rendition') {
      const gone = this.story.demand[dice % Math.max(this.story.demand.length, 1)];
      this.story.demand = this.story.demand.filter((each) => each !== gone);
    }
    if (what === 'lose') this.#lose(index);
    if (what === 'forget') this.story.record = EMPTY_RECORD;
    this.story.isSettled = what !== 'restart';
    return this.#step();
  }

  #addRendition(dice: number): void {
    const redundancy = dice % 3 === 0 ? 'Hot' : 'Warm';
    const key = `compressed/yard/dock/c${++this.#made}/web`;
    this.story.demand = [
      ...this.story.demand,
      buildDemand(key, { redundancy, cores: 0.1, sinceMs: this.#made }),
    ];
  }

  #lose(index: number): void {
    const name = `${PoolStory.prefix}-${index}`;
    for (const [path, worker] of this.#shown) if (worker === name) this.#shown.delete(path);
    if (this.story.workers.has(index)) this.story.workers.set(index, { isLost: true, isReady: false });
  }

  #step(): string[] {
    const { story } = this;
    const plan = story.step(this.replicas);
    for (const index of plan.size.staying) if (!story.workers.has(index)) story.workers.set(index, {});
    const encoded = this.#listEncoded(plan);
    this.#replacePods(encoded);
    const missed = [...this.#shown].filter(([path, worker]) => {
      return story.demand.some(({ key }) => key === path) && !this.#carries(encoded, path, worker);
    });
    this.#hear(encoded);
    return missed.map(([path, worker]) => `${path} of ${worker}`);
  }

  #listEncoded({ placement, finishing }: PoolPlan): Set<string> {
    const encoded = new Set<string>();
    const handingOver = new Map<string, number>();
    for (const [path, { active, leaving, standby }] of placement.placements) {
      for (const worker of [...active, ...leaving, ...(finishing.get(path) ?? [])])
        encoded.add(`${path} ${worker}`);
      const key = `${path} ${standby}`;
      const steps = this.#handingOver.get(key) ?? 0;
      if (!this.#running.has(key) || steps >= HAND_OVER_STEPS) continue;
      handingOver.set(key, steps + 1);
      encoded.add(key);
    }
    for (const [path, workers] of finishing) for (const worker of workers) encoded.add(`${path} ${worker}`);
    this.#handingOver = handingOver;
    return encoded;
  }

  /** By its own encoder, or as a standby by that of the first worker. */
  #carries(encoded: ReadonlySet<string>, path: string, worker: string): boolean {
    const placement = this.story.plan?.placement.placements.get(path);
    const main = placement?.active[0] ?? placement?.leaving[0];
    const handsOn = placement?.standby === worker && this.#running.has(`${path} ${main}`);
    return encoded.has(`${path} ${worker}`) || (handsOn && encoded.has(`${path} ${main}`));
  }

  /** As the Deployments would, of those whose template may go to them; a lost one comes back. */
  #replacePods(encoded: Set<string>): void {
    const { workers, plan } = this.story;
    for (const [index, worker] of workers) {
      const name = `${PoolStory.prefix}-${index}`;
      if (worker.isRollingOut) workers.set(index, { ...worker, isReady: true, isRollingOut: false });
      if (worker.isLost) workers.set(index, {});
      if (!worker.isOutdated || plan?.upgrade.held.has(index)) continue;
      workers.set(index, { ...worker, isOutdated: false, isReady: false, isRollingOut: true });
      for (const key of encoded) if (key.endsWith(` ${name}`)) encoded.delete(key);
    }
  }

  #hear(encoded: Set<string>): void {
    const { placements } = this.story.plan?.placement ?? {};
    const ran = this.#running;
    this.#running = encoded;
    this.#taken = new Map();
    for (const { key } of this.story.demand) {
      const placement = placements?.get(key);
      const legs = placement === undefined ? [] : listWorkers(placement);
      const carrying = legs.filter(
        (worker) => ran.has(`${key} ${worker}`) && encoded.has(`${key} ${worker}`),
      );
      const before = this.#shown.get(key);
      // What a standby hands on is a copy of the first worker's: viewers see both, and miss neither alone.
      const isCopy = placement?.standby === before && !encoded.has(`${key} ${before}`);
      const shown = isCopy ? (placement?.active[0] ?? placement?.leaving[0]) : before;
      const [next] =
        shown !== undefined && (legs.includes(shown) || carrying.length === 0) ? [shown] : carrying;
      if (next !== undefined) this.#shown.set(key, next);
      this.#taken.set(key, [...legs, ...(next === undefined || legs.includes(next) ? [] : [next])]);
    }
    for (const path of this.#shown.keys()) if (!this.#taken.has(path)) this.#shown.delete(path);
  }

  #isTaken(path: string, worker: string): boolean {
    return this.#taken.get(path)?.includes(worker) === true;
  }
}

it('any scaling, cordoning, upgrade, loss and restart takes no rendition from who shows it, and comes to rest', () => {
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 50 }), (edits) => {
      const theatre = new Theatre();
      for (const each of edits) expect(theatre.play(each), each.what).toEqual([]);
      for (const [index, worker] of theatre.story.workers)
        theatre.story.workers.set(index, { ...worker, isCordoned: false });
      theatre.replicas = 12;
      for (let step = 0; step < 80 && !theatre.isAtRest; step++) {
        expect(theatre.play({ what: 'wait', dice: 0 })).toEqual([]);
      }
      expect(theatre.isAtRest).toBe(true);
    }),
    { numRuns: 100, endOnFailure: true },
  );
}, 60_000);
