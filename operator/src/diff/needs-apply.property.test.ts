import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needsApply, withAppliedHash } from './needs-apply.ts';

/** Specs of any shape, with the field names whose lists and values are treated apart among them. */
const names = fc.constantFrom('containers', 'ports', 'requests', 'env', 'args', 'sizeLimit', 'a', 'b');
const { spec } = fc.letrec((tie) => ({
  spec: fc.dictionary(
    names,
    fc.oneof({ depthSize: 'small' }, fc.string(), fc.nat(), fc.boolean(), tie('list'), tie('spec')),
    {
      maxKeys: 4,
    },
  ),
  list: fc.oneof(
    fc
      .uniqueArray(fc.nat(9), { maxLength: 4 })
      .chain((ports) =>
        fc.tuple(...ports.map((port) => tie('spec').map((value) => describePort(port, value)))),
      ),
    fc.array(fc.string(), { maxLength: 4 }),
  ),
}));
const objects = fc.record({ metadata: fc.record({ name: fc.string() }), spec }) as fc.Arbitrary<{
  metadata: { name: string };
  spec: Record<string, unknown>;
}>;

function describePort(port: number, value: unknown) {
  return { name: `port-${port}`, port, protocol: 'TCP', value };
}

describe('what has been applied', () => {
  it('needs no second write', () => {
    fc.assert(
      fc.property(objects, (desired) => {
        expect(needsApply(desired, JSON.parse(JSON.stringify(withAppliedHash(desired))))).toBe(false);
      }),
    );
  });

  it('needs none for fields that others add', () => {
    fc.assert(
      fc.property(objects, fc.dictionary(fc.constantFrom('x', 'y'), fc.anything()), (desired, others) => {
        const live = withAppliedHash(desired);
        expect(needsApply(desired, { ...live, spec: { ...live.spec, ...others } } as never)).toBe(false);
      }),
    );
  });
});
