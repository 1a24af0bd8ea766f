import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildDemand, buildPlacementInput, buildWorkers } from '../../../test/pool-builders.ts';
import { placeRenditions } from './place-renditions.ts';
import type { Placement, PlacementInput, PlacementPlan, PoolWorker, RenditionDemand } from './pool.ts';

/** A pool as it is after some edits: what an operator sees, and the plan that it has left. */
interface State {
  workers: PoolWorker[];
  renditions: RenditionDemand[];
  placements: ReadonlyMap<string, Placement>;
  made: number;
}

/** One edit; `dice` says which worker or rendition. */
interface Edit {
  what: 'add worker' | 'lose worker' | 'retire worker' | 'add rendition' | 'remove rendition' | 'settle';
  dice: number;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  what: fc.constantFrom(
    'add worker',
    'lose worker',
    'retire worker',
    'add rendition',
    'add rendition',
    'remove rendition',
    'settle',
  ),
  dice: fc.nat(1_000_000),
});

function applyEdit(state: State, { what, dice }: Edit): State {
  const worker = state.workers[dice % Math.max(state.workers.length, 1)];
  const rendition = state.renditions[dice % Math.max(state.renditions.length, 1)];
  const made = state.made + 1;
  switch (what) {
    case 'add worker': {
      const [added] = buildWorkers(1, {
        name: `w${made}`,
        node: `n${dice % 12}`,
        zone: `z${dice % 3}`,
        slots: 12,
        cores: 3,
      });
      return { ...state, made, workers: [...state.workers, added!] };
    }
    case 'lose worker':
      return { ...state, workers: state.workers.filter((each) => each !== worker) };
    case 'retire worker':
      return {
        ...state,
        workers: state.workers.map((each) => (each === worker ? { ...each, isLeaving: true } : each)),
      };
    case 'add rendition': {
      const added = buildDemand(`r${made}`, {
        redundancy: dice % 3 === 0 ? 'Hot' : 'Warm',
        priority: dice % 2,
        sinceMs: made,
        cores: 0.1 + (dice % 5) * 0.05,
        zone: `z${dice % 3}`,
      });
      return { ...state, made, renditions: [...state.renditions, added] };
    }
    case 'remove rendition':
      return { ...state, renditions: state.renditions.filter((each) => each !== rendition) };
    case 'settle':
      return state;
  }
}

function inputOf(state: State, isLive: boolean): PlacementInput {
  return buildPlacementInput({ ...state, previous: state.placements, isLive: () => isLive, targetUse: 0.9 });
}

const copiesOf = (placement: Placement | undefined) =>
  placement === undefined ? [] : [...placement.active, ...placement.leaving];

/** Placed where they were not before. */
function countMoves(before: ReadonlyMap<string, Placement>, after: ReadonlyMap<string, Placement>): number {
  let moves = 0;
  for (const [key, placement] of after) {
    const old = copiesOf(before.get(key));
    if (old.length > 0) moves += placement.active.filter((name) => !old.includes(name)).length;
  }
  return moves;
}

function checkPlan(state: State, plan: PlacementPlan): void {
  const workers = new Map(state.workers.map((worker) => [worker.name, worker]));
  const slots = new Map<string, number>();
  const cores = new Map<string, number>();
  for (const rendition of state.renditions) {
    const placement = plan.placements.get(rendition.key);
    const copies = copiesOf(placement);
    expect(new Set(copies).size).toBe(copies.length);
    expect(placement?.active.length ?? 0).toBeLessThanOrEqual(rendition.redundancy === 'Hot' ? 2 : 1);
    expect(copies).not.toContain(placement?.standby);
    for (const name of copies) {
      expect(workers.has(name)).toBe(true);
      slots.set(name, (slots.get(name) ?? 0) + 1);
      cores.set(name, (cores.get(name) ?? 0) + rendition.cores);
    }
    for (const name of [...(placement?.active ?? []), placement?.standby ?? '']) {
      expect(workers.get(name)?.isLeaving ?? false).toBe(false);
    }
  }
  for (const [name, worker] of workers) {
    expect(slots.get(name) ?? 0, name).toBeLessThanOrEqual(worker.slots);
    expect(cores.get(name) ?? 0, name).toBeLessThanOrEqual(worker.cores + 1e-6);
  }
  // Everything is placed or waits, and nothing else is placed.
  const known = [...plan.placements.keys(), ...plan.waiting.map(({ key }) => key)].toSorted();
  expect(known).toEqual(state.renditions.map(({ key }) => key).toSorted());
}

