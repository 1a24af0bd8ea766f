import fc from 'fast-check';
import { expect, it } from 'vitest';
import { buildDemand, buildPlacementInput, buildWorkers } from '../../../test/pool-builders.ts';
import { placeRenditions } from './place-renditions.ts';
import type { Placement } from './pool.ts';

const WORKERS = 12;
const pool = fc.record({
  /** Together about what the pool takes, or more. */
  costs: fc.array(fc.double({ min: 0.1, max: 0.6, noNaN: true }), { minLength: 40, maxLength: 90 }),
  /** By how much each costs more or less than on average, one time after the other. */
  factors: fc.array(
    fc.array(fc.double({ min: 0.9, max: 1.1, noNaN: true }), { minLength: 90, maxLength: 90 }),
    {
      minLength: 2,
      maxLength: 12,
    },
  ),
});

it('costs that go up and down move little, no standby, and do not take room away that was there', () => {
  fc.assert(
    fc.property(pool, ({ costs, factors }) => {
      let placements: ReadonlyMap<string, Placement> = new Map();
      let moves = 0;
      for (const [round, factor] of factors.entries()) {
        const renditions = costs.map((cores, index) =>
          buildDemand(`r${index}`, { cores: cores * factor[index]! }),
        );
        const workers = buildWorkers(WORKERS, { cores: 2 });
        const plan = placeRenditions(buildPlacementInput({ workers, renditions, previous: placements }));
        for (const [key, { active, standby }] of round === 0 ? [] : placements) {
          const now = plan.placements.get(key);
          const hasMoved = now?.active[0] !== active[0];
          if (hasMoved) moves++;
          if (!hasMoved && standby !== undefined) expect(now?.standby, key).toBe(standby);
        }
        placements = plan.placements;
        expect(plan.use.hasStandby).toBe(true);
      }
      expect(moves).toBeLessThanOrEqual(WORKERS);
    }),
    // A shrunk counterexample would take hours, and tell no more than the first.
    { endOnFailure: true },
  );
});
