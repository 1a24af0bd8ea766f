import { describe, expect, it } from 'vitest';
import { mergePatch } from './apply.ts';

describe('the merge patch of a status', () => {
  it.each([
    {
      name: 'nothing for equal ones, whatever the order',
      live: { a: 1, b: { c: 2 } },
      desired: { b: { c: 2 }, a: 1 },
      patch: undefined,
    },
    {
      name: 'what changed alone',
      live: { a: 1, b: { c: 2, d: 3 } },
      desired: { a: 1, b: { c: 4, d: 3 } },
      patch: { b: { c: 4 } },
    },
    {
      name: 'null for what is gone',
      live: { a: 1, b: { c: 2 } },
      desired: { b: {} },
      patch: { a: null, b: { c: null } },
    },
    { name: 'lists whole', live: { a: [1, 2] }, desired: { a: [1, 3] }, patch: { a: [1, 3] } },
    { name: 'all of a first status', live: undefined, desired: { a: 1 }, patch: { a: 1 } },
    { name: 'null for a status that is gone', live: { a: 1 }, desired: undefined, patch: null },
  ])('has $name', ({ live, desired, patch }) => {
    expect(mergePatch(live, desired)).toEqual(patch);
  });
});