/** Two copies on one node, though another node has a worker with a slot and the cores free. */
function findAvoidable(state: State, plan: PlacementPlan): string[] {
  const nodeOf = new Map(state.workers.map(({ name, node }) => [name, node]));
  const load = new Map<string, { slots: number; cores: number }>();
  for (const { key, cores } of state.renditions) {
    for (const name of copiesOf(plan.placements.get(key))) {
      const { slots = 0, cores: others = 0 } = load.get(name) ?? {};
      load.set(name, { slots: slots + 1, cores: others + cores });
    }
  }
  return state.renditions.flatMap(({ key, cores }) => {
    const { active = [] } = plan.placements.get(key) ?? {};
    const node = nodeOf.get(active[0] ?? '');
    if (active.length < 2 || node !== nodeOf.get(active[1] ?? '')) return [];
    const hasOther = state.workers.some((worker) => {
      const { slots = 0, cores: used = 0 } = load.get(worker.name) ?? {};
      // Half of it: the rest may be reserved for what others lose.
      const isFree = slots + 1 <= worker.slots / 2 && used + cores <= worker.cores / 2;
      return !worker.isLeaving && worker.node !== node && isFree;
    });
    return hasOther ? [key] : [];
  });
}

const EMPTY: State = { workers: [], renditions: [], placements: new Map(), made: 0 };

describe('any edits of a pool', () => {
  it('leave every worker within its limits, every copy on a worker of its own, and end in rest', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 60 }), (edits) => {
        let state = EMPTY;
        for (const each of edits) {
          state = applyEdit(state, each);
          const plan = placeRenditions(inputOf(state, each.what === 'settle'));
          checkPlan(state, plan);
          state = { ...state, placements: plan.placements };
        }
        for (let round = 0; round < 60; round++) {
          const plan = placeRenditions(inputOf(state, true));
          const isAtRest = countMoves(state.placements, plan.placements) === 0;
          state = { ...state, placements: plan.placements };
          if (!isAtRest) continue;
          expect(placeRenditions(inputOf(state, true)).placements).toEqual(plan.placements);
          expect(findAvoidable(state, plan)).toEqual([]);
          return;
        }
        expect.fail('it moves for ever');
      }),
      { numRuns: 150 },
    );
  });

  it('give the same plan in whatever order they are listed', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 40 }), (edits) => {
        const state = edits.reduce(applyEdit, EMPTY);
        const turned = {
          ...state,
          workers: state.workers.toReversed(),
          renditions: state.renditions.toReversed(),
        };
        const [plan, other] = [state, turned].map((each) => placeRenditions(inputOf(each, true)));
        expect(Object.fromEntries(other!.placements)).toEqual(Object.fromEntries(plan!.placements));
      }),
      { numRuns: 50 },
    );
  });
});

describe('500 renditions on 60 workers, through 1,000 edits', () => {
  it('move no rendition but those of the worker that goes, and some few to another node', () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1_000, maxLength: 1_000 }), (edits) => {
        let state = buildLarge();
        const took: number[] = [];
        for (const each of edits) {
          const before = state;
          const isGone = each.what === 'lose worker' || each.what === 'retire worker';
          // As many workers and renditions as there were: the edits undo each other in size.
          state = keepSize(applyEdit(state, each));
          const began = performance.now();
          const plan = placeRenditions(inputOf(state, each.what === 'settle'));
          took.push(performance.now() - began);
          const moves = countMoves(before.placements, plan.placements);
          const gone = before.workers.filter(
            ({ name }) => !state.workers.some((worker) => worker.name === name && !worker.isLeaving),
          );
          const theirs = [...before.placements.values()].filter((placement) =>
            copiesOf(placement).some((name) => gone.some((worker) => worker.name === name)),
          ).length;
          expect(moves, each.what).toBeLessThanOrEqual(
            theirs + (isGone ? 0 : Math.ceil(state.workers.length / 4)),
          );
          checkPlan(state, plan);
          state = { ...state, placements: plan.placements };
        }
        report(took);
      }),
      { numRuns: 1 },
    );
  }, 120_000);
});

function buildLarge(): State {
  let state = EMPTY;
  for (let dice = 0; dice < 60; dice++) state = applyEdit(state, { what: 'add worker', dice });
  for (let dice = 0; dice < 500; dice++) state = applyEdit(state, { what: 'add rendition', dice });
  return { ...state, placements: placeRenditions(inputOf(state, true)).placements };
}

function keepSize(state: State): State {
  const staying = state.workers.filter(({ isLeaving }) => !isLeaving);
  if (staying.length < 55) return applyEdit(state, { what: 'add worker', dice: state.made });
  if (staying.length > 65) return { ...state, workers: state.workers.slice(1) };
  if (state.renditions.length > 510) return { ...state, renditions: state.renditions.slice(1) };
  return state;
}

function report(took: number[]): void {
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)]?.toFixed(2);
  console.info(`a plan takes p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, at most ${at(1)} ms`);
}
