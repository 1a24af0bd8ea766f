import { describe, expect, it } from 'vitest';
import { buildDemand, buildPlacementInput, buildWorkers } from '../../../test/pool-builders.ts';
import { countNeededWorkers } from './count-workers.ts';
import { placeRenditions } from './place-renditions.ts';

const size = { slots: 5, cores: 4 };
const bounds = { minReplicas: 1, maxReplicas: 20, standbyShare: 0.2 };

function demand(count: number, changes: object = {}) {
  return Array.from({ length: count }, (_, index) => buildDemand(`r${index}`, changes));
}

describe('the workers that a pool needs', () => {
  it.each([
    { what: 'nothing', renditions: demand(0), needed: 1 },
    { what: 'one, with its standby', renditions: demand(1), needed: 2 },
    { what: 'slots', renditions: demand(20), needed: 5 },
    { what: 'a slot more', renditions: demand(21), needed: 6 },
    { what: 'two slots each, Hot', renditions: demand(10, { redundancy: 'Hot' }), needed: 5 },
    { what: 'cores', renditions: demand(4, { cores: 2 }), needed: 3 },
    { what: 'cores in pieces that fit nobody', renditions: demand(8, { cores: 2.2 }), needed: 9 },
    { what: 'more cores than a worker has', renditions: demand(3, { cores: 50 }), needed: 4 },
    { what: 'more than there may be', renditions: demand(500), needed: 20 },
  ])('for $what', ({ renditions, needed }) => {
    expect(countNeededWorkers(renditions, size, bounds)).toBe(needed);
  });

  it('are never fewer than the pool asks for', () => {
    expect(countNeededWorkers(demand(1), size, { ...bounds, minReplicas: 4 })).toBe(4);
  });

  it.each([0.05, 0.27, 0.5, 0.9, 2])(
    'are enough for all of %d cores, and for the loss of one worker',
    (cores) => {
      for (const count of [1, 4, 7, 16, 33]) {
        const renditions = demand(count, { cores });
        const most = { ...bounds, maxReplicas: 200 };
        for (const each of [size, { slots: 8, cores: 1 }]) {
          const workers = buildWorkers(countNeededWorkers(renditions, each, most), each);
          const { waiting, exposed } = placeRenditions(buildPlacementInput({ workers, renditions }));
          expect([waiting, exposed], `${count} on ${workers.length}`).toEqual([[], []]);
        }
      }
    },
  );
});
