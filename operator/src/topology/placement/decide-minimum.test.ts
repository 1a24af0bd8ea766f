import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildDemand } from '../../../test/pool-builders.ts';
import { decideMinimum, type MinimumEvidence } from './decide-minimum.ts';

function decide(changes: Partial<MinimumEvidence> & { each?: number } = {}): number {
  const { each = 1, ...others } = changes;
  return decideMinimum({
    renditions: Array.from({ length: 16 }, (_, index) => buildDemand(`r${index}`, { cores: each })),
    size: { slots: 8, cores: 4 },
    bounds: { minReplicas: 2, maxReplicas: 10, standbyShare: 0.2 },
    inForce: undefined,
    areCostsKnown: true,
    lacksRoom: false,
    workers: 5,
    ...others,
  });
}

describe("an autoscaler's minimum", () => {
  it('is what renditions need, within the bounds of the pool', () => {
    const bounds = { minReplicas: 2, maxReplicas: 4, standbyShare: 0.2 };
    expect([decide(), decide({ bounds }), decide({ renditions: [] })]).toEqual([5, 4, 2]);
  });

  it('is raised at once, and lowered when clearly less is needed', () => {
    expect(decide({ inForce: 4 })).toBe(5);
    expect(decide({ inForce: 6, each: 1 })).toBe(6);
    expect(decide({ inForce: 6, each: 0.5 })).toBe(4);
  });

  it('does not follow costs that go up and down a little', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.95, max: 1.05, noNaN: true }), { minLength: 2 }), (costs) => {
        let inForce: number | undefined;
        const seen = costs.map((each) => (inForce = decide({ inForce, each })));
        // Up to where the dearest needs it, and never down again.
        expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      }),
    );
  });

  it('stays as it is while it is not known what encoders use', () => {
    expect(decide({ inForce: 3, each: 4, areCostsKnown: false })).toBe(3);
    expect(decide({ inForce: 40, areCostsKnown: false })).toBe(10);
    const size = { slots: 2, cores: 4 };
    expect(decide({ inForce: 3, size, areCostsKnown: false })).toBe(10);
  });

  it('is one more than there are while renditions lack room all the same, up to the maximum', () => {
    expect(decide({ inForce: 5, lacksRoom: true })).toBe(6);
    expect(decide({ inForce: 10, lacksRoom: true, workers: 10 })).toBe(10);
    expect(decide({ inForce: 6, lacksRoom: false })).toBe(6);
  });
});
