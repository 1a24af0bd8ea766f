import { expect, it } from 'vitest';
import type { Placement } from './pool.ts';
import { listWorkers, readPlacement } from './read-placement.ts';

it.each<{ redundancy: 'Hot' | 'Warm'; placement: Placement }>([
  { redundancy: 'Warm', placement: { active: ['a'], leaving: [], standby: 'b' } },
  { redundancy: 'Warm', placement: { active: ['a'], leaving: ['c'], standby: 'b' } },
  { redundancy: 'Warm', placement: { active: ['a'], leaving: [] } },
  { redundancy: 'Hot', placement: { active: ['a', 'b'], leaving: ['c'] } },
  { redundancy: 'Hot', placement: { active: ['a'], leaving: [] } },
])(
  'a placement is found again in the order of the legs: $redundancy $placement',
  ({ redundancy, placement }) => {
    const isStandby = (worker: string) => worker === placement.standby;
    expect(readPlacement(listWorkers(placement), redundancy, isStandby)).toEqual(placement);
  },
);
